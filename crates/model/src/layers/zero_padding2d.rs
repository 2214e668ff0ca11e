use burn::tensor::ops::PadMode;
use firebrick_tensor::AnyTensor;
use serde::{Deserialize, Serialize};

use super::extent::{one, places, with_places};
use super::margins::Margins2D;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;

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
pub struct ZeroPadding2D {
    #[serde(default = "one")]
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

impl Layer for ZeroPadding2D {
    const CLASS_NAME: &'static str = "ZeroPadding2D";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        let mut places = places::<2>(input)?;
        for (place, total) in places.iter_mut().zip(self.padding.totals()) {
            *place = place.map(|size| size.saturating_add(total));
        }
        Ok(with_places(input, places))
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?.expect_channels_first::<4>();
        let pads = self.padding.sides().map(|[before, after]| (before, after));
        let y = x.pad(pads, PadMode::Constant(0.0));
        Ok(AnyTensor::from_channels_first(y).into())
    }
}
