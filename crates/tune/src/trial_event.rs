//! A line of `trials.jsonl`.

use serde::{Deserialize, Serialize};

use crate::scheduler::Assignment;
use crate::values::Values;

/// What has happened to a trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub(crate) enum TrialEvent {
    /// It is trained from here on, or goes on.
    Begun {
        trial: usize,
        rung: usize,
        epochs: usize,
        values: Values,
    },
    /// It is trained so far.
    Trained {
        trial: usize,
        rung: usize,
        epochs: usize,
        /// The monitored figure by epoch, from the first on; `None` for one that is no number.
        figures: Vec<Option<f64>>,
        seconds: f64,
    },
    /// It could not be trained.
    Failed {
        trial: usize,
        rung: usize,
        epochs: usize,
        reason: String,
        seconds: f64,
    },
}

impl TrialEvent {
    /// What it is about.
    pub(crate) fn assignment(&self) -> Assignment {
        let (Self::Begun {
            trial,
            rung,
            epochs,
            ..
        }
        | Self::Trained {
            trial,
            rung,
            epochs,
            ..
        }
        | Self::Failed {
            trial,
            rung,
            epochs,
            ..
        }) = *self;
        Assignment {
            trial,
            rung,
            epochs,
        }
    }
}

/// A figure as JSON has it.
pub(crate) fn finite(figure: f64) -> Option<f64> {
    figure.is_finite().then_some(figure)
}
