//! Any data set of Burn's as samples to learn from.

use std::fmt;
use std::sync::Arc;

use burn::data::dataloader::batcher::Batcher;
use burn::data::dataset::{Dataset, DatasetError};
use burn::tensor::Device;
use firebrick_tensor::AnyTensor;

use crate::batch::Batch;
use crate::batch_source::BatchSource;
use crate::error::DataError;
use crate::fields::{InputField, TargetField};
use crate::targets::Targets;

type Gather = dyn Fn(&[usize], &Device) -> Result<Batch, DatasetError> + Send + Sync;

/// Any [`Dataset`] of Burn's, with what makes a batch of its items.
///
/// Items are read when a batch needs them. A clone shares the data set.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::burn::data::dataset::InMemDataset;
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::datasets::{Batch, DatasetSource, Targets};
///
/// let items = InMemDataset::new(vec![(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]);
/// let batch = |items: Vec<(f32, f32)>, device: &Device| {
///     let (x, y): (Vec<f32>, Vec<f32>) = items.into_iter().unzip();
///     Batch::new(
///         Tensor::<1>::from_floats(&x[..], device),
///         Tensor::<1>::from_floats(&y[..], device),
///     )
/// };
/// let data = DatasetSource::with_closure(items, batch, vec![1], Targets::Values { shape: vec![] });
/// # let _ = data;
/// ```
#[derive(Clone)]
pub struct DatasetSource {
    gather: Arc<Gather>,
    num_samples: usize,
    inputs: Vec<InputField>,
    targets: Vec<TargetField>,
}

impl DatasetSource {
    /// A data set with a [`Batcher`] and what that makes of an item: inputs of this shape, channels last, and these targets.
    ///
    /// Burn's transforms (`MapperDataset`, `ShuffledDataset`, …) are data sets too.
    pub fn new<I, D, B>(dataset: D, batcher: B, input_shape: Vec<usize>, targets: Targets) -> Self
    where
        I: 'static,
        D: Dataset<I> + 'static,
        B: Batcher<I, Batch> + 'static,
    {
        let batch = move |items: Vec<I>, device: &Device| batcher.batch(items, device);
        Self::with_closure(dataset, batch, input_shape, targets)
    }

    /// The same with a closure for a batcher.
    pub fn with_closure<I, D, F>(
        dataset: D,
        batch: F,
        input_shape: Vec<usize>,
        targets: Targets,
    ) -> Self
    where
        I: 'static,
        D: Dataset<I> + 'static,
        F: Fn(Vec<I>, &Device) -> Batch + Send + Sync + 'static,
    {
        let num_samples = dataset.len();
        let gather = move |rows: &[usize], device: &Device| {
            let items = dataset.get_many(rows.to_vec()).map_err(|source| {
                DatasetError::new(DataError::Dataset {
                    rows: rows.to_vec(),
                    source,
                })
            })?;
            Ok(batch(items, device))
        };
        Self {
            gather: Arc::new(gather),
            num_samples,
            inputs: vec![InputField::new(input_shape)],
            targets: vec![TargetField::new(targets)],
        }
    }

