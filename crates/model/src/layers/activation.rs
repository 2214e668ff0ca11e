use serde::{Deserialize, Serialize};

use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Masking;
use crate::layer::{Layer, NewLayer};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;

/// An activation as a layer of its own; any of [`crate::Activation`] can be added by itself too.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers;
/// use firebrick::models::{Activation, Sequential};
///
/// let device = Device::flex();
/// let network = Sequential::new([2]).add(layers::Activation::new(Activation::Relu));
/// let x = Tensor::<2>::from_floats([[-1.0, 2.0]], &device);
/// assert_eq!(network.build(1, &device)?.predict(x.clone())?.into_vec()?, [0.0, 2.0]);
/// // The same, written shorter.
/// let network = Sequential::new([2]).add(Activation::Relu);
/// assert_eq!(network.build(1, &device)?.predict(x)?.into_vec()?, [0.0, 2.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: any, the same; `glu` halves the last axis
///
/// # Source
/// <https://keras.io/api/layers/core_layers/activation/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Activation {
    activation: crate::activation::Activation,
}

impl Activation {
    /// The function.
    pub fn new(activation: crate::activation::Activation) -> Self {
        Self { activation }
    }
}

/// An activation by itself.
impl From<crate::activation::Activation> for NewLayer {
    fn from(activation: crate::activation::Activation) -> Self {
        Activation::new(activation).into()
    }
}

/// What an activation leaves of a shape.
pub(crate) fn activated_shape(
    activation: crate::activation::Activation,
    mut shape: Shape,
) -> Result<Shape, LayerProblem> {
    if activation.keeps_shape() {
        return Ok(shape);
    }
    match shape.axes_mut().last_mut() {
        Some(Some(last)) if last.is_multiple_of(2) => *last /= 2,
        _ => {
            let expected = format!("one that does not halve the last axis of {shape:?}");
            let received = activation.to_string();
            return Err(LayerProblem::argument("activation", expected, &received));
        }
    }
    Ok(shape)
}

impl Layer for Activation {
    const CLASS_NAME: &'static str = "Activation";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        activated_shape(self.activation, input.clone())
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn last_activation(&self) -> crate::activation::Activation {
        self.activation
    }

    fn host_form(&self, _inputs: &[Shape]) -> Option<HostForm> {
        let form = HostForm::unchanged().ending_with(self.activation);
        Some(form.passing_mask())
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        Ok(call.activate(self.activation, x).into())
    }
}
