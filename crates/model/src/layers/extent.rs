//! What windows along one axis and along two have in common.

use burn::tensor::Tensor;
use firebrick_tensor::AnyTensor;

use super::Size2D;
use super::checks::{image, sequence};
use crate::layer_problem::LayerProblem;

/// How far something reaches along the steps of a sequence, or along the height and width of an image.
pub(super) trait Extent<const N: usize>: Copy + From<usize> {
    /// How a kernel `[size..., channels, filters]` lies in a built layer: filters and channels first.
    const KERNEL_ORDER: &'static [usize];

    /// The number along each axis.
    fn axes(self) -> [usize; N];

    /// The places and the channels of an input that has them.
    fn split(input: &[usize]) -> Result<([usize; N], usize), LayerProblem>;

    /// A batch as `[batch_size, channels, places]`.
    fn by_place(x: AnyTensor) -> Tensor<3>;
}

impl Extent<1> for usize {
    const KERNEL_ORDER: &'static [Self] = &[2, 1, 0];

    fn axes(self) -> [Self; 1] {
        [self]
    }

    fn split(input: &[Self]) -> Result<([Self; 1], Self), LayerProblem> {
        let [steps, channels] = sequence(input)?;
        Ok(([steps], channels))
    }

    fn by_place(x: AnyTensor) -> Tensor<3> {
        x.expect_channels_first::<3>()
    }
}

impl Extent<2> for Size2D {
    const KERNEL_ORDER: &'static [usize] = &[3, 2, 0, 1];

    fn axes(self) -> [usize; 2] {
        Self::axes(self)
    }

    fn split(input: &[usize]) -> Result<([usize; 2], usize), LayerProblem> {
        let [height, width, channels] = image(input)?;
        Ok(([height, width], channels))
    }

    fn by_place(x: AnyTensor) -> Tensor<3> {
        let x = x.expect_channels_first::<4>();
        let [batch_size, channels, height, width] = x.dims();
        x.reshape([batch_size, channels, height * width])
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

/// The sizes of a channels-first batch after batch and channels.
pub(super) fn places<const D: usize, const N: usize>(x: &Tensor<D>) -> [usize; N] {
    let shape = x.dims();
    std::array::from_fn(|axis| shape[axis + 2])
}
