use burn::module::{Flag, Module, Param};
use serde::{Deserialize, Serialize};

use super::checks::image;
use super::dropout::check_rate;
use super::{Apply, Describe, LayerProblem, Weights};
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;

/// In training, zeroes whole channels with probability `rate` and scales the others by
/// `1 / (1 - rate)`; otherwise it does nothing.
///
/// The random numbers are a function of the training's seed, the step and the layer's name, see [`Draws`](crate::Draws).
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::SpatialDropout2D;
/// use firebrick::models::{Draws, Mode, Sequential};
///
/// let device = Device::flex();
/// let model = Sequential::new([2, 2, 100]).add(SpatialDropout2D::new(0.5)).build(1, &device)?;
/// let ones = Tensor::<4>::ones([1, 2, 2, 100], &device);
/// let in_training = model.forward(ones, Mode::Training(Draws::new(1, 0))).into_vec()?;
/// // Of each channel all four pixels, or none.
/// for channel in 0..100 {
///     let mut pixels = in_training.iter().skip(channel).step_by(100);
///     let first = *pixels.next().unwrap();
///     assert!((first == 0.0 || first == 2.0) && pixels.all(|&pixel| pixel == first));
/// }
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: `[batch_size, height, width, channels]`
///
/// # Source
/// <https://keras.io/api/layers/regularization_layers/spatial_dropout2d/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpatialDropout2D {
    rate: f64,
}

impl SpatialDropout2D {
    /// The probability, from 0 to below 1.
    pub fn new(rate: f64) -> Self {
        Self { rate }
    }
}

impl Describe for SpatialDropout2D {
    type Built = BuiltSpatialDropout2D;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        image(input)?;
        check_rate(self.rate)?;
        Ok(input.to_vec())
    }

    fn build(&self, _: &[usize], _: &mut Weights) -> BuiltSpatialDropout2D {
        BuiltSpatialDropout2D {
            rate: self.rate,
            training: Param::from_bool(true),
        }
    }
}

/// A [`SpatialDropout2D`] layer, which a frozen network switches off.
#[derive(Module, Debug)]
pub(crate) struct BuiltSpatialDropout2D {
    rate: f64,
    training: Param<Flag>,
}

impl Apply for BuiltSpatialDropout2D {
    fn forward(&self, x: AnyTensor, mode: Mode) -> AnyTensor {
        match mode {
            Mode::Training(draws) if self.training.is_enabled() && self.rate > 0.0 => {
                let x = x.expect_channels_first::<4>();
                let [batch_size, channels, _, _] = x.dims();
                let shape = [batch_size, channels, 1, 1];
                let factors = draws.dropout(shape, self.rate, &x.device());
                AnyTensor::from_channels_first(x * factors)
            }
            _ => x,
        }
    }
}
