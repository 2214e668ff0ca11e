use burn::tensor::ops::PadMode;
use serde::{Deserialize, Serialize};

use super::checks::image;
use super::{Apply, Describe, LayerProblem, Margins2D, Weightless, Weights};
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;

/// Rows and columns of zeros around an image.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::ZeroPadding2D;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let model = Sequential::new([1, 1, 1]).add(ZeroPadding2D::new(1)).build(1, &device)?;
/// let image = Tensor::<4>::from_floats([[[[5.0]]]], &device);
/// assert_eq!(model.predict(image)?.into_vec()?, [0.0, 0.0, 0.0, 0.0, 5.0, 0.0, 0.0, 0.0, 0.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, height, width, channels]`
/// - output: `[batch_size, top + height + bottom, left + width + right, channels]`
///
/// # Source
/// <https://keras.io/api/layers/reshaping_layers/zero_padding2d/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZeroPadding2D {
    #[serde(default = "Margins2D::one")]
    padding: Margins2D,
}

impl ZeroPadding2D {
    /// One number for all sides, `[rows, columns]`, or `[[top, bottom], [left, right]]`.
    pub fn new(padding: impl Into<Margins2D>) -> Self {
        Self {
            padding: padding.into(),
        }
    }
}

impl Default for ZeroPadding2D {
    /// One row or column on each side.
    fn default() -> Self {
        Self::new(1)
    }
}

impl Describe for ZeroPadding2D {
    type Built = Weightless<Self>;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        let [height, width, channels] = image(input)?;
        let [[top, bottom], [left, right]] = self.padding.sides();
        Ok(vec![
            height.saturating_add(top).saturating_add(bottom),
            width.saturating_add(left).saturating_add(right),
            channels,
        ])
    }

    fn build(&self, _: &[usize], _: &mut Weights) -> Weightless<Self> {
        Weightless {
            layer: self.clone(),
        }
    }
}

impl Apply for Weightless<ZeroPadding2D> {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        let [[top, bottom], [left, right]] = self.layer.padding.sides();
        let x = x.expect_channels_first::<4>();
        let y = x.pad([(top, bottom), (left, right)], PadMode::Constant(0.0));
        AnyTensor::from_channels_first(y)
    }
}
