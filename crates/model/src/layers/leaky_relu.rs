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

/// `x` where positive, else `negative_slope · x`.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::LeakyReLU;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let model = Sequential::new([2]).add(LeakyReLU::new().with_negative_slope(0.5)).build(1, &device)?;
/// let x = Tensor::<2>::from_floats([[-1.0, 2.0]], &device);
/// assert_eq!(model.predict(x)?.into_vec()?, [-0.5, 2.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: any, the same
///
/// # Source
/// <https://keras.io/api/layers/activation_layers/leaky_relu/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LeakyReLU {
    negative_slope: f64,
}

impl LeakyReLU {
    /// A slope of 0.3, as in Keras; the activation `leaky_relu` has 0.2 there.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the slope below 0.
    #[must_use = "returns the changed layer"]
    pub fn with_negative_slope(mut self, negative_slope: f64) -> Self {
        self.negative_slope = negative_slope;
        self
    }
}

impl Default for LeakyReLU {
    fn default() -> Self {
        Self {
            negative_slope: 0.3,
        }
    }
}

impl Layer for LeakyReLU {
    const CLASS_NAME: &'static str = "LeakyReLU";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        check_number(
            "negative_slope",
            self.negative_slope,
            "a number from 0 on",
            |slope| slope >= 0.0,
        )?;
        Ok(input.clone())
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        Ok(inputs.into_values()?.map_elements(self).into())
    }

    fn host_form(&self, _inputs: &[Shape]) -> Option<HostForm> {
        let negative_slope = self.negative_slope;
        Some(HostForm::unchanged().ending_with(Activation::LeakyRelu { negative_slope }))
    }
}

impl SameShape for LeakyReLU {
    fn apply<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        activation::leaky_relu(x, self.negative_slope)
    }
}
