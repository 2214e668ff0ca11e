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

/// `max_value` from there on, `x` above `threshold`, else `negative_slope · (x - threshold)`.
///
/// At the threshold itself the output is 0 and so is the slope, as in Keras; with a `negative_slope` and
/// nothing else the slope there is 1, which is Keras' too.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::ReLU;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let model = Sequential::new([3]).add(ReLU::new().with_max_value(6.0)).build(1, &device)?;
/// let x = Tensor::<2>::from_floats([[-1.0, 3.0, 9.0]], &device);
/// assert_eq!(model.predict(x)?.into_vec()?, [0.0, 3.0, 6.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: any, the same
///
/// # Source
/// <https://keras.io/api/layers/activation_layers/relu/>
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReLU {
    max_value: Option<f64>,
    negative_slope: f64,
    threshold: f64,
}

impl ReLU {
    /// `max(x, 0)`
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the largest output; unlimited by default.
    #[must_use = "returns the changed layer"]
    pub fn with_max_value(mut self, max_value: f64) -> Self {
        self.max_value = Some(max_value);
        self
    }

    /// Sets the slope below the threshold; 0 by default.
    #[must_use = "returns the changed layer"]
    pub fn with_negative_slope(mut self, negative_slope: f64) -> Self {
        self.negative_slope = negative_slope;
        self
    }

    /// Sets where the function bends; at 0 by default.
    #[must_use = "returns the changed layer"]
    pub fn with_threshold(mut self, threshold: f64) -> Self {
        self.threshold = threshold;
        self
    }
}

impl ReLU {
    /// The function that it is.
    fn activation(&self) -> Activation {
        if *self == Self::default() {
            return Activation::Relu;
        }
        Activation::BentRelu {
            max_value: self.max_value,
            negative_slope: self.negative_slope,
            threshold: self.threshold,
        }
    }
}

impl Layer for ReLU {
    const CLASS_NAME: &'static str = "ReLU";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        let expected = "a number from 0 on";
        for (name, value) in [
            ("max_value", self.max_value.unwrap_or(0.0)),
            ("negative_slope", self.negative_slope),
            ("threshold", self.threshold),
        ] {
            check_number(name, value, expected, |value| value >= 0.0)?;
        }
        Ok(input.clone())
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn last_activation(&self) -> Activation {
        self.activation()
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        Ok(self.activation().activate(inputs.into_values()?).into())
    }

    fn host_form(&self, _inputs: &[Shape]) -> Option<HostForm> {
        Some(HostForm::unchanged().ending_with(self.activation()))
    }
}
