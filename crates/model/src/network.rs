mod adapting;
mod building;
mod checks;
mod dead_units;
mod features;
mod freezing;
mod host;
mod lora;
mod rules;
mod running;
mod states;
mod weights;

use std::sync::Arc;

use burn::module::{Content, DisplaySettings, Module, ModuleDisplay};
use burn::tensor::Tensor;

use crate::activation::Activation;
use crate::draws::Draws;
use crate::error::ModelError;
use crate::graph::summary_of;
use crate::graph::{Graph, Plan};
use crate::host_pass::HostPass;
use crate::layer::HeldWeights;
use crate::layer::NoHostForm;
use crate::mode::Mode;
use crate::model::{Answers, DeadUnits, Model};
use crate::model_size::ModelSize;
use crate::signal::Signals;
use crate::summary::Summary;
use crate::weight_paths::{WeightPath, weight_paths};
use firebrick_tensor::AnyTensor;

pub use weights::WeightValue;

/// A network with its weights, built by [`Graph::build`] or [`Sequential::build`](crate::Sequential::build).
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
pub struct Network {
    layers: Vec<HeldWeights>,
    // Shared by all clones, of which a training makes one a step.
    #[module(skip)]
    description: Arc<Graph>,
    #[module(skip)]
    plan: Arc<Plan>,
}

impl Network {
    /// The description this network was built from.
    pub fn config(&self) -> &Graph {
        &self.description
    }

    /// The network layer by layer.
    pub fn summary(&self) -> Summary {
        summary_of(&self.description, &self.plan)
    }
}

impl Model for Network {
    /// Runs a batch through all layers but for a softmax or a sigmoid at the end; rows of features are
    /// brought into the input shape.
    ///
    /// A batch on a device with gradients is [`Mode::Training`], as Burn's own modules decide, with other draws at
    /// every call; [`forward_training`](Model::forward_training) takes those of a step.
    fn forward(&self, inputs: AnyTensor) -> Result<AnyTensor, ModelError> {
        let mode = Mode::of(&inputs.device());
        self.only(Model::call(self, inputs.into(), mode)?.outputs)
    }

    fn forward_training(&self, inputs: AnyTensor, draws: Draws) -> Result<AnyTensor, ModelError> {
        self.only(Model::call(self, inputs.into(), Mode::Training(draws))?.outputs)
    }

    fn call(&self, inputs: Signals, mode: Mode) -> Result<Answers, ModelError> {
        self.raw_answers(inputs, mode)
    }

    fn predict(&self, inputs: impl Into<AnyTensor>) -> Result<AnyTensor, ModelError> {
        Self::predict(self, inputs)
    }

    fn predict_all(&self, inputs: Signals) -> Result<Signals, ModelError> {
        Self::predict_all(self, inputs)
    }

    fn input_names(&self) -> Vec<String> {
        let inputs = self.description.inputs().iter();
        inputs.map(|input| input.name().to_owned()).collect()
    }

    fn output_names(&self) -> Vec<String> {
        let names = self.description.output_names().into_iter();
        names.map(str::to_owned).collect()
    }

    fn output_activation(&self) -> Activation {
        self.plan.activations.first().copied().unwrap_or_default()
    }

    fn output_activations(&self) -> Vec<Activation> {
        self.plan.activations.clone()
    }

    fn description(&self) -> Option<String> {
        serde_json::to_string(&*self.description).ok()
    }

    fn weight_paths(&self) -> Vec<WeightPath> {
        let mut paths = weight_paths(self);
        for weight in &mut paths {
            // The path of the module is `layers.0.Dense.kernel`.
            let mut parts = weight.module_path.splitn(4, '.').skip(1);
            let index = parts.next().and_then(|index| index.parse::<usize>().ok());
            let layer = index.and_then(|index| self.description.layers().get(index));
            if let (Some(layer), Some(rest)) = (layer, parts.nth(1)) {
                weight.path = format!("{}/{}", layer.name(), rest.replace('.', "/"));
            }
        }
        paths
    }

    fn size(&self) -> Option<ModelSize> {
        Some(self.summary().size())
    }

    fn host_pass(&self) -> Result<HostPass, NoHostForm> {
        self.over_plain_memory()
    }

    fn follow(&self, weight: usize, values: Vec<f32>) {
        self.set_moving(weight, values);
    }

    fn check_saveable(&self) -> Result<(), ModelError> {
        self.check_description()
    }

    fn has_input_limits(&self) -> bool {
        self.has_limits()
    }

    fn check_inputs(&self, inputs: AnyTensor) -> Result<(), ModelError> {
        self.check_limits(inputs.into())
    }

    fn check_all_inputs(&self, inputs: Signals) -> Result<(), ModelError> {
        self.check_limits(inputs)
    }

    fn first_not_finite(&self, inputs: AnyTensor) -> Result<Option<String>, ModelError> {
        self.first_spoiled(inputs.into())
    }

    fn dead_units(&self, inputs: Signals) -> Result<Vec<DeadUnits>, ModelError> {
        self.silent_units(inputs)
    }

    fn freeze_to(self, layer: &str) -> Result<Self, ModelError> {
        Self::freeze_to(self, layer)
    }

    fn merged(self) -> Self {
        self.merge_lora()
    }

    fn penalty(&self) -> Option<Tensor<1>> {
        self.sum_of_penalties()
    }

    fn constrained(self) -> Self {
        self.with_constraints_met()
    }
}

impl ModuleDisplay for Network {
    fn format(&self, _: DisplaySettings) -> String {
        self.summary().to_string()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.optional()
    }
}
