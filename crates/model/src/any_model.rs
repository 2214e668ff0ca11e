use std::fmt;

use burn::module::{
    Content, DisplaySettings, Module, ModuleDisplay, ModuleDisplayDefault, ModuleMapper,
    ModuleVisitor, Param,
};
use burn::tensor::{Device, Tensor};

use crate::activation::Activation;
use crate::draws::Draws;
use crate::error::ModelError;
use crate::host_pass::HostPass;
use crate::layer::NoHostForm;
use crate::mlp::Mlp;
use crate::mode::Mode;
use crate::model::{Answers, DeadUnits, Model};
use crate::model_size::ModelSize;
use crate::network::Network;
use crate::shape::Shape;
use crate::signal::Signals;
use crate::summary::Summary;
use crate::weight_paths::WeightPath;
use firebrick_tensor::AnyTensor;

/// A network of any kind that a file can describe, see
/// [`SavedModel::into_model`](crate::SavedModel::into_model).
///
/// It trains, answers and is saved as the network inside: its weights have the same paths, its file
/// is the same.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::models::{AnyModel, MlpConfig};
///
/// let model = AnyModel::from(MlpConfig::new(784, 10).init(1, &Device::flex())?);
/// assert_eq!(model.input_shape(), [784]);
/// assert_eq!(model.summary().num_params(), 7_850);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AnyModel {
    /// A multi-layer perceptron.
    Mlp(Mlp),
    /// Layers, one after another or as a graph.
    Network(Network),
}

/// Does the same with either network.
macro_rules! either {
    ($model:expr, $inner:ident => $result:expr) => {
        match $model {
            AnyModel::Mlp($inner) => $result,
            AnyModel::Network($inner) => $result,
        }
    };
}

impl AnyModel {
    /// The shape of a sample, without the batch axis; of several inputs that of the first.
    pub fn input_shape(&self) -> Shape {
        match self {
            Self::Mlp(model) => [model.config().num_features].into(),
            Self::Network(model) => model
                .config()
                .inputs()
                .first()
                .map_or_else(Shape::default, |input| input.shape().clone()),
        }
    }

    /// What the network says of a batch, a softmax at its end included.
    ///
    /// # Shapes
    /// - inputs: `[batch_size, input_shape...]`
    /// - output: `[batch_size, ...]`
    ///
    /// # Errors
    /// Inputs of another shape than the network's.
    pub fn predict(&self, inputs: impl Into<AnyTensor>) -> Result<AnyTensor, ModelError> {
        Model::predict(self, inputs)
    }

    /// The network layer by layer.
    pub fn summary(&self) -> Summary {
        either!(self, model => model.summary())
    }

    /// The network as one of layers, which a multi-layer perceptron is, too.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, self as models}; }
    /// use firebrick::burn::tensor::Device;
    /// use firebrick::models::{AnyModel, MlpConfig};
    ///
    /// let device = Device::flex();
    /// let model = AnyModel::from(MlpConfig::new(784, 10).init(1, &device)?);
    /// let network = model.into_network(&device)?;
    /// assert_eq!(network.weight("dense/kernel")?.shape(), [784, 10]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// A device that does not hand the weights back.
    pub fn into_network(self, device: &Device) -> Result<Network, ModelError> {
        match self {
            Self::Network(network) => Ok(network),
            Self::Mlp(mlp) => {
                let weights = values_of(&mlp)?;
                let line = mlp.config().to_sequential();
                line.build_with_weights(weights, device)
            }
        }
    }
}

/// The values of all weights of a module, in order.
fn values_of(module: &impl Module) -> Result<Vec<Vec<f32>>, ModelError> {
    struct Read(Vec<Result<Vec<f32>, ModelError>>);

    impl ModuleVisitor for Read {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let weight = format!("of index {}", self.0.len());
            let values = param.val().try_into_data_as::<f32>();
            let values = values.map(|values| values.iter().collect());
            self.0.push(values.map_err(|error| ModelError::Unreadable {
                weight,
                reason: error.to_string(),
            }));
        }
    }

    let mut read = Read(Vec::new());
    module.visit(&mut read);
    read.0.into_iter().collect()
}

impl From<Mlp> for AnyModel {
    fn from(model: Mlp) -> Self {
        Self::Mlp(model)
    }
}

impl From<Network> for AnyModel {
    fn from(model: Network) -> Self {
        Self::Network(model)
    }
}

