use burn::module::Module;
use burn::tensor::Device;
use firebrick_spec::{Spec, SpecError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::layer_weights::WeightArguments;
use super::{LayerProblem, WeightSpec, Weights};
use crate::activation::Activation;
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;

/// The description of a layer, checked before anything is built from it.
///
/// Shapes are those of one sample: without the batch axis, channels last.
pub(crate) trait Describe: Serialize + DeserializeOwned {
    /// The layer with its weights.
    type Built: Apply;

    /// The shape that leaves the layer; an error says why `input` cannot enter it.
    ///
    /// It checks the arguments too, so that the other methods see only what fits together.
    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem>;

    /// The weights in Keras' order.
    fn weights(&self, _input: &[usize]) -> Vec<WeightSpec> {
        Vec::new()
    }

    /// The layer that the arguments of a spec describe; errors call it `thing`.
    fn from_spec(spec: &Spec, thing: &str) -> Result<Self, SpecError> {
        spec.read(thing)
    }

    /// The spec of this name with the layer's arguments.
    fn to_spec(&self, name: &str) -> Result<Spec, SpecError> {
        Spec::of(name, self)
    }

    /// Keras' names of all arguments.
    fn argument_names() -> Vec<String> {
        let names = firebrick_spec::argument_names::<Self>().into_iter();
        names.map(str::to_owned).collect()
    }

    /// What the description says of the weights that there may be, whatever their shapes.
    fn weight_arguments(&self) -> &[WeightArguments] {
        &[]
    }

    /// Tries what can only be tried on a device, before anything is built there.
    fn probe(&self, _input: &[usize], _device: &Device) -> Result<(), LayerProblem> {
        Ok(())
    }

    /// Makes the layer of weights that were described by [`weights`](Self::weights).
    fn build(&self, input: &[usize], weights: &mut Weights) -> Self::Built;
}

/// A built layer.
pub(crate) trait Apply: Module {
    /// Runs a batch through the layer.
    fn forward(&self, x: AnyTensor, mode: Mode) -> AnyTensor;

    /// The same where it may fail, as a function of the user's may.
    fn run(&self, x: AnyTensor, mode: Mode) -> Result<AnyTensor, LayerProblem> {
        Ok(self.forward(x, mode))
    }

    /// Looks for values that have no result.
    fn check(&self, _x: &AnyTensor) -> Result<(), LayerProblem> {
        Ok(())
    }

    /// The layer as training leaves it: its weights are not moved. What it does at random in
    /// training it still does.
    fn frozen(self) -> Self {
        self.no_grad()
    }

    /// The layer as training moves it.
    fn thawed(self) -> Self {
        self.set_require_grad(true)
    }

    /// The layer with nothing that its clones see change.
    fn unshared(self) -> Self {
        self
    }

    /// The activation at the layer's end, if it can be left out.
    fn last_activation(&self) -> Activation {
        Activation::Linear
    }

    /// The same without its [`last_activation`](Self::last_activation).
    fn forward_linear(&self, x: AnyTensor, mode: Mode) -> AnyTensor {
        self.forward(x, mode)
    }
}

/// A layer without weights: its description is all it needs.
#[derive(Module, Debug)]
pub(crate) struct Weightless<L: Clone + std::fmt::Debug + Send + Sync> {
    #[module(skip)]
    pub(crate) layer: L,
}
