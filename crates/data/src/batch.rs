//! A batch of tensors.

use burn::tensor::{Device, Int, Tensor, TensorData};

/// Examples as a network takes them, one a row: the shapes of a row are those of their
/// [`BatchSource`](crate::BatchSource).
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::datasets::Batch;
///
/// let device = Device::flex();
/// let inputs = Tensor::<2>::zeros([2, 784], &device);
/// let batch = Batch::new(inputs, Tensor::<1>::from_floats([1.0, 0.0], &device));
/// assert_eq!((batch.num_samples(), batch.targets.dims()), (2, [2, 1]));
/// assert_eq!(batch.one_hot_targets(2).into_data().to_vec::<f32>()?, [0.0, 1.0, 1.0, 0.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Batch {
    /// `[batch_size, input elements]`.
    pub inputs: Tensor<2>,
    /// `[batch_size, target elements]`; a class is the number of its index.
    pub targets: Tensor<2>,
    /// How much each example counts, `[batch_size]`; all the same if absent.
    pub sample_weights: Option<Tensor<1>>,
}

impl Batch {
    /// Inputs and targets of any rank, made flat: one row an example.
    ///
    /// # Shapes
    /// - inputs: `[batch_size, ...]`
    /// - targets: `[batch_size, ...]`
    pub fn new<const D: usize, const E: usize>(inputs: Tensor<D>, targets: Tensor<E>) -> Self {
        Self {
            inputs: rows(inputs),
            targets: rows(targets),
            sample_weights: None,
        }
    }

    /// Number of examples.
    pub fn num_samples(&self) -> usize {
        self.targets.dims()[0]
    }

    /// Targets that are classes, as whole numbers.
    ///
    /// # Shapes
    /// - output: `[batch_size]`
    pub fn classes(&self) -> Tensor<1, Int> {
        self.targets.clone().slice_dim(1, 0..1).squeeze_dim(1).int()
    }

    /// Targets that are classes, as rows with a one at the class and zeros elsewhere, see [`one_hot`].
    ///
    /// # Shapes
    /// - output: `[batch_size, num_classes]`
    pub fn one_hot_targets(&self, num_classes: usize) -> Tensor<2> {
        one_hot(self.classes(), num_classes)
    }

    /// Moves values of the host to the device.
    pub(crate) fn from_values(
        values: Vec<f32>,
        classes: Vec<f32>,
        num_features: usize,
        device: &Device,
    ) -> Self {
        let num_samples = classes.len();
        Self {
            inputs: Tensor::from_data(TensorData::new(values, [num_samples, num_features]), device),
            targets: Tensor::from_data(TensorData::new(classes, [num_samples, 1]), device),
            sample_weights: None,
        }
    }
}

/// Everything behind the first axis as one.
fn rows<const D: usize>(tensor: Tensor<D>) -> Tensor<2> {
    let shape = tensor.dims();
    tensor.reshape([shape[0], shape[1..].iter().product()])
}

/// Classes as rows with a one at the class and zeros elsewhere.
///
/// A class that is not below `num_classes` gives a row of zeros; nothing is read back from the device.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::burn::tensor::{Device, Int, Tensor};
/// use firebrick::datasets::one_hot;
///
/// let classes = Tensor::<1, Int>::from_ints([2, 0], &Device::flex());
/// let rows = one_hot(classes, 3).into_data().to_vec::<f32>()?;
/// assert_eq!(rows, [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Shapes
/// - classes: `[batch_size]`
/// - output: `[batch_size, num_classes]`
pub fn one_hot(classes: Tensor<1, Int>, num_classes: usize) -> Tensor<2> {
    let shape = [classes.dims()[0], num_classes];
    let last = i64::try_from(num_classes).unwrap_or(i64::MAX);
    let columns = Tensor::<1, Int>::arange(0..last, &classes.device()).unsqueeze_dim::<2>(0);
    let rows = classes.unsqueeze_dim::<2>(1);
    rows.expand(shape).equal(columns.expand(shape)).float()
}
