//! The batches of a stream, pass after pass.

use std::fmt;
use std::sync::Arc;

use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress};
use burn::data::dataset::DatasetError;
use burn::tensor::Device;
use firebrick_tensor::catch_panic;

use crate::batch::Batch;
use crate::batch_stream::{BatchStream, PassBatches};
use crate::stream_error::{StreamError, StreamProblem};
use crate::stream_fields::StreamFields;

/// Looks at a batch before anything is done with it; a text says why it cannot be used.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use std::sync::Arc;
///
/// use firebrick::burn::data::dataloader::DataLoader;
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::datasets::{Batch, BatchCheck, BatchStream, StreamLoader};
///
/// let small: Arc<BatchCheck> = Arc::new(|batch| match batch.num_samples() {
///     0..=2 => Ok(()),
///     count => Err(format!("expected at most 2 samples, received {count}")),
/// });
/// let x = Tensor::<2>::ones([3, 4], &Device::flex());
/// let stream = BatchStream::new(move |_| [Batch::new(x.clone(), x.clone())]);
/// let loader = StreamLoader::new(&stream, &Device::flex())?.with_check(small);
/// assert!(loader.iter().next().is_some_and(|batch| batch.is_err()));
/// # Ok::<(), firebrick::datasets::StreamError>(())
/// ```
pub type BatchCheck = dyn Fn(&Batch) -> Result<(), String> + Send + Sync;

/// The batches of a [`BatchStream`] on a device, each looked at before it goes there.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::burn::data::dataloader::DataLoader;
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::datasets::{Batch, BatchStream, StreamLoader};
///
/// let device = Device::flex();
/// let x = Tensor::<2>::ones([2, 4], &device);
/// let stream = BatchStream::new(move |_| [Batch::new(x.clone(), x.clone())]);
/// let loader = StreamLoader::new(&stream, &device)?;
/// assert_eq!(loader.iter().count(), 1);
/// # Ok::<(), firebrick::datasets::StreamError>(())
/// ```
#[derive(Clone)]
pub struct StreamLoader {
    stream: BatchStream,
    fields: StreamFields,
    check: Option<Arc<BatchCheck>>,
    device: Device,
    /// The pass that is always asked for; else the next one.
    pass: Option<u64>,
    /// Samples of the first batch.
    batch_size: usize,
}

impl StreamLoader {
    /// One pass after the other.
    ///
    /// # Errors
    /// Those of [`BatchStream::fields`].
    pub fn new(stream: &BatchStream, device: &Device) -> Result<Self, StreamError> {
        Ok(Self {
            fields: stream.fields()?,
            batch_size: stream.first()?.num_samples(),
            stream: stream.clone(),
            check: None,
            device: device.clone(),
            pass: None,
        })
    }

    /// The same pass every time, counted from 0.
    #[must_use = "returns the changed loader"]
    pub fn of_pass(mut self, pass: u64) -> Self {
        self.pass = Some(pass);
        self
    }

    /// Has every batch looked at.
    #[must_use = "returns the changed loader"]
    pub fn with_check(mut self, check: Arc<BatchCheck>) -> Self {
        self.check = Some(check);
        self
    }
}

impl DataLoader<Batch> for StreamLoader {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<Batch> + 'a> {
        let (pass, batches) = match self.pass {
            Some(pass) => (pass, self.stream.pass(pass)),
            None => self.stream.take_pass(),
        };
        Box::new(StreamIterator {
            loader: self,
            pass,
            batches: batches.map(Some),
            taken: 0,
            samples: 0,
        })
    }

    /// Where the number of batches is known, as many as if all had the size of the first one; else 0.
    fn num_items(&self) -> usize {
        let batches = self.stream.num_batches().unwrap_or(0);
        batches.saturating_mul(self.batch_size)
    }

    fn to_device(&self, device: &Device) -> Arc<dyn DataLoader<Batch>> {
        Arc::new(Self {
            device: device.clone(),
            ..self.clone()
        })
    }

    /// The stream as it is: nobody can take a part of it.
    fn slice(&self, _: usize, _: usize) -> Arc<dyn DataLoader<Batch>> {
        Arc::new(self.clone())
    }
}

impl fmt::Debug for StreamLoader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamLoader")
            .field("stream", &self.stream)
            .field("device", &self.device)
            .field("pass", &self.pass)
            .finish_non_exhaustive()
    }
}

/// One pass at work.
struct StreamIterator<'a> {
    loader: &'a StreamLoader,
    pass: u64,
    /// Nothing after its end, or an error.
    batches: Result<Option<PassBatches>, StreamError>,
    /// Batches so far.
    taken: usize,
    samples: usize,
}

impl StreamIterator<'_> {
    /// The batch after `over` others, made but not looked at.
    fn made(&mut self, over: usize) -> Result<Option<Batch>, StreamError> {
        let batches = std::mem::replace(&mut self.batches, Ok(None))?;
        let Some(mut batches) = batches else {
            return Ok(None);
        };
        let number = self.taken + over + 1;
        let expected = self.loader.stream.num_batches();
        if expected.is_some_and(|expected| number > expected) {
            return Ok(None);
        }
        let made = match catch_panic(|| batches.nth(over)) {
            Ok(Some(Ok(batch))) => batch,
            Ok(Some(Err(source))) => {
                return Err(self.problem(StreamProblem::Source(source), number));
            }
            Ok(None) if over > 0 => return Err(self.problem(StreamProblem::Short, number)),
            Ok(None) => {
                return match expected {
                    Some(expected) => Err(self.problem(StreamProblem::TooFew { expected }, number)),
                    None if self.taken == 0 => Err(self.problem(StreamProblem::NoBatch, number)),
                    None => Ok(None),
                };
            }
            Err(message) => return Err(self.problem(StreamProblem::Panicked(message), number)),
        };
        self.taken = number;
        self.batches = Ok(Some(batches));
        Ok(Some(made))
    }

    fn problem(&self, problem: StreamProblem, batch: usize) -> StreamError {
        problem.at(self.pass, batch)
    }

    fn looked_at(&mut self, batch: &Batch) -> Result<Batch, StreamError> {
        let checked = self.loader.fields.check(batch).and_then(|()| {
            let check = self.loader.check.as_ref();
            let checked = check.map_or(Ok(()), |check| check(batch));
            checked.map_err(StreamProblem::Refused)
        });
        checked.map_err(|problem| {
            self.batches = Ok(None);
            self.problem(problem, self.taken)
        })?;
        self.samples += batch.num_samples();
        Ok(batch.to_device(&self.loader.device))
    }
}

impl Iterator for StreamIterator<'_> {
    type Item = Result<Batch, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.nth(0)
    }

    /// Batches that are passed over are made, but not looked at.
    fn nth(&mut self, batches: usize) -> Option<Self::Item> {
        let made = self.made(batches).transpose()?;
        let batch = made.and_then(|batch| self.looked_at(&batch));
        Some(batch.map_err(DatasetError::new))
    }
}

impl DataLoaderIterator<Batch> for StreamIterator<'_> {
    fn progress(&self) -> Progress {
        let total = self.loader.num_items().max(self.samples);
        Progress::new(self.samples, total, Some("items".to_owned()))
    }
}
