use burn::module::{Content, DisplaySettings, Module, ModuleDisplay, Param};
use burn::nn::Linear;
use burn::tensor::{Device, Int, Tensor};
use firebrick_host::{Place, Program, kernels};

use crate::activation::Activation;
use crate::error::ModelError;
use crate::host_pass::{HostPass, trained};
use crate::initializer::Initializer;
use crate::layer::NoHostForm;
use crate::layer::activation_kernel;
use crate::mlp_config::MlpConfig;
use crate::model::{DeadUnits, Model, only_input};
use crate::model_size::ModelSize;
use crate::signal::Signals;
use crate::summary::Summary;
use firebrick_tensor::AnyTensor;

/// A multi-layer perceptron: dense layers with an activation between them, logits out.
///
/// A plain Burn [`Module`], built by [`MlpConfig::init`].
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::models::MlpConfig;
///
/// let mlp = MlpConfig::new(4, 3).with_hidden([8]).init(42, &Device::flex())?;
/// let shares = mlp.predict(Tensor::<2>::ones([1, 4], &Device::flex()))?.into_vec()?;
/// assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-6);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, num_features]`
/// - output of [`logits`](Self::logits) and of [`forward`](Model::forward): `[batch_size, num_classes]`
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct Mlp {
    layers: Vec<Linear>,
    #[module(skip)]
    activation: Activation,
}

impl Mlp {
    /// A network of layers that fit one another; at least one.
    pub(crate) fn from_layers(layers: Vec<Linear>, activation: Activation) -> Self {
        debug_assert!(!layers.is_empty());
        Self { layers, activation }
    }

    fn num_features(&self) -> usize {
        self.layers
            .first()
            .map_or(0, |layer| layer.weight.shape().dims::<2>()[0])
    }

    /// The description this network could be built from.
    pub fn config(&self) -> MlpConfig {
        let shapes: Vec<[usize; 2]> = self
            .layers
            .iter()
            .map(|layer| layer.weight.shape().dims())
            .collect();
        let units: Vec<usize> = shapes.iter().map(|[_, units]| *units).collect();
        let (num_classes, hidden) = units.split_last().map_or((0, &units[..]), |(c, h)| (*c, h));
        MlpConfig::new(shapes.first().map_or(0, |[inputs, _]| *inputs), num_classes)
            .with_hidden(hidden)
            .with_activation(self.activation)
    }

    /// What comes before the softmax.
    ///
    /// # Shapes
    /// - inputs: `[batch_size, num_features]`
    /// - output: `[batch_size, num_classes]`
    ///
    /// # Panics
    /// When the inputs do not have the network's number of features.
    pub fn logits(&self, inputs: Tensor<2>) -> Tensor<2> {
        let last = self.layers.len() - 1;
        let mut x = inputs;
        for (index, layer) in self.layers.iter().enumerate() {
            x = layer.forward(x);
            if index < last {
                x = self.activation.forward(x);
            }
        }
        x
    }

    /// Probabilities of the classes.
    ///
    /// # Shapes
    /// - inputs: `[batch_size, num_features]`, or samples of more axes, which are flattened
    /// - output: `[batch_size, num_classes]`, each row sums to 1
    ///
    /// # Errors
    /// Inputs with another number of features than the network's.
    pub fn predict(&self, inputs: impl Into<AnyTensor>) -> Result<AnyTensor, ModelError> {
        Model::predict(self, inputs)
    }

    /// The most probable class of each sample.
    ///
    /// # Shapes
    /// - inputs: `[batch_size, num_features]`
    /// - output: `[batch_size]`
    ///
    /// # Panics
    /// When the inputs do not have the network's number of features.
    pub fn predict_classes(&self, inputs: Tensor<2>) -> Tensor<1, Int> {
        self.logits(inputs).argmax(1).squeeze_dim(1)
    }

    /// The network layer by layer.
    pub fn summary(&self) -> Summary {
        // A built network has passed the checks of its description.
        self.config().summary().unwrap_or_default()
    }
}

