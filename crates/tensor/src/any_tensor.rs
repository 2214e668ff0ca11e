use std::any::Any;
use std::ops::Range;

use burn::tensor::{Device, Tensor};

use crate::error::TensorError;

/// A tensor of floats whose rank, 1 to 5, is known when the program runs: what travels from layer
/// to layer.
///
/// Its shape is channels-last, `[batch_size, ..., channels]`. Between layers that compute
/// channels-first the values stay in that order; whoever asks for a tensor gets channels-last.
///
/// ```
/// # mod firebrick { pub use firebrick_tensor::{burn, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::models::AnyTensor;
///
/// let images = AnyTensor::from(Tensor::<4>::zeros([2, 28, 28, 1], &Device::flex()));
/// assert_eq!((images.rank(), images.shape()), (4, vec![2, 28, 28, 1]));
/// let tensor: Tensor<4> = images.clone().into_rank()?;
/// assert_eq!(tensor.dims(), [2, 28, 28, 1]);
/// assert!(images.into_rank::<2>().is_err());
/// # Ok::<(), firebrick::models::TensorError>(())
/// ```
#[derive(Clone, Debug)]
pub struct AnyTensor {
    values: Ranked,
    layout: Layout,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    ChannelsLast,
    ChannelsFirst,
}

#[derive(Clone, Debug)]
enum Ranked {
    Rank1(Tensor<1>),
    Rank2(Tensor<2>),
    Rank3(Tensor<3>),
    Rank4(Tensor<4>),
    Rank5(Tensor<5>),
}

/// Evaluates an expression for a tensor of whichever rank.
macro_rules! of_any_rank {
    ($ranked:expr, $tensor:ident => $result:expr) => {
        match $ranked {
            Ranked::Rank1($tensor) => $result,
            Ranked::Rank2($tensor) => $result,
            Ranked::Rank3($tensor) => $result,
            Ranked::Rank4($tensor) => $result,
            Ranked::Rank5($tensor) => $result,
        }
    };
}

/// A function that keeps the rank and does not ask for it.
///
/// ```
/// use firebrick_tensor::burn::tensor::{Device, Tensor};
/// use firebrick_tensor::{AnyTensor, SameShape};
///
/// struct Doubled;
///
/// impl SameShape for Doubled {
///     fn apply<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
///         x * 2.0
///     }
/// }
///
/// let rows = AnyTensor::from(Tensor::<2>::from_floats([[1.0, 2.0]], &Device::flex()));
/// assert_eq!(rows.map(&Doubled).into_vec()?, [2.0, 4.0]);
/// # Ok::<(), firebrick_tensor::TensorError>(())
/// ```
pub trait SameShape {
    /// The function's values, in the shape of `x`.
    fn apply<const D: usize>(&self, x: Tensor<D>) -> Tensor<D>;
}

impl AnyTensor {
    /// The largest rank, the batch axis included.
    pub const MAX_RANK: usize = 5;

    /// Number of axes, the batch axis included.
    pub fn rank(&self) -> usize {
        of_any_rank!(&self.values, tensor => tensor.dims().len())
    }

    /// Sizes of the axes, channels last.
    pub fn shape(&self) -> Vec<usize> {
        let mut shape = of_any_rank!(&self.values, tensor => tensor.dims().to_vec());
        if self.layout == Layout::ChannelsFirst {
            shape[1..].rotate_left(1);
        }
        shape
    }

    /// Where the values lie.
    pub fn device(&self) -> Device {
        of_any_rank!(&self.values, tensor => tensor.device())
    }

    /// The tensor, channels last.
    ///
    /// # Errors
    /// A tensor of another rank.
    pub fn into_rank<const D: usize>(self) -> Result<Tensor<D>, TensorError> {
        let shape = self.shape();
        of_any_rank!(self.into_channels_last().values, tensor => cast(tensor))
            .ok_or(TensorError::Rank { expected: D, shape })
    }

    /// The tensor, channels last, for callers that have made sure of its rank.
    ///
    /// # Panics
    /// If it has another one.
    pub fn expect_rank<const D: usize>(self) -> Tensor<D> {
        match self.into_rank() {
            Ok(tensor) => tensor,
            Err(error) => {
                unreachable!("the rank was made sure of before: {error}")
            }
        }
    }

