use burn::tensor::{Tensor, activation};
use serde::{Deserialize, Serialize};

use super::checks::check_number;
use super::{Apply, Describe, LayerProblem, Weightless, Weights};
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;
use firebrick_tensor::SameShape;

/// `x` where positive, else `alpha · (exp(x) - 1)`.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::ELU;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let model = Sequential::new([2]).add(ELU::new()).build(1, &device)?;
/// let x = Tensor::<2>::from_floats([[-1.0, 2.0]], &device);
/// let y = model.predict(x)?.into_vec()?;
/// assert!(y.iter().zip([-0.632, 2.0]).all(|(y, expected)| (y - expected).abs() < 1e-3), "{y:?}");
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: any, the same
///
/// # Source
/// <https://keras.io/api/layers/activation_layers/elu/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ELU {
    alpha: f64,
}

impl ELU {
    /// An `alpha` of 1.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how far below 0 the function goes.
    #[must_use = "returns the changed layer"]
    pub fn with_alpha(mut self, alpha: f64) -> Self {
        self.alpha = alpha;
        self
    }
}

impl Default for ELU {
    fn default() -> Self {
        Self { alpha: 1.0 }
    }
}

impl Describe for ELU {
    type Built = Weightless<Self>;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        check_number("alpha", self.alpha, "a number from 0 on", |alpha| {
            alpha >= 0.0
        })?;
        Ok(input.to_vec())
    }

    fn build(&self, _: &[usize], _: &mut Weights) -> Weightless<Self> {
        Weightless {
            layer: self.clone(),
        }
    }
}

impl SameShape for ELU {
    fn apply<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        activation::elu(x, self.alpha)
    }
}

impl Apply for Weightless<ELU> {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        x.map_elements(&self.layer)
    }
}
