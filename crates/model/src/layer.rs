//! What a layer is: a description, its weights, and the call that brings a batch through it.

mod adapter;
mod any_layer;
mod call;
mod call_arguments;
mod cell;
mod held_weights;
mod host_form;
mod masking;
mod new_layer;
mod no_host_form;
mod node;
mod weight_spec;

use std::fmt;

use burn::tensor::Device;
use firebrick_spec::{Spec, SpecError};
use firebrick_tensor::AnyTensor;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::activation::Activation;
use crate::layer_problem::LayerProblem;
use crate::regularizer::Regularizer;
use crate::shape::Shape;
use crate::signal::Signals;

pub(crate) use adapter::Adapter;
pub use any_layer::AnyLayer;
pub use call::Call;
pub(crate) use call_arguments::CallArguments;
pub use cell::{Cell, CellSteps};
pub(crate) use cell::{check_states, flat, is_kept_state, kept_state_name, shaped};
pub(crate) use held_weights::HeldWeights;
pub use host_form::HostForm;
pub(crate) use host_form::{
    HostDrawn, HostMask, Numbers, Spread, activation_kernel, stretched, whole,
};
pub use masking::Masking;
pub use new_layer::{NewLayer, SharedLayer};
pub use no_host_form::NoHostForm;
pub(crate) use node::Origin;
pub use node::{IntoNodes, Node, input, named_input, text_input};
pub use weight_spec::WeightSpec;
pub(crate) use weight_spec::{Storage, WeightArguments, permuted};

