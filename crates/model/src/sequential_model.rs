mod adapting;
mod building;
mod checked_run;
mod freezing;
mod rules;
mod weights;

use std::sync::Arc;

use burn::module::{Content, DisplaySettings, Module, ModuleDisplay};

use burn::tensor::Tensor;

use crate::activation::Activation;
use crate::draws::Draws;
use crate::error::ModelError;
use crate::layers::{BuiltLayer, WeightSpec};
use crate::mode::Mode;
use crate::model::Model;
use crate::model_size::ModelSize;
use crate::sequential::Sequential;
use crate::summary::Summary;
use firebrick_tensor::AnyTensor;

pub use weights::WeightValue;

/// A network of layers that follow one another, built by [`Sequential::build`].
///
/// A Burn [`Module`]: anything of Burn works on it. Convolutions and poolings compute channels-first
/// and hand that order on to each other; what enters and leaves the network is channels-last.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::Dense;
/// use firebrick::models::{Activation, Sequential};
///
/// let network = Sequential::new([4]).add(Dense::new(3).with_activation(Activation::Softmax));
/// let model = network.build(42, &Device::flex())?;
/// let shares = model.predict(Tensor::<2>::ones([2, 4], &Device::flex()))?;
/// assert_eq!(shares.shape(), [2, 3]);
/// assert_eq!(model.summary().num_params(), 4 * 3 + 3);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct SequentialModel {
    layers: Vec<BuiltLayer>,
    // Shared by all clones, of which a training makes one a step.
    #[module(skip)]
    description: Arc<Sequential>,
    /// The weights of each layer, as they were planned.
    #[module(skip)]
    weights: Arc<[Vec<WeightSpec>]>,
}

impl SequentialModel {
    /// Built layers with the weights that were planned for them.
    pub(crate) fn new(
        description: Sequential,
        weights: Vec<Vec<WeightSpec>>,
        layers: Vec<BuiltLayer>,
    ) -> Self {
        Self {
            layers,
            description: Arc::new(description),
            weights: weights.into(),
        }
    }

    /// The description this network was built from.
    pub fn config(&self) -> &Sequential {
        &self.description
    }

    /// The network layer by layer.
    pub fn summary(&self) -> Summary {
        // A built network has passed the checks of its description.
        self.description.summary().unwrap_or_default()
    }

    /// Runs a batch through all layers.
    ///
    /// A frozen network (Burn's [`Module::freeze`], [`Module::valid`]) keeps its dropout off and its
    /// moving statistics as they are in training, too.
    ///
    /// # Shapes
    /// - inputs: `[batch_size, input_shape...]`, or one row of features a sample
    /// - output: `[batch_size, output_shape...]`
    ///
    /// # Panics
    /// When the inputs do not have the network's input shape; [`predict`](Self::predict) gives an
    /// error.
    pub fn forward(&self, inputs: impl Into<AnyTensor>, mode: Mode) -> AnyTensor {
        match self.description.fitted(inputs.into()) {
            Ok(inputs) => {
                let layers = self.layers.iter().zip(self.description.layers());
                layers.fold(inputs, |x, (layer, described)| {
                    layer.forward(x, mode.at(described.name()))
                })
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// Runs a batch through all layers but for a softmax or a sigmoid at the end.
    fn raw_outputs(&self, inputs: AnyTensor, mode: Mode) -> Result<AnyTensor, ModelError> {
        let inputs = self.description.fitted(inputs)?;
        let Some(last) = self.layers.len().checked_sub(1) else {
            return Ok(inputs);
        };
        let x = (0..last).try_fold(inputs, |x, index| self.run_layer(index, x, mode))?;
        match self.output_activation() {
            Activation::Linear => self.run_layer(last, x, mode),
            _ => Ok(self.layers[last].forward_linear(x, self.mode_at(last, mode))),
        }
    }

    /// What the network says of a batch, a softmax at its end included.
    ///
    /// # Shapes
    /// As those of [`forward`](Self::forward).
    ///
    /// # Errors
    /// Inputs of another shape than the network's; values for which a layer has no result, with its
    /// name.
    pub fn predict(&self, inputs: impl Into<AnyTensor>) -> Result<AnyTensor, ModelError> {
        self.run_checked(self.description.fitted(inputs.into())?)
    }
}

impl Model for SequentialModel {
    /// Runs a batch through all layers but for a softmax or a sigmoid at the end; rows of features are
    /// brought into the input shape.
    ///
    /// A batch on a device with gradients is [`Mode::Training`], as Burn's own modules decide, with other draws at
    /// every call; [`forward_training`](Model::forward_training) takes those of a step.
    fn forward(&self, inputs: AnyTensor) -> Result<AnyTensor, ModelError> {
        let mode = Mode::of(&inputs.device());
        self.raw_outputs(inputs, mode)
    }

    fn forward_training(&self, inputs: AnyTensor, draws: Draws) -> Result<AnyTensor, ModelError> {
        self.raw_outputs(inputs, Mode::Training(draws))
    }

    fn predict(&self, inputs: impl Into<AnyTensor>) -> Result<AnyTensor, ModelError> {
        Self::predict(self, inputs)
    }

    fn output_activation(&self) -> Activation {
        match self.layers.last().map(BuiltLayer::last_activation) {
            Some(activation @ (Activation::Softmax | Activation::Sigmoid)) => activation,
            _ => Activation::Linear,
        }
    }

    fn description(&self) -> Option<String> {
        serde_json::to_string(&*self.description).ok()
    }

    fn size(&self) -> Option<ModelSize> {
        Some(self.summary().size())
    }

    fn check_saveable(&self) -> Result<(), ModelError> {
        self.check_description()
    }

    fn has_input_limits(&self) -> bool {
        self.first_lookup().is_some()
    }

    fn check_inputs(&self, inputs: AnyTensor) -> Result<(), ModelError> {
        self.check_lookups(inputs)
    }

    fn first_not_finite(&self, inputs: AnyTensor) -> Result<Option<String>, ModelError> {
        self.first_spoiled(inputs)
    }

    fn penalty(&self) -> Option<Tensor<1>> {
        self.sum_of_penalties()
    }

    fn constrained(self) -> Self {
        self.with_constraints_met()
    }
}

impl ModuleDisplay for SequentialModel {
    fn format(&self, _: DisplaySettings) -> String {
        self.summary().to_string()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.optional()
    }
}
