//! One epoch of batches, gathered here or ahead on another thread.

use std::io;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{Builder, JoinHandle};

use burn::data::dataloader::{DataLoaderIterator, Progress};
use burn::data::dataset::DatasetError;
use burn::tensor::Device;

use crate::batch::Batch;
use crate::batch_source::BatchSource;

/// Batches that wait while one is being used.
const PREFETCHED_BATCHES: usize = 2;

/// All that is needed to gather the batches of one epoch.
pub(crate) struct BatchPlan {
    pub(crate) source: Arc<dyn BatchSource>,
    pub(crate) order: Vec<usize>,
    pub(crate) batch_size: usize,
    pub(crate) device: Device,
}

impl BatchPlan {
    /// The batch that begins at a position of the order; `None` past the end.
    fn gather(&self, start: usize) -> Option<Result<Batch, DatasetError>> {
        let rows = &self.order[start..self.end(start)];
        (!rows.is_empty()).then(|| self.source.gather(rows, &self.device))
    }

    fn end(&self, start: usize) -> usize {
        start.saturating_add(self.batch_size).min(self.order.len())
    }

    fn progress(&self, position: usize) -> Progress {
        Progress::new(position, self.order.len(), Some("items".to_owned()))
    }
}

/// Gathers a batch when it is asked for.
pub(crate) struct BatchIterator {
    plan: Arc<BatchPlan>,
    position: usize,
}

impl BatchIterator {
    pub(crate) fn new(plan: Arc<BatchPlan>) -> Self {
        Self { plan, position: 0 }
    }
}

impl Iterator for BatchIterator {
    type Item = Result<Batch, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.plan.gather(self.position)?;
        self.position = self.plan.end(self.position);
        Some(batch)
    }

    /// Batches that are passed over are not gathered.
    fn nth(&mut self, batches: usize) -> Option<Self::Item> {
        let rows = batches.saturating_mul(self.plan.batch_size);
        self.position = self
            .position
            .saturating_add(rows)
            .min(self.plan.order.len());
        self.next()
    }
}

impl DataLoaderIterator<Batch> for BatchIterator {
    fn progress(&self) -> Progress {
        self.plan.progress(self.position)
    }
}

/// Takes batches from a thread that gathers them ahead.
pub(crate) struct PrefetchIterator {
    plan: Arc<BatchPlan>,
    position: usize,
    batches: Option<Receiver<Result<Batch, DatasetError>>>,
    worker: Option<JoinHandle<()>>,
}

impl PrefetchIterator {
    /// Starts the thread.
    pub(crate) fn start(plan: &Arc<BatchPlan>) -> io::Result<Self> {
        let (sender, batches) = sync_channel(PREFETCHED_BATCHES);
        let ahead = BatchIterator::new(Arc::clone(plan));
        let worker = Builder::new()
            .name("batch-prefetch".to_owned())
            .spawn(move || {
                for batch in ahead {
                    // Nobody listens any more: the iterator was dropped.
                    if sender.send(batch).is_err() {
                        break;
                    }
                }
            })?;
        Ok(Self {
            plan: Arc::clone(plan),
            position: 0,
            batches: Some(batches),
            worker: Some(worker),
        })
    }
}

impl Iterator for PrefetchIterator {
    type Item = Result<Batch, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Ok(batch) = self.batches.as_ref()?.recv() {
            self.position = self.plan.end(self.position);
            return Some(batch);
        }
        // The thread has ended; had it panicked, this is where the panic belongs.
        self.batches = None;
        if let Some(Err(panic)) = self.worker.take().map(JoinHandle::join) {
            resume_unwind(panic);
        }
        None
    }
}

impl DataLoaderIterator<Batch> for PrefetchIterator {
    fn progress(&self) -> Progress {
        self.plan.progress(self.position)
    }
}

impl Drop for PrefetchIterator {
    fn drop(&mut self) {
        // First the receiver, so that a thread that waits for a free place wakes up and ends.
        self.batches = None;
        if let Some(worker) = self.worker.take()
            && worker.join().is_err()
        {
            log::warn!(
                "the thread that prefetched batches panicked after its last batch was taken"
            );
        }
    }
}
