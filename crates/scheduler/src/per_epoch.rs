//! Counting epochs instead of optimizer steps.

use std::num::NonZeroU64;
use std::sync::Arc;

use crate::schedule::Schedule;

/// A schedule that moves on once an epoch, `learning_rate(step) = schedule(⌊step / steps_per_epoch⌋)`.
pub(crate) struct PerEpoch {
    pub(crate) schedule: Arc<dyn Schedule>,
    pub(crate) steps_per_epoch: NonZeroU64,
}

impl Schedule for PerEpoch {
    fn learning_rate(&self, step: u64) -> f64 {
        self.schedule.learning_rate(step / self.steps_per_epoch)
    }
}
