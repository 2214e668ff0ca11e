use std::any::Any;
use std::ops::Range;

use burn::tensor::kind::Basic;
use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::error::TensorError;

/// A tensor of floats or whole numbers whose rank, 1 to 6, is known when the program runs: what travels from layer to
/// layer.
///
/// Whole numbers stay exact until somebody asks for floats. Its shape is channels-last, `[batch_size, ..., channels]`. Between layers that compute
/// channels-first the values stay in that order; whoever asks for a tensor gets channels-last.
///
/// ```
/// # mod firebrick { pub use firebrick_tensor::{burn, self as models}; }
/// use firebrick::burn::tensor::{Device, Int, Tensor};
/// use firebrick::models::AnyTensor;
///
/// let images = AnyTensor::from(Tensor::<4>::zeros([2, 28, 28, 1], &Device::flex()));
/// assert_eq!((images.rank(), images.shape()), (4, vec![2, 28, 28, 1]));
/// let tensor: Tensor<4> = images.clone().into_rank()?;
/// assert_eq!(tensor.dims(), [2, 28, 28, 1]);
/// assert!(images.into_rank::<2>().is_err());
///
/// let indices = AnyTensor::from(Tensor::<1, Int>::from_ints([16_777_217], &Device::flex()));
/// assert!(indices.is_int());
/// assert_eq!(indices.into_ints()?, [16_777_217]);
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
    Float1(Tensor<1>),
    Float2(Tensor<2>),
    Float3(Tensor<3>),
    Float4(Tensor<4>),
    Float5(Tensor<5>),
    Float6(Tensor<6>),
    Int1(Tensor<1, Int>),
    Int2(Tensor<2, Int>),
    Int3(Tensor<3, Int>),
    Int4(Tensor<4, Int>),
    Int5(Tensor<5, Int>),
    Int6(Tensor<6, Int>),
}

