use serde::{Deserialize, Serialize};

use super::{Apply, Describe, LayerProblem, Weightless, Weights};
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;

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
#[serde(deny_unknown_fields)]
pub struct Activation {
    activation: crate::activation::Activation,
}

impl Activation {
    /// The function.
    pub fn new(activation: crate::activation::Activation) -> Self {
        Self { activation }
    }
}

/// What an activation leaves of a shape.
pub(crate) fn activated_shape(
    activation: crate::activation::Activation,
    mut shape: Vec<usize>,
) -> Result<Vec<usize>, LayerProblem> {
    if activation.keeps_shape() {
        return Ok(shape);
    }
    match shape.last_mut() {
        Some(last) if last.is_multiple_of(2) => *last /= 2,
        _ => {
            let expected = format!("one that does not halve the last axis of {shape:?}");
            let received = activation.to_string();
            return Err(LayerProblem::argument("activation", expected, &received));
        }
    }
    Ok(shape)
}

impl Describe for Activation {
    type Built = Weightless<Self>;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        activated_shape(self.activation, input.to_vec())
    }

    fn build(&self, _: &[usize], _: &mut Weights) -> Weightless<Self> {
        Weightless {
            layer: self.clone(),
        }
    }
}

impl Apply for Weightless<Activation> {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        self.layer.activation.activate(x)
    }

    fn last_activation(&self) -> crate::activation::Activation {
        self.layer.activation
    }

    fn forward_linear(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        x
    }
}
