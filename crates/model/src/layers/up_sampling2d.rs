use burn::tensor::module::interpolate;
use burn::tensor::ops::{InterpolateMode, InterpolateOptions};
use firebrick_tensor::AnyTensor;
use serde::{Deserialize, Serialize};

use super::checks::check_positive;
use super::extent::{places, two, with_places};
use super::size::Size2D;
use crate::layer::Call;
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
pub struct UpSampling2D {
    #[serde(default = "two")]
    size: Size2D,
    #[serde(default)]
    interpolation: Interpolation,
}

/// What stands between the pixels of a smaller image.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::{Interpolation, UpSampling2D};
/// use firebrick::models::{ModelError, Sequential};
///
/// let device = Device::flex();
/// let image = Tensor::<4>::from_floats([[[[0.0], [4.0]]]], &device);
/// let wider = |interpolation| {
///     let layer = UpSampling2D::new([1, 2]).with_interpolation(interpolation);
///     let model = Sequential::new([1, 2, 1]).add(layer).build(1, &device)?;
///     Ok::<_, ModelError>(model.predict(image.clone())?.into_vec()?)
/// };
/// assert_eq!(wider(Interpolation::Nearest)?, [0.0, 0.0, 4.0, 4.0]);
/// assert_eq!(wider(Interpolation::Bilinear)?, [0.0, 1.0, 3.0, 4.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Interpolation {
    /// The same pixel again.
    #[default]
    Nearest,
    /// A mean of the neighbours, weighed by their distance.
    Bilinear,
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
        let mut places = places::<2>(input)?;
        for (place, factor) in places.iter_mut().zip(self.size.axes()) {
            check_positive("size", factor)?;
            *place = place.map(|size| size.saturating_mul(factor));
        }
        Ok(with_places(input, places))
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?.expect_channels_first::<4>();
        let [batch_size, channels, height, width] = x.dims();
        let [rows, columns] = self.size.axes();
        let y = match self.interpolation {
            Interpolation::Nearest => x
                .reshape([batch_size * channels, height, 1, width, 1])
                .repeat_dim(2, rows)
                .repeat_dim(4, columns)
                .reshape([batch_size, channels, height * rows, width * columns]),
            Interpolation::Bilinear => {
                let options = InterpolateOptions::new(InterpolateMode::Bilinear)
                    .with_align_corners(false)
                    .with_output_size([height * rows, width * columns]);
                interpolate(x, options)
            }
        };
        Ok(AnyTensor::from_channels_first(y).into())
    }
}
