//! Adaptive poolings: as many windows as are asked for, which may be of different sizes and overlap.

use burn::tensor::module::{adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d};
use burn::tensor::{Int, Tensor};

use super::checks::check_positive;
use super::extent::{places, with_places};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;

/// Writes an adaptive pooling out: `Name<number of axes, rank of a batch>: function of the batch and the output's size`.
macro_rules! adaptive_pooling {
    (
        $(#[$meaning:meta])*
        pub struct $layer:ident<$num_axes:literal, $rank:literal>: $pool:ident;
    ) => {
        $(#[$meaning])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $layer {
            output_size: $crate::layers::size::Size<$num_axes>,
        }

        impl $layer {
            /// So many windows along each axis.
            pub fn new(output_size: impl Into<$crate::layers::size::Size<$num_axes>>) -> Self {
                Self {
                    output_size: output_size.into(),
                }
            }
        }

        impl $crate::layer::Layer for $layer {
            const CLASS_NAME: &'static str = stringify!($layer);

            fn output_shape(
                &self,
                input: &$crate::shape::Shape,
            ) -> Result<$crate::shape::Shape, $crate::layer_problem::LayerProblem> {
                $crate::layers::adaptive_pooling::pooled_shape(self.output_size.axes(), input)
            }

            fn call(
                &self,
                inputs: $crate::signal::Signals,
                _: &$crate::layer::Call,
            ) -> Result<$crate::signal::Signals, $crate::layer_problem::LayerProblem> {
                use $crate::layers::adaptive_pooling::Adaptive;

                let x = inputs.into_values()?.expect_channels_first::<$rank>();
                let y = x.$pool(self.output_size.axes());
                Ok(firebrick_tensor::AnyTensor::from_channels_first(y).into())
            }
        }
    };
}

pub(super) use adaptive_pooling;

/// The asked size and the channels of an input.
pub(super) fn pooled_shape<const N: usize>(
    output_size: [usize; N],
    input: &Shape,
) -> Result<Shape, LayerProblem> {
    places::<N>(input)?;
    for size in output_size {
        check_positive("output_size", size)?;
    }
    Ok(with_places(input, output_size.map(Some)))
}

/// A channels-first batch with `N` axes after its channels, and its windows of different sizes.
pub(super) trait Adaptive<const N: usize>: Sized {
    /// The mean of each window.
    fn averages(self, output_size: [usize; N]) -> Self;

    /// The largest value of each window.
    fn maxima(self, output_size: [usize; N]) -> Self;
}

/// Writes it for a rank, with Burn's function of the mean.
macro_rules! adaptive {
    ($($num_axes:literal, $rank:literal: $average:expr;)+) => {
        $(
            impl Adaptive<$num_axes> for Tensor<$rank> {
                fn averages(self, output_size: [usize; $num_axes]) -> Self {
                    $average(self, output_size)
                }

                fn maxima(self, output_size: [usize; $num_axes]) -> Self {
                    let axes = output_size.into_iter().enumerate();
                    axes.fold(self, |x, (axis, size)| maxima_along(x, axis + 2, size))
                }
            }
        )+
    };
}

adaptive! {
    1, 3: |x, [size]: [usize; 1]| adaptive_avg_pool1d(x, size);
    2, 4: adaptive_avg_pool2d;
    3, 5: adaptive_avg_pool3d;
}

/// The largest values along one axis, by the elements of all windows side by side; a window that is shorter than the others
/// has its last element again.
fn maxima_along<const D: usize>(x: Tensor<D>, axis: usize, num_windows: usize) -> Tensor<D> {
    let shape = x.dims();
    let windows = windows(shape[axis], num_windows);
    let length = windows.iter().map(|(start, end)| end - start).max();
    let length = length.unwrap_or_default();
    let element = |place: usize, (start, end): (usize, usize)| (start + place).min(end - 1);
    let elements: Vec<i64> = windows
        .into_iter()
        .flat_map(|window| (0..length).map(move |place| element(place, window)))
        .filter_map(|element| i64::try_from(element).ok())
        .collect();
    let elements = Tensor::<1, Int>::from_data(elements.as_slice(), &x.device());
    let (outer, inner) = (
        shape[..axis].iter().product(),
        shape[axis + 1..].iter().product(),
    );
    let side_by_side = x
        .select(axis, elements)
        .reshape([outer, num_windows, length, inner]);
    let mut pooled = shape;
    pooled[axis] = num_windows;
    side_by_side.max_dim(2).reshape(pooled)
}

/// Where each window starts, and the element after its last one.
fn windows(size: usize, num_windows: usize) -> Vec<(usize, usize)> {
    (0..num_windows)
        .map(|index| {
            let start = index * size / num_windows;
            (start, ((index + 1) * size).div_ceil(num_windows))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_cover_the_axis_and_overlap_where_they_must() {
        assert_eq!(windows(6, 3), [(0, 2), (2, 4), (4, 6)]);
        assert_eq!(windows(5, 3), [(0, 2), (1, 4), (3, 5)]);
        assert_eq!(windows(2, 3), [(0, 1), (0, 2), (1, 2)]);
    }
}
