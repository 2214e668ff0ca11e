use burn::tensor::{DType, Tensor, TensorData};

/// The numbers of a tensor in the host's memory: where they lie, if the backend keeps them there in order, else a copy.
///
/// ```
/// # mod firebrick { pub use firebrick_tensor as tensor; pub use firebrick_tensor::burn; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::tensor::HostFloats;
///
/// let tensor = Tensor::<2>::from_data([[1.0_f32, 2.0], [3.0, 4.0]], &Device::flex());
/// assert_eq!(HostFloats::of(tensor.clone()).as_slice(), [1.0, 2.0, 3.0, 4.0]);
/// assert_eq!(HostFloats::of(tensor.transpose()).as_slice(), [1.0, 3.0, 2.0, 4.0]);
/// ```
pub struct HostFloats(Place);

enum Place {
    #[cfg(feature = "flex")]
    Shared(shared::Shared),
    Copied(TensorData),
}

impl HostFloats {
    /// Those of a tensor, without its gradients.
    ///
    /// # Panics
    /// Where the device fails to give them.
    pub fn of<const D: usize>(tensor: Tensor<D>) -> Self {
        let tensor = tensor.inner();
        #[cfg(feature = "flex")]
        if let Some(shared) = shared::Shared::of(tensor.clone()) {
            return Self(Place::Shared(shared));
        }
        Self(Place::Copied(tensor.into_data().convert_dtype(DType::F32)))
    }

    /// In order, the last axis running fastest.
    pub fn as_slice(&self) -> &[f32] {
        match &self.0 {
            #[cfg(feature = "flex")]
            Place::Shared(shared) => shared.as_slice(),
            Place::Copied(data) => match data.as_slice() {
                Ok(values) => values,
                Err(error) => unreachable!("they were converted: {error}"),
            },
        }
    }
}

impl From<TensorData> for HostFloats {
    fn from(data: TensorData) -> Self {
        Self(Place::Copied(data.convert_dtype(DType::F32)))
    }
}

#[cfg(feature = "flex")]
mod shared {
    use burn::backend::{BackendTypes, Flex};
    use burn::tensor::{DType, Tensor};

    /// A tensor whose numbers lie in order.
    pub(super) struct Shared(<Flex as BackendTypes>::FloatTensorPrimitive);

    impl Shared {
        pub(super) fn of<const D: usize>(tensor: Tensor<D>) -> Option<Self> {
            let tensor = tensor.try_into_primitive::<Flex>().ok()?;
            let is_plain = tensor.is_contiguous() && tensor.dtype() == DType::F32;
            is_plain.then_some(Self(tensor))
        }

        pub(super) fn as_slice(&self) -> &[f32] {
            let layout = self.0.layout();
            &self.0.storage()[layout.start_offset()..][..layout.num_elements()]
        }
    }
}

#[cfg(all(test, feature = "flex"))]
mod tests {
    use burn::tensor::Device;

    use super::*;

    fn numbers() -> Tensor<2> {
        let values: Vec<f32> = (0_u8..12).map(f32::from).collect();
        Tensor::from_data(TensorData::new(values, [3, 4]), &Device::flex())
    }

    #[test]
    fn numbers_in_order_are_not_copied() {
        let tensor = numbers();
        let (one, other) = (HostFloats::of(tensor.clone()), HostFloats::of(tensor));
        assert_eq!(one.as_slice().as_ptr(), other.as_slice().as_ptr());
    }

    #[test]
    fn a_part_and_a_turned_tensor_are_what_they_say() {
        let part = HostFloats::of(numbers().slice([1..3, 0..4]));
        assert_eq!(part.as_slice(), [4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0]);
        let turned = HostFloats::of(numbers().transpose());
        assert_eq!(turned.as_slice()[..3], [0.0, 4.0, 8.0]);
    }

    #[test]
    fn weights_that_learn_are_read_without_their_gradients() {
        let device = Device::flex().autodiff();
        let weights = Tensor::<1>::ones([5], &device).require_grad();
        assert_eq!(HostFloats::of(weights).as_slice(), [1.0; 5]);
    }
}
