//! Batches of a source, epoch after epoch.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use burn::data::dataloader::{DataLoader, DataLoaderIterator};
use burn::tensor::Device;

use crate::batch::Batch;
use crate::batch_iterator::{BatchIterator, BatchPlan, PrefetchIterator};
use crate::batch_source::BatchSource;
use crate::error::DataError;
use crate::shuffle::ShuffleState;

/// Gathers the rows of a source in batches, a partial one last.
///
/// Without a shuffle every epoch is in file order. With one, the order of an epoch is a pure function of seed and
/// epoch number, and each [`iter`](DataLoader::iter) is one epoch.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use std::sync::Arc;
///
/// use firebrick::burn::data::dataloader::DataLoader;
/// use firebrick::burn::tensor::Device;
/// use firebrick::datasets::{BatchLoader, mnist_sample};
///
/// let sample = Arc::new(mnist_sample()?.test);
/// let loader = BatchLoader::new(sample.clone(), 32, &Device::flex())?.with_shuffle(42);
/// let seen: usize = loader.iter().map(|batch| batch.map_or(0, |batch| batch.num_samples())).sum();
/// assert_eq!((seen, loader.num_batches()), (sample.len(), sample.len().div_ceil(32)));
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
pub struct BatchLoader {
    source: Arc<dyn BatchSource>,
    rows: Range<usize>,
    batch_size: usize,
    device: Device,
    shuffle: Arc<Mutex<Option<ShuffleState>>>,
    prefetch: bool,
}

impl BatchLoader {
    /// Batches of `batch_size` examples in file order, gathered when asked for, on `device`.
    ///
    /// # Errors
    /// [`DataError::BatchSizeZero`] and [`DataError::EmptySource`].
    pub fn new(
        source: Arc<dyn BatchSource>,
        batch_size: usize,
        device: &Device,
    ) -> Result<Self, DataError> {
        if batch_size == 0 {
            return Err(DataError::BatchSizeZero);
        }
        let num_samples = source.num_samples();
        if num_samples == 0 {
            return Err(DataError::EmptySource);
        }
        Ok(Self {
            source,
            rows: 0..num_samples,
            batch_size,
            device: device.clone(),
            shuffle: Arc::new(Mutex::new(None)),
            prefetch: false,
        })
    }

    /// Shuffles every epoch anew, starting with epoch 0 of `seed`.
    #[must_use = "returns the changed loader"]
    pub fn with_shuffle(mut self, seed: u64) -> Self {
        self.shuffle = Arc::new(Mutex::new(Some(ShuffleState::new(seed))));
        self
    }

    /// Gathers the next two batches on a thread of their own while one is being used.
    ///
    /// The thread ends with its iterator, also when that is dropped halfway.
    #[must_use = "returns the changed loader"]
    pub fn with_prefetch(mut self) -> Self {
        self.prefetch = true;
        self
    }

    /// Batches of one epoch, the partial one included.
    pub fn num_batches(&self) -> usize {
        self.rows.len().div_ceil(self.batch_size)
    }

    /// Examples of a full batch.
    pub fn batch_size(&self) -> usize {
        self.batch_size
    }

    /// The seed and the epoch of the next [`iter`](DataLoader::iter); `None` without a shuffle.
    pub fn shuffle_state(&self) -> Option<ShuffleState> {
        *self.state()
    }

    /// Continues from a state of [`shuffle_state`](Self::shuffle_state); the loader shuffles from now on.
    ///
    /// Also reaches the loaders made by [`to_device`](DataLoader::to_device), which share the state.
    pub fn restore_shuffle(&self, state: ShuffleState) {
        *self.state() = Some(state);
    }

    /// A state is a plain value, whole at any time: a panic elsewhere cannot have spoilt it.
    fn state(&self) -> MutexGuard<'_, Option<ShuffleState>> {
        self.shuffle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rows of the coming epoch, in order; the state moves on by one epoch.
    fn next_order(&self) -> Vec<usize> {
        let current = {
            let mut state = self.state();
            let current = *state;
            *state = current.map(ShuffleState::next);
            current
        };
        match current {
            None => self.rows.clone().collect(),
            Some(state) => {
                let mut order = state.permutation(self.rows.len());
                for row in &mut order {
                    *row += self.rows.start;
                }
                order
            }
        }
    }
}

impl DataLoader<Batch> for BatchLoader {
    /// One epoch; on a shuffling loader the state moves on by one.
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<Batch> + 'a> {
        let plan = BatchPlan {
            source: Arc::clone(&self.source),
            order: self.next_order(),
            batch_size: self.batch_size,
            device: self.device.clone(),
        };
        let plan = Arc::new(plan);
        if self.prefetch {
            match PrefetchIterator::start(&plan) {
                Ok(iterator) => return Box::new(iterator),
                Err(error) => log::warn!(
                    "cannot start a thread to prefetch batches: {error}; going on without"
                ),
            }
        }
        Box::new(BatchIterator::new(plan))
    }

    fn num_items(&self) -> usize {
        self.rows.len()
    }

    /// The same loader with batches on another device. Both share one shuffle state.
    fn to_device(&self, device: &Device) -> Arc<dyn DataLoader<Batch>> {
        Arc::new(Self {
            source: Arc::clone(&self.source),
            rows: self.rows.clone(),
            batch_size: self.batch_size,
            device: device.clone(),
            shuffle: Arc::clone(&self.shuffle),
            prefetch: self.prefetch,
        })
    }

    /// The rows `start..end` of this loader, cut to those that exist.
    ///
    /// The slice continues with a copy of the shuffle state, so that several slices used side by side have
    /// orders that do not depend on which one starts first.
    fn slice(&self, start: usize, end: usize) -> Arc<dyn DataLoader<Batch>> {
        let end = self.rows.start.saturating_add(end).min(self.rows.end);
        let start = self.rows.start.saturating_add(start).min(end);
        Arc::new(Self {
            source: Arc::clone(&self.source),
            rows: start..end,
            batch_size: self.batch_size,
            device: self.device.clone(),
            shuffle: Arc::new(Mutex::new(self.shuffle_state())),
            prefetch: self.prefetch,
        })
    }
}

impl fmt::Debug for BatchLoader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchLoader")
            .field("rows", &self.rows)
            .field("batch_size", &self.batch_size)
            .field("device", &self.device)
            .field("shuffle", &self.shuffle_state())
            .field("prefetch", &self.prefetch)
            .finish_non_exhaustive()
    }
}
