//! Whole numbers of any size as tensors.

use burn::tensor::{Device, Int, IntDType, Tensor, TensorCreationOptions, TensorData};

use crate::any_tensor::AnyTensor;
use crate::error::TensorError;

impl AnyTensor {
    /// Whole numbers in row-major order: as the device has them by default, and of 64 bits where one of them needs these.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_tensor::{burn, self as models}; }
    /// use firebrick::burn::tensor::Device;
    /// use firebrick::models::AnyTensor;
    ///
    /// let codes = AnyTensor::from_whole_numbers(vec![7, 3_000_000_019], &[2, 1], &Device::flex())?;
    /// assert_eq!((codes.shape(), codes.into_ints()?), (vec![2, 1], vec![7, 3_000_000_019]));
    /// # Ok::<(), firebrick::models::TensorError>(())
    /// ```
    ///
    /// # Errors
    /// A shape of another number of elements; a number that the device has no room for.
    pub fn from_whole_numbers(
        numbers: Vec<i64>,
        shape: &[usize],
        device: &Device,
    ) -> Result<Self, TensorError> {
        let wide = numbers
            .iter()
            .find(|&&number| i32::try_from(number).is_err());
        let options = match wide {
            None => TensorCreationOptions::from(device),
            Some(_) if device.supports_dtype(IntDType::I64) => {
                (device, IntDType::I64.into()).into()
            }
            Some(&received) => return Err(TensorError::WideNumber { received }),
        };
        let count = numbers.len();
        let data = TensorData::new(numbers, [count]);
        Self::from(Tensor::<1, Int>::from_data(data, options)).reshape(shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_size_stay_what_they_are() {
        let device = Device::flex();
        for numbers in [
            vec![0, -5, 7],
            vec![i64::MAX, i64::MIN, 16_777_217],
            vec![1_i64 << 31, 2, 3],
        ] {
            let tensor = AnyTensor::from_whole_numbers(numbers.clone(), &[3, 1], &device).unwrap();
            assert_eq!((tensor.shape(), tensor.is_int()), (vec![3, 1], true));
            assert_eq!(tensor.into_ints().unwrap(), numbers);
        }
        let error = AnyTensor::from_whole_numbers(vec![1, 2], &[3], &device);
        assert!(matches!(error, Err(TensorError::Reshape { .. })));
    }
}
