//! Zeros around a sequence, an image or a volume.

use super::extent::{moved_on_host, places, with_places};
use super::margins::Margins;
use crate::layer::{HostForm, whole};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;

/// Writes a padding out: `Name<number of axes, rank of a batch>`.
macro_rules! zero_padding {
    (
        $(#[$meaning:meta])*
        pub struct $layer:ident<$num_axes:literal, $rank:literal>;
    ) => {
        $(#[$meaning])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $layer {
            padding: $crate::layers::margins::Margins<$num_axes>,
        }

        impl $layer {
            /// One number for all sides, one for each axis, or one for each side.
            pub fn new(padding: impl Into<$crate::layers::margins::Margins<$num_axes>>) -> Self {
                Self {
                    padding: padding.into(),
                }
            }
        }

        impl Default for $layer {
            /// One on each side.
            fn default() -> Self {
                Self::new(1)
            }
        }

        impl $crate::layer::Layer for $layer {
            const CLASS_NAME: &'static str = stringify!($layer);

            fn output_shape(
                &self,
                input: &$crate::shape::Shape,
            ) -> Result<$crate::shape::Shape, $crate::layer_problem::LayerProblem> {
                $crate::layers::zero_padding::padded_shape(self.padding, input)
            }

            fn call(
                &self,
                inputs: $crate::signal::Signals,
                _: &$crate::layer::Call,
            ) -> Result<$crate::signal::Signals, $crate::layer_problem::LayerProblem> {
                let x = inputs.into_values()?.expect_channels_first::<$rank>();
                let pads = self.padding.sides().map(|[before, after]| (before, after));
                let y = x.pad(pads, burn::tensor::ops::PadMode::Constant(0.0));
                Ok(firebrick_tensor::AnyTensor::from_channels_first(y).into())
            }

            fn host_form(&self, inputs: &[$crate::shape::Shape]) -> Option<$crate::layer::HostForm> {
                $crate::layers::zero_padding::padded_on_host(self.padding, &inputs[0])
            }
        }
    };
}

pub(super) use zero_padding;

/// The shape of an input with its margins.
pub(super) fn padded_shape<const N: usize>(
    padding: Margins<N>,
    input: &Shape,
) -> Result<Shape, LayerProblem> {
    let mut places = places::<N>(input)?;
    for (place, total) in places.iter_mut().zip(padding.totals()) {
        *place = place.map(|size| size.saturating_add(total));
    }
    Ok(with_places(input, places))
}

/// A padded input, over plain memory.
pub(super) fn padded_on_host<const N: usize>(
    padding: Margins<N>,
    input: &Shape,
) -> Option<HostForm> {
    let sides = padding.sides();
    moved_on_host::<N>(input, |axis, size| {
        let [before, after] = sides[axis];
        [vec![None; before], whole(size), vec![None; after]].concat()
    })
}
