//! What a training tells those who watch it, and what it keeps of what they have asked for.

mod actions_state;
mod announcer;
mod changed_epochs;
mod event_log;
mod process_memory;

pub(crate) use actions_state::{actions_from, actions_state};
pub(crate) use announcer::{Announcer, IsResumed, SharedWatcher, spoken};
pub(crate) use changed_epochs::ChangedEpochs;
pub(crate) use process_memory::process_memory;

use std::time::Duration;

use firebrick_session::{EpochEnd, Figures, What};

use crate::history::EpochRecord;
use crate::logs::Logs;

/// Figures as they are told.
pub(crate) fn told_figures(logs: &Logs) -> Figures {
    logs.iter().collect()
}

/// An epoch that is over.
pub(crate) fn epoch_end(record: &EpochRecord) -> What {
    What::EpochEnd(EpochEnd {
        figures: told_figures(&record.figures),
        learning_rate: record.learning_rate,
        took: record.seconds,
    })
}

/// How fast so many samples went by.
pub(crate) fn samples_per_second(samples: usize, elapsed: Duration) -> f64 {
    samples as f64 / elapsed.as_secs_f64().max(f64::MIN_POSITIVE)
}