/// Evaluates an expression for a tensor of whichever rank, and another one where it holds whole numbers.
macro_rules! of_any_rank {
    ($ranked:expr, $tensor:ident => $result:expr) => {
        of_any_rank!($ranked, $tensor => $result, ints => $result)
    };
    ($ranked:expr, $tensor:ident => $result:expr, ints => $of_ints:expr) => {
        match $ranked {
            Ranked::Float1($tensor) => $result,
            Ranked::Float2($tensor) => $result,
            Ranked::Float3($tensor) => $result,
            Ranked::Float4($tensor) => $result,
            Ranked::Float5($tensor) => $result,
            Ranked::Float6($tensor) => $result,
            Ranked::Int1($tensor) => $of_ints,
            Ranked::Int2($tensor) => $of_ints,
            Ranked::Int3($tensor) => $of_ints,
            Ranked::Int4($tensor) => $of_ints,
            Ranked::Int5($tensor) => $of_ints,
            Ranked::Int6($tensor) => $of_ints,
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
    pub const MAX_RANK: usize = 6;

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

    /// Whether it holds whole numbers.
    pub fn is_int(&self) -> bool {
        of_any_rank!(&self.values, _tensor => false, ints => true)
    }

    /// The same values as floats; whole numbers above 16,777,216 lose their last digits.
    #[must_use = "returns the floats"]
    pub fn into_floats(self) -> Self {
        let layout = self.layout;
        let floats: Self =
            of_any_rank!(self.values, tensor => tensor.into(), ints => tensor.float().into());
        Self { layout, ..floats }
    }

    /// The tensor as floats, channels last.
    ///
    /// # Errors
    /// A tensor of another rank.
    pub fn into_rank<const D: usize>(self) -> Result<Tensor<D>, TensorError> {
        let shape = self.shape();
        of_any_rank!(self.into_channels_last().into_floats().values, tensor => cast(tensor))
            .ok_or(TensorError::Rank { expected: D, shape })
    }

    /// The tensor as whole numbers, channels last; fractions are cut off.
    ///
    /// # Errors
    /// A tensor of another rank.
    pub fn into_int<const D: usize>(self) -> Result<Tensor<D, Int>, TensorError> {
        let shape = self.shape();
        let values = self.into_channels_last().values;
        of_any_rank!(values, tensor => cast(tensor.int()), ints => cast(tensor))
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

    /// The tensor as whole numbers, channels last, for callers that have made sure of its rank.
    ///
    /// # Panics
    /// If it has another one.
    pub fn expect_int<const D: usize>(self) -> Tensor<D, Int> {
        match self.into_int() {
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
        let mapped: Self = of_any_rank!(
            self.into_floats().values,
            tensor => function.apply(tensor).into(),
            ints => tensor.into()
        );
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
        let is_int = batches.iter().all(Self::is_int);
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
            rows.push(batch.reshaped(&[own[0], width]));
        }
        shape[0] = num_samples;
        let rows = rows.into_iter();
        let joined: Self = if is_int {
            Tensor::cat(rows.map(Self::expect_int::<2>).collect(), 0).into()
        } else {
            Tensor::cat(rows.map(Self::expect_rank::<2>).collect(), 0).into()
        };
        Ok(joined.reshaped(&shape))
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
            6 => of_any_rank!(values, tensor => tensor.reshape(sizes::<6>(shape)).into()),
            _ => unreachable!("shapes have 1 to {} axes, checked before", Self::MAX_RANK),
        }
    }

    /// The axes in another order, channels last: axis `i` is what was axis `axes[i]`.
    ///
    /// # Panics
    /// If these are not all axes, each once.
    #[must_use = "returns the turned values"]
    pub fn permuted(self, axes: &[usize]) -> Self {
        if axes.iter().copied().eq(0..self.rank()) {
            return self;
        }
        let values = self.into_channels_last().values;
        of_any_rank!(values, tensor => tensor.permute(std::array::from_fn(|axis| axes[axis])).into())
    }

    /// All values as floats in row-major order, channels last, read back from the device.
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

    /// All values as 32-bit floats in row-major order, channels last, without a copy where nobody else holds them.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_tensor::{burn, self as models}; }
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::models::AnyTensor;
    ///
    /// let row = AnyTensor::from(Tensor::<1>::from_floats([1.0, 2.0], &Device::flex()));
    /// assert_eq!(row.into_float_data()?.as_slice::<f32>(), Ok(&[1.0, 2.0][..]));
    /// # Ok::<(), firebrick::models::TensorError>(())
    /// ```
    ///
    /// # Errors
    /// A device that fails.
    pub fn into_float_data(self) -> Result<TensorData, TensorError> {
        let floats = self.into_channels_last().into_floats();
        let data = of_any_rank!(floats.values, tensor => tensor.try_into_data_as::<f32>());
        data.map_err(|error| TensorError::ReadBack {
            reason: error.to_string(),
        })
    }

    /// All values as whole numbers in row-major order, channels last, read back from the device; fractions are cut off.
    ///
    /// # Errors
    /// A device that fails.
    pub fn into_ints(self) -> Result<Vec<i64>, TensorError> {
        let values = self.into_channels_last().values;
        let data = of_any_rank!(
            values,
            tensor => tensor.int().try_into_data_as::<i64>(),
            ints => tensor.try_into_data_as::<i64>()
        );
        let data = data.map_err(|error| TensorError::ReadBack {
            reason: error.to_string(),
        })?;
        Ok(data.iter().collect())
    }

    /// The tensor on another device.
    #[must_use = "returns the tensor there"]
    pub fn to_device(self, device: &Device) -> Self {
        let layout = self.layout;
        let moved: Self = of_any_rank!(self.values, tensor => tensor.to_device(device).into());
        Self { layout, ..moved }
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

fn channels_to_end<const D: usize, K: Basic>(tensor: Tensor<D, K>) -> AnyTensor
where
    AnyTensor: From<Tensor<D, K>>,
{
    let mut axes: [usize; D] = std::array::from_fn(|axis| axis);
    axes[1..].rotate_left(1);
    tensor.permute(axes).into()
}

fn sizes<const D: usize>(shape: &[usize]) -> [usize; D] {
    std::array::from_fn(|axis| shape[axis])
}

/// The tensor itself if `D` is its rank.
fn cast<T: 'static, U: 'static>(tensor: T) -> Option<U> {
    let mut slot = Some(tensor);
    let slot: &mut dyn Any = &mut slot;
    slot.downcast_mut::<Option<U>>().and_then(Option::take)
}

/// Writes `From<Tensor<rank>>` for floats and whole numbers.
macro_rules! from_tensor {
    ($($rank:literal => $float:ident, $int:ident);+) => {
        $(
            impl From<Tensor<$rank>> for AnyTensor {
                fn from(tensor: Tensor<$rank>) -> Self {
                    Self {
                        values: Ranked::$float(tensor),
                        layout: Layout::ChannelsLast,
                    }
                }
            }

            impl From<Tensor<$rank, Int>> for AnyTensor {
                fn from(tensor: Tensor<$rank, Int>) -> Self {
                    Self {
                        values: Ranked::$int(tensor),
                        layout: Layout::ChannelsLast,
                    }
                }
            }
        )+
    };
}

from_tensor!(
    1 => Float1, Int1; 2 => Float2, Int2; 3 => Float3, Int3;
    4 => Float4, Int4; 5 => Float5, Int5; 6 => Float6, Int6
);

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

    #[test]
    fn whole_numbers_stay_exact_in_any_shape_and_become_floats_when_asked() {
        let device = Device::flex();
        let large = (1 << 24) + 1;
        let numbers = Tensor::<2, Int>::from_ints([[large, 2, 3], [4, 5, 6]], &device);
        let any = AnyTensor::from(numbers);
        let turned = any.clone().reshape(&[3, 2, 1]).unwrap();
        assert!(turned.is_int());
        let last = turned.clone().samples(2..3);
        assert_eq!(last.into_ints().unwrap(), [5, 6]);
        let twice = AnyTensor::concatenate(vec![any.clone(), any.clone()]).unwrap();
        assert_eq!((twice.is_int(), twice.shape()), (true, vec![4, 3]));
        assert_eq!(twice.into_ints().unwrap()[6], large);
        assert!(!any.clone().into_floats().is_int());
        let floats: Tensor<2> = any.into_rank().unwrap();
        assert_eq!(floats.dims(), [2, 3]);
        let cut = AnyTensor::from(Tensor::<1>::from_floats([1.9, -1.9], &device));
        assert_eq!(cut.into_ints().unwrap(), [1, -1]);
    }
}
