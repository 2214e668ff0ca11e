use serde::{Deserialize, Serialize};

use super::{Apply, Describe, LayerProblem, Weightless, Weights};
use crate::activation::Activation;
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;

/// `exp(x) / Σ exp(x)` along the last axis.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::Softmax;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let model = Sequential::new([2]).add(Softmax::new()).build(1, &device)?;
/// let logits = Tensor::<2>::from_floats([[0.0, 3.0_f32.ln()]], &device);
/// let y = model.predict(logits)?.into_vec()?;
/// assert!(y.iter().zip([0.25, 0.75]).all(|(y, expected)| (y - expected).abs() < 1e-3), "{y:?}");
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: any, the same
///
/// # Source
/// <https://keras.io/api/layers/activation_layers/softmax/>
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Softmax {}

impl Softmax {
    /// Probabilities along the last axis.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Describe for Softmax {
    type Built = Weightless<Self>;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        Ok(input.to_vec())
    }

    fn build(&self, _: &[usize], _: &mut Weights) -> Weightless<Self> {
        Weightless {
            layer: self.clone(),
        }
    }
}

impl Apply for Weightless<Softmax> {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        Activation::Softmax.activate(x)
    }

    fn last_activation(&self) -> Activation {
        Activation::Softmax
    }

    fn forward_linear(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        x
    }
}
