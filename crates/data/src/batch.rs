//! A batch of tensors.

use burn::tensor::{Device, Int, Tensor, TensorData};
use firebrick_tensor::AnyTensor;

/// Examples as a network takes them: a batch of numbers for each input and for each target, in the order that their
/// [`BatchSource`](crate::BatchSource) gives.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::datasets::Batch;
///
/// let device = Device::flex();
/// let inputs = Tensor::<2>::zeros([2, 784], &device);
/// let batch = Batch::new(inputs, Tensor::<1>::from_floats([1.0, 0.0], &device));
/// assert_eq!((batch.num_samples(), batch.targets().dims()), (2, [2, 1]));
/// assert_eq!(batch.one_hot_targets(2).into_data().to_vec::<f32>()?, [0.0, 1.0, 1.0, 0.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Batch {
    /// Each `[batch_size, ...]`.
    inputs: Vec<AnyTensor>,
    /// Each `[batch_size, ...]`.
    targets: Vec<AnyTensor>,
    /// For each of the targets how much an example counts, `[batch_size]`, if not all count the same.
    sample_weights: Vec<Option<Tensor<1>>>,
}

impl Batch {
    /// Examples with one input and one target. Rows of numbers do for inputs of any shape: the shape of an example is that
    /// of its source.
    ///
    /// # Shapes
    /// - inputs: `[batch_size, ...]`
    /// - targets: `[batch_size, ...]`; a class is the number of its index
    pub fn new(inputs: impl Into<AnyTensor>, targets: impl Into<AnyTensor>) -> Self {
        Self::of([inputs.into()], [targets.into()])
    }

    /// Examples with several inputs or targets.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
    /// use firebrick::burn::tensor::{Device, Int, Tensor};
    /// use firebrick::datasets::Batch;
    ///
    /// let device = Device::flex();
    /// let users = Tensor::<2, Int>::from_ints([[16_777_217], [3]], &device);
    /// let films = Tensor::<2>::ones([2, 8], &device);
    /// let batch = Batch::of([users.into(), films.into()], [Tensor::<1>::ones([2], &device).into()]);
    /// assert_eq!(batch.all_inputs()[0].clone().into_ints()?, [16_777_217, 3]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Shapes
    /// As those of [`new`](Self::new), each.
    pub fn of(
        inputs: impl IntoIterator<Item = AnyTensor>,
        targets: impl IntoIterator<Item = AnyTensor>,
    ) -> Self {
        let targets: Vec<AnyTensor> = targets.into_iter().collect();
        Self {
            inputs: inputs.into_iter().collect(),
            sample_weights: vec![None; targets.len()],
            targets,
        }
    }

    /// Sets how much each example counts for every target; none, where all count the same.
    ///
    /// # Shapes
    /// - weights: `[batch_size]`
    #[must_use = "returns the changed batch"]
    pub fn with_sample_weights(mut self, weights: impl Into<Option<Tensor<1>>>) -> Self {
        self.sample_weights.fill(weights.into());
        self
    }

    /// Sets how much each example counts for the target of this index, counted from 0.
    #[must_use = "returns the changed batch"]
    pub fn with_weights_of(mut self, target: usize, weights: impl Into<Option<Tensor<1>>>) -> Self {
        if let Some(own) = self.sample_weights.get_mut(target) {
            *own = weights.into();
        }
        self
    }

    /// Number of examples.
    pub fn num_samples(&self) -> usize {
        let first = self.targets.first().or(self.inputs.first());
        first.map_or(0, |tensor| tensor.shape()[0])
    }

    /// The inputs of a network that has one, as rows of floats; of several the first.
    ///
    /// # Shapes
    /// - output: `[batch_size, input elements]`
    pub fn inputs(&self) -> Tensor<2> {
        rows(self.inputs.first())
    }

    /// A batch for each input.
    pub fn all_inputs(&self) -> &[AnyTensor] {
        &self.inputs
    }

    /// The targets of a network with one output, as rows of floats; of several the first.
    ///
    /// # Shapes
    /// - output: `[batch_size, target elements]`; a class is the number of its index
    pub fn targets(&self) -> Tensor<2> {
        rows(self.targets.first())
    }

    /// The targets of this index, counted from 0, as rows of floats.
    pub fn targets_of(&self, target: usize) -> Tensor<2> {
        rows(self.targets.get(target))
    }

    /// A batch for each target.
    pub fn all_targets(&self) -> &[AnyTensor] {
        &self.targets
    }

    /// How much each example counts, `[batch_size]`; all the same if absent. With several targets those of the first.
    pub fn sample_weights(&self) -> Option<Tensor<1>> {
        self.weights_of(0)
    }

    /// How much each example counts for the target of this index, counted from 0; all the same if absent.
    pub fn weights_of(&self, target: usize) -> Option<Tensor<1>> {
        self.sample_weights.get(target).cloned().flatten()
    }

    /// The targets alone and what they count, so that nobody else holds inputs that were [taken](Self::all_inputs) before: a
    /// network then works on them where they lie.
    #[must_use = "returns the rest of the batch"]
    pub fn without_inputs(mut self) -> Self {
        self.inputs.clear();
        self
    }

    /// The same examples on another device.
    #[must_use = "returns the batch there"]
    pub fn to_device(&self, device: &Device) -> Self {
        let moved = |tensor: &AnyTensor| tensor.clone().to_device(device);
        let weights = self.sample_weights.iter().cloned();
        Self {
            inputs: self.inputs.iter().map(moved).collect(),
            targets: self.targets.iter().map(moved).collect(),
            sample_weights: weights
                .map(|own| own.map(|own| own.to_device(device)))
                .collect(),
        }
    }

    /// Targets that are classes, as whole numbers.
    ///
    /// # Shapes
    /// - output: `[batch_size]`
    pub fn classes(&self) -> Tensor<1, Int> {
        self.classes_of(0)
    }

    /// The same of the target of this index, counted from 0.
    pub fn classes_of(&self, target: usize) -> Tensor<1, Int> {
        self.targets_of(target)
            .slice_dim(1, 0..1)
            .squeeze_dim(1)
            .int()
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
        let matrix = |values: Vec<f32>, width: usize| {
            Tensor::<2>::from_data(TensorData::new(values, [num_samples, width]), device)
        };
        Self::new(matrix(values, num_features), matrix(classes, 1))
    }
}

/// Floats with everything behind the first axis as one; nothing of what is not there.
fn rows(tensor: Option<&AnyTensor>) -> Tensor<2> {
    let Some(tensor) = tensor.cloned() else {
        return Tensor::zeros([0, 0], &Device::default());
    };
    if tensor.rank() == 2 {
        return tensor.expect_rank();
    }
    let shape = tensor.shape();
    let width = shape[1..].iter().product();
    tensor.reshaped(&[shape[0], width]).expect_rank()
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
