//! Sequences, images and volumes made larger by whole factors.

use burn::tensor::Tensor;

use super::checks::check_positive;
use super::extent::{moved_on_host, places, sizes, with_places};
use crate::layer::HostForm;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;

/// Writes a layer out that repeats every place: `Name<number of axes, rank of a batch>`.
macro_rules! up_sampling {
    (
        $(#[$meaning:meta])*
        pub struct $layer:ident<$num_axes:literal, $rank:literal>;
    ) => {
        $(#[$meaning])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $layer {
            size: $crate::layers::size::Size<$num_axes>,
        }

        impl $layer {
            /// The factors (Keras' default is 2).
            pub fn new(size: impl Into<$crate::layers::size::Size<$num_axes>>) -> Self {
                Self { size: size.into() }
            }
        }

        impl Default for $layer {
            /// Twice as large along each axis.
            fn default() -> Self {
                Self::new(2)
            }
        }

        impl $crate::layer::Layer for $layer {
            const CLASS_NAME: &'static str = stringify!($layer);

            fn output_shape(
                &self,
                input: &$crate::shape::Shape,
            ) -> Result<$crate::shape::Shape, $crate::layer_problem::LayerProblem> {
                $crate::layers::up_sampling::larger_shape(self.size.axes(), input)
            }

            fn call(
                &self,
                inputs: $crate::signal::Signals,
                _: &$crate::layer::Call,
            ) -> Result<$crate::signal::Signals, $crate::layer_problem::LayerProblem> {
                let x = inputs.into_values()?.expect_channels_first::<$rank>();
                let y = $crate::layers::up_sampling::repeated(x, self.size.axes());
                Ok(firebrick_tensor::AnyTensor::from_channels_first(y).into())
            }

            fn host_form(&self, inputs: &[$crate::shape::Shape]) -> Option<$crate::layer::HostForm> {
                $crate::layers::up_sampling::repeated_on_host(self.size.axes(), &inputs[0])
            }
        }
    };
}

pub(super) use up_sampling;

/// The shape of an input times the factors.
pub(super) fn larger_shape<const N: usize>(
    factors: [usize; N],
    input: &Shape,
) -> Result<Shape, LayerProblem> {
    let mut places = places::<N>(input)?;
    for (place, factor) in places.iter_mut().zip(factors) {
        check_positive("size", factor)?;
        *place = place.map(|size| size.saturating_mul(factor));
    }
    Ok(with_places(input, places))
}

/// A channels-first batch with every place as often along each axis after the channels.
pub(super) fn repeated<const N: usize, const D: usize>(
    x: Tensor<D>,
    factors: [usize; N],
) -> Tensor<D> {
    let places: [usize; N] = sizes(&x);
    (0..N).rev().fold(x, |x, axis| {
        if factors[axis] == 1 {
            return x;
        }
        let mut shape = x.dims();
        let inner = shape[axis + 3..].iter().product();
        let outer = shape[..axis + 2].iter().product();
        shape[axis + 2] = places[axis] * factors[axis];
        x.reshape([outer, places[axis], 1, inner])
            .repeat_dim(2, factors[axis])
            .reshape(shape)
    })
}

/// An input with every place as often along each axis, over plain memory.
pub(super) fn repeated_on_host<const N: usize>(
    factors: [usize; N],
    input: &Shape,
) -> Option<HostForm> {
    moved_on_host::<N>(input, |axis, size| {
        let repeated = (0..size).flat_map(|index| vec![Some(index); factors[axis]]);
        repeated.collect()
    })
}
