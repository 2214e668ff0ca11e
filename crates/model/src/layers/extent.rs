//! The axes of a sample before its channels: the steps of a sequence, the height and width of an image, the depth, height
//! and width of a volume.

use burn::tensor::Tensor;
use firebrick_tensor::AnyTensor;

use crate::layer::{HostForm, whole};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;

/// The sizes of the `N` axes before the channels, where they are known; an error if there are not as many.
pub(super) fn places<const N: usize>(input: &Shape) -> Result<[Option<usize>; N], LayerProblem> {
    match input.axes() {
        [places @ .., _channels] if places.len() == N => {
            Ok(std::array::from_fn(|axis| places[axis]))
        }
        _ => Err(match N {
            1 => LayerProblem::input("[steps, channels]", "put a Reshape in front of it"),
            2 => LayerProblem::input(
                "[height, width, channels]",
                "place it before the layer that flattens, or put a Reshape in front of it",
            ),
            _ => LayerProblem::input(
                "[depth, height, width, channels]",
                "place it before the layer that flattens, or put a Reshape in front of it",
            ),
        }),
    }
}

/// The shape with other sizes before the channels.
pub(super) fn with_places<const N: usize>(input: &Shape, places: [Option<usize>; N]) -> Shape {
    places.into_iter().chain([input.last()]).collect()
}

/// The sizes of a channels-first batch after batch and channels.
pub(super) fn sizes<const D: usize, const N: usize>(x: &Tensor<D>) -> [usize; N] {
    let shape = x.dims();
    std::array::from_fn(|axis| shape[axis + 2])
}

/// A batch of sequences, images or volumes as `[batch_size, channels, places]`.
pub(super) fn by_place(x: AnyTensor) -> Tensor<3> {
    match x.rank() {
        3 => x.expect_channels_first::<3>(),
        4 => joined(x.expect_channels_first::<4>()),
        _ => joined(x.expect_channels_first::<5>()),
    }
}

/// All axes after the channels as one.
fn joined<const D: usize>(x: Tensor<D>) -> Tensor<3> {
    let shape = x.dims();
    x.reshape([shape[0], shape[1], shape[2..].iter().product()])
}

/// How a kernel `[size..., channels, filters]` lies in a network: filters and channels first.
pub(super) fn kernel_order<const N: usize>() -> &'static [usize] {
    match N {
        1 => &[2, 1, 0],
        2 => &[3, 2, 0, 1],
        _ => &[4, 3, 0, 1, 2],
    }
}

/// How a depthwise kernel `[size..., channels, multiplier]` lies in a network: channels and multiplier first.
pub(super) fn depthwise_order<const N: usize>() -> &'static [usize] {
    match N {
        1 => &[1, 2, 0],
        _ => &[2, 3, 0, 1],
    }
}

/// 1 along every axis.
pub(super) fn one<S: From<usize>>() -> S {
    S::from(1)
}

/// 2 along every axis.
pub(super) fn two<S: From<usize>>() -> S {
    S::from(2)
}

/// Moves values along the axes before the channels, each of which has its own indices.
pub(super) fn moved_on_host<const N: usize>(
    input: &Shape,
    indices: impl Fn(usize, usize) -> Vec<Option<usize>>,
) -> Option<HostForm> {
    let sizes = input.known().ok()?;
    let sources = sizes.iter().enumerate().map(|(place, &size)| {
        let own = if place < N {
            indices(place, size)
        } else {
            whole(size)
        };
        (place, own)
    });
    HostForm::moving(&sizes, &sources.collect::<Vec<_>>())
}
