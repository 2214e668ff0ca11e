use firebrick_tensor::AnyTensor;
use serde::{Deserialize, Serialize};

use super::interpolation::Interpolation;
use super::size::Size2D;
use super::up_sampling::{larger_shape, repeated_on_host};
use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;

/// An image made larger by whole factors.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::UpSampling2D;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let model = Sequential::new([1, 2, 1]).add(UpSampling2D::new(2)).build(1, &device)?;
/// let image = Tensor::<4>::from_floats([[[[1.0], [2.0]]]], &device);
/// assert_eq!(model.predict(image)?.into_vec()?, [1.0, 1.0, 2.0, 2.0, 1.0, 1.0, 2.0, 2.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, height, width, channels]`
/// - output: `[batch_size, height · size[0], width · size[1], channels]`
///
/// # Source
/// <https://keras.io/api/layers/reshaping_layers/up_sampling2d/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpSampling2D {
    size: Size2D,
    interpolation: Interpolation,
}

impl UpSampling2D {
    /// The factors (Keras' default is 2); pixels are repeated.
    pub fn new(size: impl Into<Size2D>) -> Self {
        Self {
            size: size.into(),
            interpolation: Interpolation::Nearest,
        }
    }

    /// Sets what stands between the pixels.
    #[must_use = "returns the changed layer"]
    pub fn with_interpolation(mut self, interpolation: Interpolation) -> Self {
        self.interpolation = interpolation;
        self
    }
}

impl Default for UpSampling2D {
    /// Twice as high and wide.
    fn default() -> Self {
        Self::new(2)
    }
}

impl Layer for UpSampling2D {
    const CLASS_NAME: &'static str = "UpSampling2D";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        larger_shape(self.size.axes(), input)
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?.expect_channels_first::<4>();
        let y = self.interpolation.enlarged(x, self.size.axes());
        Ok(AnyTensor::from_channels_first(y).into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        match self.interpolation {
            Interpolation::Nearest => repeated_on_host(self.size.axes(), &inputs[0]),
            _ => None,
        }
    }
}
