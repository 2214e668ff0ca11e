use burn::tensor::module::interpolate;
use burn::tensor::ops::{InterpolateMode, InterpolateOptions};
use serde::{Deserialize, Serialize};

use super::checks::{check_positive, image};
use super::{Apply, Describe, LayerProblem, Size2D, Weightless, Weights};
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;

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
#[serde(deny_unknown_fields)]
pub struct UpSampling2D {
    #[serde(default = "Size2D::two")]
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

impl Describe for UpSampling2D {
    type Built = Weightless<Self>;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        let [height, width, channels] = image(input)?;
        let [rows, columns] = self.size.axes();
        check_positive("size", rows)?;
        check_positive("size", columns)?;
        Ok(vec![
            height.saturating_mul(rows),
            width.saturating_mul(columns),
            channels,
        ])
    }

    fn build(&self, _: &[usize], _: &mut Weights) -> Weightless<Self> {
        Weightless {
            layer: self.clone(),
        }
    }
}

impl Apply for Weightless<UpSampling2D> {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        let x = x.expect_channels_first::<4>();
        let [batch_size, channels, height, width] = x.dims();
        let [rows, columns] = self.layer.size.axes();
        let y = match self.layer.interpolation {
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
        AnyTensor::from_channels_first(y)
    }
}
