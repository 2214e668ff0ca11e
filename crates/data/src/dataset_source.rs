//! Any data set of Burn's as samples to learn from.

use std::fmt;
use std::sync::Arc;

use burn::data::dataloader::batcher::Batcher;
use burn::data::dataset::{Dataset, DatasetError};
use burn::tensor::Device;

use crate::batch::Batch;
use crate::batch_source::BatchSource;
use crate::error::DataError;
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
    input_shape: Vec<usize>,
    targets: Targets,
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
            input_shape,
            targets,
        }
    }

    /// Makes sure that a batch is as was declared.
    fn check(&self, batch: &Batch, num_rows: usize) -> Result<(), DataError> {
        let input_size = self.input_shape.iter().product();
        let weights = batch.sample_weights.as_ref();
        let tensors = [
            (
                "inputs",
                Some(batch.inputs.dims().to_vec()),
                vec![num_rows, input_size],
            ),
            (
                "targets",
                Some(batch.targets.dims().to_vec()),
                vec![num_rows, self.targets.num_columns()],
            ),
            (
                "sample weights",
                weights.map(|weights| weights.dims().to_vec()),
                vec![num_rows],
            ),
        ];
        for (part, received, expected) in tensors {
            if let Some(received) = received.filter(|received| *received != expected) {
                return Err(DataError::BatchShape {
                    part,
                    expected,
                    received,
                    input_shape: self.input_shape.clone(),
                    targets: self.targets.clone(),
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
        self.input_shape.clone()
    }

    fn targets(&self) -> Targets {
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
            .field("input_shape", &self.input_shape)
            .field("targets", &self.targets)
            .finish_non_exhaustive()
    }
}
