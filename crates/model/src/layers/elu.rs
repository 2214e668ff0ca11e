use burn::tensor::{Tensor, activation};
use serde::{Deserialize, Serialize};

use super::checks::check_number;
use crate::activation::Activation;
use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
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
#[serde(default)]
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

impl Layer for ELU {
    const CLASS_NAME: &'static str = "ELU";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        check_number("alpha", self.alpha, "a number from 0 on", |alpha| {
            alpha >= 0.0
        })?;
        Ok(input.clone())
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        Ok(inputs.into_values()?.map_elements(self).into())
    }

    fn host_form(&self, _inputs: &[Shape]) -> Option<HostForm> {
        Some(HostForm::unchanged().ending_with(Activation::Elu { alpha: self.alpha }))
    }
}

impl SameShape for ELU {
    fn apply<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        activation::elu(x, self.alpha)
    }
}
