use firebrick_tensor::AnyTensor;
use serde::{Deserialize, Serialize};

use super::extent::{places, with_places};
use super::margins::Margins2D;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;

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

impl Layer for Cropping2D {
    const CLASS_NAME: &'static str = "Cropping2D";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        let mut places = places::<2>(input)?;
        for (place, total) in places.iter_mut().zip(self.cropping.totals()) {
            if place.is_some_and(|size| size <= total) {
                return Err(LayerProblem::argument(
                    "cropping",
                    format!("less than the image of {input}"),
                    &self.cropping.sides(),
                ));
            }
            *place = place.map(|size| size - total);
        }
        Ok(with_places(input, places))
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        let [[top, bottom], [left, right]] = self.cropping.sides();
        let x = inputs.into_values()?.expect_channels_first::<4>();
        let [batch_size, channels, height, width] = x.dims();
        let y = x.slice([
            0..batch_size,
            0..channels,
            top..height - bottom,
            left..width - right,
        ]);
        Ok(AnyTensor::from_channels_first(y).into())
    }
}
