use firebrick::training::EpochRecord;
use serde::{Deserialize, Serialize};

/// The figures of one network and epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct EpochFigures {
    /// Counted from 1.
    pub(super) epoch: usize,
    /// Of each training batch before its own update, as Keras counts.
    pub(super) loss: f64,
    pub(super) accuracy: f64,
    /// Of the validation images, after the epoch.
    pub(super) val_loss: f64,
    pub(super) val_accuracy: f64,
    /// Wall time, validation included.
    pub(super) seconds: f64,
}

impl From<&EpochRecord> for EpochFigures {
    fn from(record: &EpochRecord) -> Self {
        let figure = |name| record.get(name).unwrap_or(f64::NAN);
        Self {
            epoch: record.epoch,
            loss: figure("loss"),
            accuracy: figure("accuracy"),
            val_loss: figure("val_loss"),
            val_accuracy: figure("val_accuracy"),
            seconds: record.seconds,
        }
    }
}
