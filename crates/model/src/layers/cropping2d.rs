use serde::{Deserialize, Serialize};

use super::checks::image;
use super::{Apply, Describe, LayerProblem, Margins2D, Weightless, Weights};
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;

/// An image without its outer rows and columns.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::Cropping2D;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let model = Sequential::new([3, 3, 1]).add(Cropping2D::new(1)).build(1, &device)?;
/// let image = Tensor::<2>::from_floats([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]], &device);
/// assert_eq!(model.predict(image)?.into_vec()?, [5.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, height, width, channels]`
/// - output: `[batch_size, height - top - bottom, width - left - right, channels]`
///
/// # Source
/// <https://keras.io/api/layers/reshaping_layers/cropping2d/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cropping2D {
    cropping: Margins2D,
}

impl Cropping2D {
    /// One number for all sides, `[rows, columns]`, or `[[top, bottom], [left, right]]`.
    pub fn new(cropping: impl Into<Margins2D>) -> Self {
        Self {
            cropping: cropping.into(),
        }
    }
}

impl Describe for Cropping2D {
    type Built = Weightless<Self>;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        let [height, width, channels] = image(input)?;
        let left_over = |size: usize, [before, after]: [usize; 2]| {
            size.checked_sub(before.saturating_add(after))
                .filter(|&size| size > 0)
        };
        let [rows, columns] = self.cropping.sides();
        match (left_over(height, rows), left_over(width, columns)) {
            (Some(height), Some(width)) => Ok(vec![height, width, channels]),
            _ => Err(LayerProblem::argument(
                "cropping",
                format!("less than the image of {height} × {width}"),
                &self.cropping.sides(),
            )),
        }
    }

    fn build(&self, _: &[usize], _: &mut Weights) -> Weightless<Self> {
        Weightless {
            layer: self.clone(),
        }
    }
}

impl Apply for Weightless<Cropping2D> {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        let [[top, bottom], [left, right]] = self.layer.cropping.sides();
        let x = x.expect_channels_first::<4>();
        let [batch_size, channels, height, width] = x.dims();
        AnyTensor::from_channels_first(x.slice([
            0..batch_size,
            0..channels,
            top..height - bottom,
            left..width - right,
        ]))
    }
}
