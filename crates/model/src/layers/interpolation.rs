use std::f64::consts::PI;

use burn::tensor::module::interpolate;
use burn::tensor::ops::{InterpolateMode, InterpolateOptions};
use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use super::up_sampling::repeated;

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
///
/// # Source
/// Keys, "Cubic Convolution Interpolation for Digital Image Processing", 1981; Duchon, "Lanczos Filtering in One and Two
/// Dimensions", 1979
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Interpolation {
    /// The same pixel again.
    #[default]
    Nearest,
    /// A mean of the neighbours, weighed by their distance.
    Bilinear,
    /// Cubics through four neighbours along each axis, by Keys' kernel with `a = -0.5`.
    Bicubic,
    /// Waves that reach over three pixels to each side, by Lanczos' kernel.
    Lanczos3,
    /// The same over five pixels.
    Lanczos5,
}

impl Interpolation {
    /// Images `[batch_size, channels, height, width]` made larger by whole factors.
    pub(super) fn enlarged(self, x: Tensor<4>, factors: [usize; 2]) -> Tensor<4> {
        let [_, _, height, width] = x.dims();
        let size = [height * factors[0], width * factors[1]];
        match self {
            Self::Nearest => repeated(x, factors),
            Self::Bilinear => {
                let options = InterpolateOptions::new(InterpolateMode::Bilinear)
                    .with_align_corners(false)
                    .with_output_size(size);
                interpolate(x, options)
            }
            _ => {
                let wider = self.along_rows(x, size[1]).swap_dims(2, 3);
                self.along_rows(wider, size[0]).swap_dims(2, 3)
            }
        }
    }

    /// Every row in another length, by a product with the weights.
    fn along_rows(self, x: Tensor<4>, length: usize) -> Tensor<4> {
        let [batch_size, channels, rows, own] = x.dims();
        let weights = self.weights(own, length, &x.device());
        x.reshape([batch_size * channels * rows, own])
            .matmul(weights)
            .reshape([batch_size, channels, rows, length])
    }

    /// What each of `from` pixels weighs in each of `to`, `[from, to]`: by their distance, 1 in sum.
    fn weights(self, from: usize, to: usize, device: &Device) -> Tensor<2> {
        let columns: Vec<Vec<f64>> = (0..to)
            .map(|place| {
                let place = (place as f64 + 0.5) * from as f64 / to as f64 - 0.5;
                let weights = (0..from).map(|pixel| self.kernel((place - pixel as f64).abs()));
                let weights: Vec<f64> = weights.collect();
                let total: f64 = weights.iter().sum();
                weights.into_iter().map(|weight| weight / total).collect()
            })
            .collect();
        let weights = (0..from).flat_map(|pixel| columns.iter().map(move |column| column[pixel]));
        let weights: Vec<f64> = weights.collect();
        Tensor::from_data(TensorData::new(weights, [from, to]), device)
    }

    /// What a pixel weighs at a distance, in pixels.
    fn kernel(self, x: f64) -> f64 {
        match self {
            Self::Nearest => f64::from(u8::from(x <= 0.5)),
            Self::Bilinear => (1.0 - x).max(0.0),
            Self::Bicubic if x < 1.0 => (1.5 * x - 2.5) * x * x + 1.0,
            Self::Bicubic if x < 2.0 => ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0,
            Self::Bicubic => 0.0,
            Self::Lanczos3 => lanczos(x, 3.0),
            Self::Lanczos5 => lanczos(x, 5.0),
        }
    }
}

/// `sinc(x) · sinc(x / radius)` within the radius.
fn lanczos(x: f64, radius: f64) -> f64 {
    if x < 1e-3 {
        1.0
    } else if x > radius {
        0.0
    } else {
        radius * (PI * x).sin() * (PI * x / radius).sin() / (PI * x).powi(2)
    }
}
