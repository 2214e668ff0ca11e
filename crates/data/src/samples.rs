use std::fmt;
use std::sync::Arc;

use burn::data::dataset::DatasetError;
use burn::tensor::Device;

use crate::batch::Batch;
use crate::batch_source::BatchSource;
use crate::batch_stream::BatchStream;
use crate::data_description::DataDescription;
use crate::error::DataError;
use crate::stream_fields::StreamFields;

/// What to learn from, or to judge or answer by: samples that can be gathered by their numbers, or a stream of batches.
///
/// A reference to either becomes it.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::datasets::{ArrayDataset, Batch, BatchStream, Samples};
///
/// let array = ArrayDataset::new([[0.0], [1.0]], [1.0, 3.0])?;
/// assert_eq!(Samples::from(&array).num_batches(2), Some(1));
/// let x = Tensor::<2>::ones([2, 4], &Device::flex());
/// let stream = BatchStream::new(move |_| [Batch::new(x.clone(), x.clone())]);
/// assert_eq!(Samples::from(&stream).num_batches(2), None);
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
#[derive(Clone)]
pub enum Samples {
    /// Samples with numbers.
    Rows(Arc<dyn BatchSource>),
    /// Batches as they come.
    Stream(BatchStream),
}

impl<D: BatchSource + Clone + 'static> From<&D> for Samples {
    fn from(data: &D) -> Self {
        Self::Rows(Arc::new(data.clone()))
    }
}

impl From<&BatchStream> for Samples {
    fn from(stream: &BatchStream) -> Self {
        Self::Stream(stream.clone())
    }
}

impl Samples {
    /// The inputs and targets of a batch.
    ///
    /// # Errors
    /// A stream whose first batch is not to be had.
    pub fn fields(&self) -> Result<StreamFields, DataError> {
        match self {
            Self::Rows(rows) => Ok(StreamFields {
                inputs: rows.all_inputs(),
                targets: rows.all_targets(),
            }),
            Self::Stream(stream) => Ok(stream.fields()?),
        }
    }

    /// How many samples there are, if it is known.
    pub fn num_samples(&self) -> Option<usize> {
        match self {
            Self::Rows(rows) => Some(rows.num_samples()),
            Self::Stream(_) => None,
        }
    }

    /// Batches of a pass in batches of so many samples, if it is known; those of a stream have a size of their own.
    pub fn num_batches(&self, batch_size: usize) -> Option<usize> {
        match self {
            Self::Rows(rows) => Some(rows.num_samples().div_ceil(batch_size.max(1))),
            Self::Stream(stream) => stream.num_batches(),
        }
    }

    /// Samples of the first batch, where batches have so many.
    ///
    /// # Errors
    /// A stream whose first batch is not to be had.
    pub fn batch_size(&self, batch_size: usize) -> Result<usize, DataError> {
        match self {
            Self::Rows(rows) => Ok(batch_size.min(rows.num_samples())),
            Self::Stream(stream) => Ok(stream.first()?.num_samples()),
        }
    }

    /// The first samples, at most so many; of a stream its first batch.
    ///
    /// # Errors
    /// Samples that cannot be read.
    pub fn first(&self, num_samples: usize, device: &Device) -> Result<Batch, DatasetError> {
        match self {
            Self::Rows(rows) => {
                let first: Vec<usize> = (0..rows.num_samples().min(num_samples)).collect();
                rows.gather(&first, device)
            }
            Self::Stream(stream) => {
                let first = stream.first().map_err(DatasetError::new)?;
                Ok(first.to_device(device))
            }
        }
    }

    /// The data set that they belong to, where it can be written down.
    pub fn description(&self) -> Option<DataDescription> {
        match self {
            Self::Rows(rows) => rows.description(),
            Self::Stream(_) => None,
        }
    }
}

impl fmt::Debug for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(rows) => write!(f, "{} samples", rows.num_samples()),
            Self::Stream(stream) => stream.fmt(f),
        }
    }
}
