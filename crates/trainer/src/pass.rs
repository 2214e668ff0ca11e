use std::sync::{Arc, Mutex};

use crate::TrainError;
use crate::callback::{Callback, Callbacks};

/// The settings of a pass over data that learns nothing, an evaluation or a prediction.
///
/// A callback that says [`Flow::Stop`](crate::Flow::Stop) ends the pass after the batch it is at: figures and
/// answers are then those of the samples up to there.
#[derive(Clone)]
pub struct Pass {
    pub(crate) batch_size: usize,
    pub(crate) callbacks: Callbacks,
}

/// Larger than Keras' 32, because nothing but speed depends on it.
const BATCH_SIZE: usize = 500;

impl Default for Pass {
    fn default() -> Self {
        Self::new()
    }
}

impl Pass {
    /// Batches of 500 samples, no callbacks.
    pub fn new() -> Self {
        Self {
            batch_size: BATCH_SIZE,
            callbacks: Callbacks::default(),
        }
    }

    /// Samples a batch.
    #[must_use = "returns the changed settings"]
    pub fn with_batch_size(mut self, batch_size: usize) -> Self {
        self.batch_size = batch_size;
        self
    }

    /// Adds a callback; those added first are called first.
    #[must_use = "returns the changed settings"]
    pub fn with_callback(self, callback: impl Callback + 'static) -> Self {
        self.with_shared_callback(Arc::new(Mutex::new(callback)))
    }

    /// Adds a callback that can be looked at afterwards.
    #[must_use = "returns the changed settings"]
    pub fn with_shared_callback(mut self, callback: Arc<Mutex<dyn Callback>>) -> Self {
        self.callbacks.push(callback);
        self
    }

    /// Checks what can be checked without data.
    pub(crate) fn validate(&self) -> Result<(), TrainError> {
        if self.batch_size > 0 {
            return Ok(());
        }
        Err(TrainError::Setting {
            setting: "batch_size",
            expected: "at least 1",
            received: self.batch_size.to_string(),
        })
    }
}
