//! What is cut off the sides of a sequence, an image or a volume.

use burn::tensor::Tensor;

use super::extent::{moved_on_host, places, sizes, with_places};
use super::margins::Margins;
use crate::layer::HostForm;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;

/// Writes a cropping out: `Name<number of axes, rank of a batch>: what Keras cuts off each side by default`.
macro_rules! cropping {
    (
        $(#[$meaning:meta])*
        pub struct $layer:ident<$num_axes:literal, $rank:literal>: $default:literal;
    ) => {
        $(#[$meaning])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $layer {
            cropping: $crate::layers::margins::Margins<$num_axes>,
        }

        impl $layer {
            /// One number for all sides, one for each axis, or one for each side.
            pub fn new(cropping: impl Into<$crate::layers::margins::Margins<$num_axes>>) -> Self {
                Self {
                    cropping: cropping.into(),
                }
            }
        }

        impl Default for $layer {
            #[doc = concat!(stringify!($default), " on each side, as in Keras.")]
            fn default() -> Self {
                Self::new($default)
            }
        }

        impl $crate::layer::Layer for $layer {
            const CLASS_NAME: &'static str = stringify!($layer);

            fn output_shape(
                &self,
                input: &$crate::shape::Shape,
            ) -> Result<$crate::shape::Shape, $crate::layer_problem::LayerProblem> {
                $crate::layers::cropping::cropped_shape(self.cropping, input)
            }

            fn call(
                &self,
                inputs: $crate::signal::Signals,
                _: &$crate::layer::Call,
            ) -> Result<$crate::signal::Signals, $crate::layer_problem::LayerProblem> {
                let x = inputs.into_values()?.expect_channels_first::<$rank>();
                let y = $crate::layers::cropping::cropped(x, self.cropping.sides());
                Ok(firebrick_tensor::AnyTensor::from_channels_first(y).into())
            }

            fn host_form(&self, inputs: &[$crate::shape::Shape]) -> Option<$crate::layer::HostForm> {
                $crate::layers::cropping::cropped_on_host(self.cropping, &inputs[0])
            }
        }
    };
}

pub(super) use cropping;

/// What is left of an input.
pub(super) fn cropped_shape<const N: usize>(
    cropping: Margins<N>,
    input: &Shape,
) -> Result<Shape, LayerProblem> {
    let mut places = places::<N>(input)?;
    for (place, total) in places.iter_mut().zip(cropping.totals()) {
        if place.is_some_and(|size| size <= total) {
            let expected = format!("less than the sizes of {input}");
            let received = cropping.sides();
            return Err(LayerProblem::argument("cropping", expected, &received));
        }
        *place = place.map(|size| size - total);
    }
    Ok(with_places(input, places))
}

/// A channels-first batch without so much at the start and the end of each axis after the channels.
pub(super) fn cropped<const N: usize, const D: usize>(
    x: Tensor<D>,
    sides: [[usize; 2]; N],
) -> Tensor<D> {
    let places: [usize; N] = sizes(&x);
    (0..N).fold(x, |x, axis| match sides[axis] {
        [0, 0] => x,
        [start, end] => x.slice_dim(axis + 2, start..places[axis] - end),
    })
}

/// What is left of an input, over plain memory.
pub(super) fn cropped_on_host<const N: usize>(
    cropping: Margins<N>,
    input: &Shape,
) -> Option<HostForm> {
    let sides = cropping.sides();
    moved_on_host::<N>(input, |axis, size| {
        let [start, end] = sides[axis];
        (start..size - end).map(Some).collect()
    })
}