impl Model for AnyModel {
    fn forward(&self, inputs: AnyTensor) -> Result<AnyTensor, ModelError> {
        either!(self, model => Model::forward(model, inputs))
    }

    fn forward_training(&self, inputs: AnyTensor, draws: Draws) -> Result<AnyTensor, ModelError> {
        either!(self, model => model.forward_training(inputs, draws))
    }

    fn call(&self, inputs: Signals, mode: Mode) -> Result<Answers, ModelError> {
        either!(self, model => model.call(inputs, mode))
    }

    fn predict_all(&self, inputs: Signals) -> Result<Signals, ModelError> {
        either!(self, model => Model::predict_all(model, inputs))
    }

    fn input_names(&self) -> Vec<String> {
        either!(self, model => model.input_names())
    }

    fn output_names(&self) -> Vec<String> {
        either!(self, model => model.output_names())
    }

    fn output_activations(&self) -> Vec<Activation> {
        either!(self, model => model.output_activations())
    }

    fn output_activation(&self) -> Activation {
        either!(self, model => model.output_activation())
    }

    fn predict(&self, inputs: impl Into<AnyTensor>) -> Result<AnyTensor, ModelError> {
        either!(self, model => model.predict(inputs))
    }

    fn description(&self) -> Option<String> {
        either!(self, model => model.description())
    }

    fn weight_paths(&self) -> Vec<WeightPath> {
        either!(self, model => Model::weight_paths(model))
    }

    fn size(&self) -> Option<ModelSize> {
        Some(self.summary().size())
    }

    fn check_saveable(&self) -> Result<(), ModelError> {
        either!(self, model => model.check_saveable())
    }

    fn follow(&self, weight: usize, values: Vec<f32>) {
        either!(self, model => model.follow(weight, values));
    }

    fn has_input_limits(&self) -> bool {
        either!(self, model => model.has_input_limits())
    }

    fn check_inputs(&self, inputs: AnyTensor) -> Result<(), ModelError> {
        either!(self, model => model.check_inputs(inputs))
    }

    fn check_all_inputs(&self, inputs: Signals) -> Result<(), ModelError> {
        either!(self, model => model.check_all_inputs(inputs))
    }

    fn first_not_finite(&self, inputs: AnyTensor) -> Result<Option<String>, ModelError> {
        either!(self, model => model.first_not_finite(inputs))
    }

    fn dead_units(&self, inputs: Signals) -> Result<Vec<DeadUnits>, ModelError> {
        either!(self, model => model.dead_units(inputs))
    }

    fn freeze_to(self, layer: &str) -> Result<Self, ModelError> {
        match self {
            Self::Mlp(model) => Model::freeze_to(model, layer).map(Self::Mlp),
            Self::Network(model) => model.freeze_to(layer).map(Self::Network),
        }
    }

    fn merged(self) -> Self {
        either!(self, model => Model::merged(model).into())
    }

    fn host_pass(&self) -> Result<HostPass, NoHostForm> {
        either!(self, model => model.host_pass())
    }

    fn penalty(&self) -> Option<Tensor<1>> {
        either!(self, model => model.penalty())
    }

    fn constrained(self) -> Self {
        either!(self, model => model.constrained().into())
    }
}

// By hand: the derived form would put the variant's name before the path of every weight.
impl Module for AnyModel {
    fn collect_devices(&self, devices: Vec<Device>) -> Vec<Device> {
        either!(self, model => model.collect_devices(devices))
    }

    fn fork(self, device: &Device) -> Self {
        either!(self, model => model.fork(device).into())
    }

    fn to_device(self, device: &Device) -> Self {
        either!(self, model => model.to_device(device).into())
    }

    fn train(self) -> Self {
        either!(self, model => model.train().into())
    }

    fn valid(&self) -> Self {
        either!(self, model => model.valid().into())
    }

    fn materialize(self) -> Self {
        either!(self, model => model.materialize().into())
    }

    fn visit<V: ModuleVisitor>(&self, visitor: &mut V) {
        either!(self, model => model.visit(visitor));
    }

    fn map<M: ModuleMapper>(self, mapper: &mut M) -> Self {
        either!(self, model => model.map(mapper).into())
    }
}

impl ModuleDisplayDefault for AnyModel {
    fn content(&self, content: Content) -> Option<Content> {
        Some(content)
    }
}

impl ModuleDisplay for AnyModel {
    fn format(&self, _: DisplaySettings) -> String {
        self.summary().to_string()
    }
}

impl fmt::Display for AnyModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.summary().fmt(f)
    }
}