    /// The tensor as `[batch_size, channels, ...]`, for callers that have made sure of its rank.
    ///
    /// # Panics
    /// If it has another one.
    pub fn expect_channels_first<const D: usize>(self) -> Tensor<D> {
        match self.layout {
            Layout::ChannelsLast => {
                let mut axes: [usize; D] = std::array::from_fn(|axis| axis);
                axes[1..].rotate_right(1);
                self.expect_rank::<D>().permute(axes)
            }
            Layout::ChannelsFirst => Self {
                layout: Layout::ChannelsLast,
                ..self
            }
            .expect_rank(),
        }
    }

    /// Takes a tensor that lies as `[batch_size, channels, ...]`.
    pub fn from_channels_first<const D: usize>(tensor: Tensor<D>) -> Self
    where
        Self: From<Tensor<D>>,
    {
        Self {
            layout: Layout::ChannelsFirst,
            ..Self::from(tensor)
        }
    }

    /// Applies a function of the single elements: their order stays as it is.
    #[must_use = "returns the function's values"]
    pub fn map_elements(self, function: &impl SameShape) -> Self {
        let layout = self.layout;
        let mapped: Self = of_any_rank!(self.values, tensor => function.apply(tensor).into());
        Self { layout, ..mapped }
    }

    /// Applies a function that keeps the shape and sees the channels last.
    #[must_use = "returns the function's values"]
    pub fn map(self, function: &impl SameShape) -> Self {
        self.into_channels_last().map_elements(function)
    }

    /// The same values, channels last, in another shape of as many elements, the batch axis
    /// included.
    ///
    /// # Errors
    /// A shape of another number of elements, or of more than [`MAX_RANK`](Self::MAX_RANK) axes.
    pub fn reshape(self, shape: &[usize]) -> Result<Self, TensorError> {
        let own = self.shape();
        let fits = (1..=Self::MAX_RANK).contains(&shape.len())
            && shape.iter().product::<usize>() == own.iter().product::<usize>();
        if fits {
            Ok(self.reshaped(shape))
        } else {
            Err(TensorError::Reshape {
                from: own,
                to: shape.to_vec(),
            })
        }
    }

    /// Samples of a batch, counted from 0.
    ///
    /// # Panics
    /// If the batch does not have as many samples.
    #[must_use = "returns the samples"]
    pub fn samples(self, range: Range<usize>) -> Self {
        let values = self.into_channels_last().values;
        of_any_rank!(values, tensor => tensor.slice_dim(0, range).into())
    }

    /// Batches one after the other.
    ///
    /// # Errors
    /// No batch at all, or samples of different shapes.
    pub fn concatenate(batches: Vec<Self>) -> Result<Self, TensorError> {
        let first = batches.first().ok_or(TensorError::NothingToConcatenate)?;
        let mut shape = first.shape();
        let width = shape[1..].iter().product::<usize>();
        let mut rows = Vec::with_capacity(batches.len());
        let mut num_samples = 0;
        for batch in batches {
            let own = batch.shape();
            if own[1..] != shape[1..] {
                return Err(TensorError::Reshape {
                    from: own,
                    to: shape,
                });
            }
            num_samples += own[0];
            rows.push(batch.reshaped(&[own[0], width]).expect_rank::<2>());
        }
        shape[0] = num_samples;
        Ok(Self::from(Tensor::cat(rows, 0)).reshaped(&shape))
    }

    /// The same values, channels last, in another shape, the batch axis included, for callers that have made sure of it.
    ///
    /// # Panics
    /// If it has another number of elements, or not 1 to [`MAX_RANK`](Self::MAX_RANK) axes.
    #[must_use = "returns the values in their new shape"]
    pub fn reshaped(self, shape: &[usize]) -> Self {
        let values = self.into_channels_last().values;
        match shape.len() {
            1 => of_any_rank!(values, tensor => tensor.reshape(sizes::<1>(shape)).into()),
            2 => of_any_rank!(values, tensor => tensor.reshape(sizes::<2>(shape)).into()),
            3 => of_any_rank!(values, tensor => tensor.reshape(sizes::<3>(shape)).into()),
            4 => of_any_rank!(values, tensor => tensor.reshape(sizes::<4>(shape)).into()),
            5 => of_any_rank!(values, tensor => tensor.reshape(sizes::<5>(shape)).into()),
            _ => unreachable!("shapes have 1 to {} axes, checked before", Self::MAX_RANK),
        }
    }