    /// Says that the batches have several inputs or targets, which are these, in this order.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
    /// use firebrick::burn::data::dataset::InMemDataset;
    /// use firebrick::burn::tensor::{Device, Int, Tensor};
    /// use firebrick::datasets::{Batch, BatchSource, DatasetSource, InputField, TargetField, Targets};
    ///
    /// let items = InMemDataset::new(vec![(7, 0.5, 1.0), (9, 1.5, 3.0)]);
    /// let batch = |items: Vec<(i64, f32, f32)>, device: &Device| {
    ///     let users: Vec<i64> = items.iter().map(|item| item.0).collect();
    ///     let ages: Vec<f32> = items.iter().map(|item| item.1).collect();
    ///     let ratings: Vec<f32> = items.iter().map(|item| item.2).collect();
    ///     let users = Tensor::<1, Int>::from_ints(&users[..], device);
    ///     let [ages, ratings] = [ages, ratings].map(|x| Tensor::<1>::from_floats(&x[..], device));
    ///     Batch::of([users.into(), ages.into()], [ratings.into()])
    /// };
    /// let number = Targets::Values { shape: vec![] };
    /// let data = DatasetSource::with_closure(items, batch, vec![1], number.clone()).with_fields(
    ///     [InputField::new([1]).of_integers().named("user"), InputField::new([1]).named("age")],
    ///     [TargetField::new(number).named("rating")],
    /// );
    /// assert_eq!(data.all_inputs()[1].name.as_deref(), Some("age"));
    /// ```
    #[must_use = "returns the changed source"]
    pub fn with_fields(
        mut self,
        inputs: impl IntoIterator<Item = InputField>,
        targets: impl IntoIterator<Item = TargetField>,
    ) -> Self {
        self.inputs = inputs.into_iter().collect();
        self.targets = targets.into_iter().collect();
        self
    }

    /// Makes sure that a batch is as was declared.
    fn check(&self, batch: &Batch, num_rows: usize) -> Result<(), DataError> {
        let flat = |tensor: &AnyTensor| match tensor.shape()[..] {
            [rows, ref rest @ ..] => vec![rows, rest.iter().product()],
            [] => Vec::new(),
        };
        let inputs = self.inputs.iter().zip(batch.all_inputs());
        let inputs = inputs
            .map(|(field, tensor)| ("inputs", flat(tensor), vec![num_rows, field.num_columns()]));
        let targets = self.targets.iter().zip(batch.all_targets());
        let targets = targets.map(|(field, tensor)| {
            let columns = field.targets.num_columns();
            ("targets", flat(tensor), vec![num_rows, columns])
        });
        let weights = (0..self.targets.len()).filter_map(|target| batch.weights_of(target));
        let weights =
            weights.map(|weights| ("sample weights", weights.dims().to_vec(), vec![num_rows]));
        for (part, received, expected) in inputs.chain(targets).chain(weights) {
            if received != expected {
                return Err(DataError::BatchShape {
                    part,
                    expected,
                    received,
                    input_shape: self.input_shape(),
                    targets: self.targets(),
                });
            }
        }
        let counts = [
            ("inputs", self.inputs.len(), batch.all_inputs().len()),
            ("targets", self.targets.len(), batch.all_targets().len()),
        ];
        for (part, expected, received) in counts {
            if received != expected {
                return Err(DataError::BatchParts {
                    part,
                    expected,
                    received,
                });
            }
        }
        Ok(())
    }
}

impl BatchSource for DatasetSource {
    fn num_samples(&self) -> usize {
        self.num_samples
    }

    fn input_shape(&self) -> Vec<usize> {
        let first = self.inputs.first();
        first.map_or_else(Vec::new, |field| field.shape.clone())
    }

    fn targets(&self) -> Targets {
        let first = self.targets.first();
        let nothing = || Targets::Values { shape: vec![0] };
        first.map_or_else(nothing, |field| field.targets.clone())
    }

    fn all_inputs(&self) -> Vec<InputField> {
        self.inputs.clone()
    }

    fn all_targets(&self) -> Vec<TargetField> {
        self.targets.clone()
    }

    fn gather(&self, rows: &[usize], device: &Device) -> Result<Batch, DatasetError> {
        let available = self.num_samples;
        if let Some(&row) = rows.iter().find(|&&row| row >= available) {
            return Err(DatasetError::new(DataError::RowOutOfRange {
                row,
                available,
            }));
        }
        let batch = (self.gather)(rows, device)?;
        self.check(&batch, rows.len()).map_err(DatasetError::new)?;
        Ok(batch)
    }
}

impl fmt::Debug for DatasetSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatasetSource")
            .field("num_samples", &self.num_samples)
            .field("inputs", &self.inputs)
            .field("targets", &self.targets)
            .finish_non_exhaustive()
    }
}