/// A layer: a plain description of what happens to a batch, and of the weights that it happens with.
///
/// Shapes are those of one sample: without the batch axis, channels last. The layers of this crate are layers by this trait
/// and nothing else; one of your own, with weights, several inputs or numbers drawn at random, stands beside them in any
/// network. Its arguments are its fields, by `serde`, which the program's `Cargo.toml` names with the feature `derive`: by them it is
/// saved, and read again once [`register`](crate::layers::register) has made it known by its name. What it draws in training
/// alone, it draws by [`Call::draws`](crate::Call::draws); arguments and shapes are refused in
/// [`output_shape`](Self::output_shape).
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::{Layer, LayerProblem, WeightSpec};
/// use firebrick::models::{Call, Initializer, Sequential, Shape, Signals};
/// use serde::{Deserialize, Serialize};
///
/// /// Every feature times a factor that is learned.
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
/// struct Scale {
///     start: f64,
/// }
///
/// impl Layer for Scale {
///     const CLASS_NAME: &'static str = "Scale";
///
///     fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
///         let features = inputs[0].last().unwrap_or_default();
///         let start = Initializer::Constant { value: self.start };
///         vec![WeightSpec::new("factor", [features], start)]
///     }
///
///     fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
///         let x = inputs.into_rank::<2>()?;
///         Ok((x * call.weight::<1>("factor").unsqueeze()).into())
///     }
/// }
///
/// let model = Sequential::new([2]).add(Scale { start: 3.0 }).build(1, &Device::flex())?;
/// let x = Tensor::<2>::from_floats([[1.0, 2.0]], &Device::flex());
/// assert_eq!(model.predict(x)?.into_vec()?, [3.0, 6.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
pub trait Layer:
    Clone + fmt::Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// Keras' name, under which it is described and saved, e.g. `Dense`.
    const CLASS_NAME: &'static str;

    /// Runs a batch through the layer.
    ///
    /// # Errors
    /// Values that it has no result for. Shapes were checked before by [`output_shapes`](Self::output_shapes).
    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem>;

    /// The shape that leaves a layer of one input and one output; an error says why `input` cannot enter it. The same shape
    /// by default.
    ///
    /// It checks the arguments too, so that the other methods see only what fits together.
    ///
    /// # Errors
    /// An input that does not fit, or an argument out of range.
    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        Ok(input.clone())
    }

    /// The shapes that leave it when these enter; by default those of a layer of one input and one output.
    ///
    /// # Errors
    /// As [`output_shape`](Self::output_shape); another number of inputs.
    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        match inputs {
            [input] => Ok(vec![self.output_shape(input)?]),
            _ => Err(LayerProblem::NumInputs {
                expected: "1".to_owned(),
                received: inputs.len(),
            }),
        }
    }

    /// The weights in Keras' order, for inputs that can enter; none by default.
    fn weights(&self, _inputs: &[Shape]) -> Vec<WeightSpec> {
        Vec::new()
    }

    /// What happens to a mask that arrives. By default there may be none: a layer that is not meant for steps that do not
    /// count would let them count.
    fn masking(&self) -> Masking {
        Masking::Refuses
    }

    /// Which outputs have a mask when these inputs have one; by default as [`masking`](Self::masking) says.
    fn output_masks(&self, inputs: &[bool]) -> Vec<bool> {
        vec![self.masking().leaves(inputs)]
    }

    /// The activation at the layer's end, if a loss may compute it instead; [`Call::activate`] then leaves it out when it is
    /// asked to. None by default.
    fn last_activation(&self) -> Activation {
        Activation::Linear
    }

    /// What the layer's outputs add to the loss, divided by the number of samples. By default nothing.
    fn activity_regularizer(&self) -> Option<Regularizer> {
        None
    }

    /// Whether there may be values that it has no result for, so that a training looks at all of them by
    /// [`check`](Self::check) before it begins. By default not.
    fn has_limits(&self) -> bool {
        false
    }

    /// Looks for values that have no result, such as an index beyond an embedding. By default there are none.
    ///
    /// # Errors
    /// What the layer takes, what it received and where.
    fn check(&self, _inputs: &Signals) -> Result<(), LayerProblem> {
        Ok(())
    }

    /// Tries what can only be tried on a device, before anything is built there.
    ///
    /// # Errors
    /// What fails there.
    fn probe(&self, _inputs: &[Shape], _device: &Device) -> Result<(), LayerProblem> {
        Ok(())
    }

    /// Whether it waits for statistics of the data, without which it cannot be built; see [`adapted`](Self::adapted).
    fn needs_adapting(&self) -> bool {
        false
    }

    /// The argument that it learns of data, for errors; see [`needs_adapting`](Self::needs_adapting).
    fn learned_argument(&self) -> &'static str {
        "mean"
    }

    /// Whether it adapts to the targets instead of to what arrives, as one at a network's end that brings answers back to
    /// their scale.
    fn adapts_to_targets(&self) -> bool {
        false
    }

    /// The layer with what it has learned of all samples, as Keras' `adapt`. By default nothing.
    ///
    /// # Errors
    /// Samples that it cannot adapt to.
    fn adapted(&self, _samples: &mut dyn Iterator<Item = AnyTensor>) -> Result<Self, LayerProblem> {
        Ok(self.clone())
    }

    /// How it runs over plain memory on a processor, forward and backward, where it can: a training is then faster. What it
    /// gives is the same but for rounding. By default it cannot.
    fn host_form(&self, _inputs: &[Shape]) -> Option<HostForm> {
        None
    }

    /// The name that the first layer of its kind has in a network, e.g. `max_pooling2d`.
    fn default_name(&self) -> String {
        firebrick_spec::snake_case(Self::CLASS_NAME)
    }

    /// The cell that it is, if it is one, for recurrent layers. By default it is none.
    fn as_cell(&self) -> Option<&dyn Cell> {
        None
    }

    /// The layer that the arguments of a spec describe, by `serde`; errors call it `thing`.
    ///
    /// # Errors
    /// An unknown argument, with the nearest one; one that is missing; a value that cannot be.
    fn from_spec(spec: &Spec, thing: &str) -> Result<Self, SpecError> {
        spec.read(thing)
    }

    /// The spec of this name with the layer's arguments, by `serde`.
    ///
    /// # Errors
    /// A layer that is code, which cannot be written down.
    fn to_spec(&self, name: &str) -> Result<Spec, SpecError> {
        Spec::of(name, self)
    }

    /// The names of all arguments.
    fn argument_names() -> Vec<String> {
        let names = firebrick_spec::argument_names::<Self>().into_iter();
        names.map(str::to_owned).collect()
    }

    /// Gives the layer a name of your own.
    fn named(self, name: impl Into<String>) -> NewLayer {
        NewLayer::from(self).named(name)
    }

    /// Keeps training from moving the layer's weights, as Keras' `trainable=False`.
    fn frozen(self) -> NewLayer {
        NewLayer::from(self).frozen()
    }

    /// The layer in several places, with the same weights in all of them.
    fn shared(self) -> SharedLayer {
        NewLayer::from(self).shared()
    }

    /// The layer to be called as it is after training, whatever happens around it; see [`SharedLayer::in_inference`].
    fn in_inference(self) -> SharedLayer {
        NewLayer::from(self).in_inference()
    }

    /// Calls the layer on what others give, for a [`Graph`](crate::Graph).
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::layers::{Add, Dense, Layer};
    /// use firebrick::models::{Activation, Graph, input};
    ///
    /// let x = input([16]);
    /// let hidden = Dense::new(16).with_activation(Activation::Relu).on(&x);
    /// let y = Dense::new(3).on(Add::new().on([&x, &hidden]));
    /// assert_eq!(Graph::new([x], [y]).output_shapes()?, [[3]]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    fn on(self, inputs: impl IntoNodes) -> Node {
        NewLayer::from(self).on(inputs)
    }
}
