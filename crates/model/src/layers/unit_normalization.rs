use firebrick_host::kernels::Standardize;
use serde::{Deserialize, Serialize};

use super::over_axes::{over_axes, over_axes_on_host, sample_axes};
use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use crate::single::single;
use firebrick_tensor::Axes;

/// Divides by the norm along the last axis, or along others: `x / max(sqrt(Σ x²), 1e-12)`.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::UnitNormalization;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let model = Sequential::new([2]).add(UnitNormalization::new()).build(1, &device)?;
/// let x = Tensor::<2>::from_floats([[3.0, 4.0]], &device);
/// let y = model.predict(x)?.into_vec()?;
/// assert!((y[0] - 0.6).abs() < 1e-6 && (y[1] - 0.8).abs() < 1e-6);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: `[batch_size, ...]`, the same
///
/// # Source
/// <https://keras.io/api/layers/normalization_layers/unit_normalization/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UnitNormalization {
    axis: Axes,
}

impl UnitNormalization {
    /// Along the last axis.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the axes that a norm is taken along; the batch axis, which cannot be among them, is 0.
    #[must_use = "returns the changed layer"]
    pub fn with_axis(mut self, axis: impl Into<Axes>) -> Self {
        self.axis = axis.into();
        self
    }
}

impl Default for UnitNormalization {
    fn default() -> Self {
        Self {
            axis: Axes::One(-1),
        }
    }
}

/// Below it a norm counts as 0.
const EPSILON: f64 = 1e-12;

impl Layer for UnitNormalization {
    const CLASS_NAME: &'static str = "UnitNormalization";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        sample_axes(&self.axis, input)?;
        Ok(input.clone())
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        let axes = sample_axes(&self.axis, &x.shape()[1..].into())?;
        let y = over_axes(x, &axes, |x| {
            let squares = x.clone().square().sum_dim(1);
            x / squares.clamp_min(EPSILON * EPSILON).sqrt()
        });
        Ok(y.into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        let least = single(EPSILON * EPSILON);
        over_axes_on_host(&self.axis, &inputs[0], |len, size| {
            HostForm::of(Standardize::by_length(len, size, least), [])
        })
    }
}
