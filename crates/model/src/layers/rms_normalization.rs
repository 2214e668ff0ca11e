use firebrick_host::kernels::Standardize;
use serde::{Deserialize, Serialize};

use super::checks::check_number;
use super::over_axes::{over_axes, over_axes_on_host, sample_axes, sizes_of};
use crate::initializer::Initializer;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::{HostForm, Storage, WeightSpec};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use crate::single::single;
use firebrick_tensor::Axes;

/// Divides by the root mean square along the last axis, or along others: `scale · x / sqrt(mean(x²) + epsilon)`.
///
/// As in Keras a mask does not go on behind it, so that none may arrive.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::RMSNormalization;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let model = Sequential::new([2]).add(RMSNormalization::new()).build(1, &device)?;
/// let x = Tensor::<2>::from_floats([[1.0, 7.0]], &device);
/// let y = model.predict(x)?.into_vec()?;
/// assert!((y[0] - 0.2).abs() < 1e-6 && (y[1] - 1.4).abs() < 1e-6);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: `[batch_size, ...]`, the same
///
/// # Source
/// Zhang and Sennrich, "Root Mean Square Layer Normalization", NeurIPS 2019;
/// <https://keras.io/api/layers/normalization_layers/rms_normalization/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RMSNormalization {
    axis: Axes,
    epsilon: f64,
}

impl RMSNormalization {
    /// Along the last axis, with an epsilon of 1e-6.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the axes that the mean is taken along; the batch axis, which cannot be among them, is 0.
    #[must_use = "returns the changed layer"]
    pub fn with_axis(mut self, axis: impl Into<Axes>) -> Self {
        self.axis = axis.into();
        self
    }

    /// Sets what is added to the mean of the squares.
    #[must_use = "returns the changed layer"]
    pub fn with_epsilon(mut self, epsilon: f64) -> Self {
        self.epsilon = epsilon;
        self
    }
}

impl Default for RMSNormalization {
    fn default() -> Self {
        Self {
            axis: Axes::One(-1),
            epsilon: 1e-6,
        }
    }
}

impl Layer for RMSNormalization {
    const CLASS_NAME: &'static str = "RMSNormalization";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        check_number("epsilon", self.epsilon, "above 0", |epsilon| epsilon > 0.0)?;
        sizes_of(&sample_axes(&self.axis, input)?, input)?;
        Ok(input.clone())
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let axes = sample_axes(&self.axis, &inputs[0]).unwrap_or_default();
        let shape = sizes_of(&axes, &inputs[0]).unwrap_or_default();
        vec![WeightSpec::new("scale", shape, Initializer::Ones).stored(Storage::Flat)]
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        let axes = sample_axes(&self.axis, &x.shape()[1..].into())?;
        let scale = call.weight::<1>("scale").unsqueeze();
        let y = over_axes(x, &axes, |x| {
            let mean = x.clone().square().mean_dim(1);
            x / (mean + self.epsilon).sqrt() * scale
        });
        Ok(y.into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        over_axes_on_host(&self.axis, &inputs[0], |len, size| {
            let standardize = Standardize::by_mean_square(len, size, single(self.epsilon));
            HostForm::of(standardize, []).scaled_and_shifted((len, size), Some("scale"), None)
        })
    }
}