impl MlpConfig {
    /// Builds the network with initial weights that depend on nothing but the seed.
    ///
    /// # Errors
    /// Those of [`validate`](Self::validate).
    pub fn init(&self, seed: u64, device: &Device) -> Result<Mlp, ModelError> {
        self.validate()?;
        let layers = self
            .layers()
            .iter()
            .zip(0..)
            .map(|(layer, stream)| {
                let shape = [layer.inputs, layer.units];
                let kernel = Initializer::GlorotUniform.tensor(shape, seed, stream, device)?;
                Ok(Linear {
                    weight: Param::from_tensor(kernel),
                    bias: Some(Param::from_tensor(Tensor::zeros([layer.units], device))),
                })
            })
            .collect::<Result<_, ModelError>>()?;
        Ok(Mlp::from_layers(layers, self.activation))
    }
}

impl Model for Mlp {
    /// Computes the logits; inputs of more axes are flattened.
    fn forward(&self, inputs: AnyTensor) -> Result<AnyTensor, ModelError> {
        let shape = inputs.shape();
        let features: usize = shape[1..].iter().product();
        let expected = self.num_features();
        if features != expected {
            return Err(ModelError::InputShape {
                input: None,
                expected: [expected].into(),
                received: shape,
            });
        }
        let rows = inputs.reshape(&[shape[0], features])?.into_rank()?;
        Ok(self.logits(rows).into())
    }

    fn output_activation(&self) -> Activation {
        Activation::Softmax
    }

    fn first_not_finite(&self, inputs: AnyTensor) -> Result<Option<String>, ModelError> {
        let shape = inputs.shape();
        let rows = inputs.reshape(&[shape[0], self.num_features()])?;
        let mut x: Tensor<2> = rows.into_rank()?;
        let last = self.layers.len() - 1;
        for (index, layer) in self.layers.iter().enumerate() {
            x = layer.forward(x);
            if index < last {
                x = self.activation.forward(x);
            }
            if !AnyTensor::from(x.clone()).is_finite() {
                return Ok(Some(format!("layer {index} (counted from 0)")));
            }
        }
        Ok(None)
    }

    fn dead_units(&self, inputs: Signals) -> Result<Vec<DeadUnits>, ModelError> {
        if !self.activation.may_silence() {
            return Ok(Vec::new());
        }
        let inputs = only_input(self, inputs)?;
        let samples = inputs.shape()[0];
        let mut x: Tensor<2> = inputs
            .reshape(&[samples, self.num_features()])?
            .into_rank()?;
        let mut dead = Vec::new();
        for (index, layer) in self.layers.iter().enumerate().take(self.layers.len() - 1) {
            x = self.activation.forward(layer.forward(x));
            dead.push(DeadUnits::of(&format!("layers/{index}"), x.clone().into())?);
        }
        Ok(dead)
    }

    fn host_pass(&self) -> Result<HostPass, NoHostForm> {
        let sizes = |layer: &Linear| layer.weight.shape().dims::<2>();
        let weights = self.layers.iter().map(sizes);
        let weights: Vec<usize> = weights
            .flat_map(|[inputs, units]| [inputs * units, units])
            .collect();
        let mut program = Program::new([self.num_features()], weights);
        let mut place = Place::Input(0);
        let last = self.layers.len() - 1;
        for (index, layer) in self.layers.iter().enumerate() {
            let [inputs, units] = sizes(layer);
            let own = [2 * index, 2 * index + 1];
            place = program.add(kernels::Dense::new(inputs, units), [place], own);
            let kernel = activation_kernel(self.activation, units, units);
            if let (Some(kernel), true) = (kernel, index < last) {
                place = program.add(kernel, [place], []);
            }
        }
        let shapes = (
            [[self.num_features()].into()],
            [[self.config().num_classes].into()],
        );
        Ok(HostPass::new(
            program.with_outputs([place], trained(self)),
            shapes,
        ))
    }

    fn description(&self) -> Option<String> {
        serde_json::to_string(&self.config()).ok()
    }

    fn size(&self) -> Option<ModelSize> {
        Some(self.summary().size())
    }
}

impl ModuleDisplay for Mlp {
    fn format(&self, _: DisplaySettings) -> String {
        self.summary().to_string()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.optional()
    }
}