    /// All values in row-major order, channels last, read back from the device.
    ///
    /// # Errors
    /// A device that fails.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_tensor::{burn, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::models::AnyTensor;
    ///
    /// let rows = AnyTensor::from(Tensor::<2>::from_floats([[1.0, 2.0], [3.0, 4.0]], &Device::flex()));
    /// assert_eq!(rows.into_vec()?, [1.0, 2.0, 3.0, 4.0]);
    /// # Ok::<(), firebrick::models::TensorError>(())
    /// ```
    pub fn into_vec(self) -> Result<Vec<f32>, TensorError> {
        let data = of_any_rank!(
            self.into_channels_last().values,
            tensor => tensor.try_into_data_as::<f32>()
        );
        let data = data.map_err(|error| TensorError::ReadBack {
            reason: error.to_string(),
        })?;
        Ok(data.iter().collect())
    }

    /// Whether no value is seen to be NaN or infinite; what a device does not hand back is not seen.
    pub fn is_finite(&self) -> bool {
        let values = self.clone().into_vec();
        values.map_or(true, |values| values.iter().all(|value| value.is_finite()))
    }

    fn into_channels_last(self) -> Self {
        match self.layout {
            Layout::ChannelsLast => self,
            Layout::ChannelsFirst => of_any_rank!(self.values, tensor => channels_to_end(tensor)),
        }
    }
}

fn channels_to_end<const D: usize>(tensor: Tensor<D>) -> AnyTensor
where
    AnyTensor: From<Tensor<D>>,
{
    let mut axes: [usize; D] = std::array::from_fn(|axis| axis);
    axes[1..].rotate_left(1);
    tensor.permute(axes).into()
}

fn sizes<const D: usize>(shape: &[usize]) -> [usize; D] {
    std::array::from_fn(|axis| shape[axis])
}

/// The tensor itself if `D` is its rank.
fn cast<const R: usize, const D: usize>(tensor: Tensor<R>) -> Option<Tensor<D>> {
    let mut slot = Some(tensor);
    let slot: &mut dyn Any = &mut slot;
    slot.downcast_mut::<Option<Tensor<D>>>()
        .and_then(Option::take)
}

/// Writes `From<Tensor<rank>>`.
macro_rules! from_tensor {
    ($($rank:literal => $variant:ident),+) => {
        $(
            impl From<Tensor<$rank>> for AnyTensor {
                fn from(tensor: Tensor<$rank>) -> Self {
                    Self {
                        values: Ranked::$variant(tensor),
                        layout: Layout::ChannelsLast,
                    }
                }
            }
        )+
    };
}

from_tensor!(1 => Rank1, 2 => Rank2, 3 => Rank3, 4 => Rank4, 5 => Rank5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_first_values_read_as_channels_last() {
        let device = Device::flex();
        let values: Vec<f32> = (0..24_u8).map(f32::from).collect();
        let tensor = Tensor::<1>::from_floats(&values[..], &device).reshape([2, 3, 2, 2]);
        let any = AnyTensor::from_channels_first(tensor.clone());
        assert_eq!(any.shape(), [2, 2, 2, 3]);
        let expected = tensor.clone().permute([0, 2, 3, 1]);
        let last: Tensor<4> = any.clone().into_rank().unwrap();
        assert_eq!(last.clone().into_data(), expected.into_data());
        let first = AnyTensor::from(last).expect_channels_first::<4>();
        assert_eq!(first.into_data(), tensor.clone().into_data());
        let first = any.expect_channels_first::<4>();
        assert_eq!(first.into_data(), tensor.into_data());
    }

    #[test]
    fn another_rank_is_an_error_that_gives_the_shape() {
        let any = AnyTensor::from(Tensor::<2>::zeros([3, 4], &Device::flex()));
        assert_eq!(
            any.into_rank::<4>().unwrap_err().to_string(),
            "expected a tensor of rank 4, received one of shape [3, 4]; ask for its rank or \
             reshape it"
        );
    }
}
