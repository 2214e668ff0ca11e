use std::fmt;

use serde::{Deserialize, Serialize};

use super::contender::Contender;
use super::epoch_figures::EpochFigures;
use super::judgement::Judgement;

/// What came out of one network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct NetworkResult {
    pub(super) network: Contender,
    pub(super) num_params: usize,
    /// The whole epochs.
    pub(super) epochs: Vec<EpochFigures>,
    /// Whether all epochs were done.
    pub(super) is_whole: bool,
    pub(super) test: Judgement,
}

impl NetworkResult {
    /// The epoch with the highest validation accuracy, the first of several.
    pub(super) fn best(&self) -> Option<&EpochFigures> {
        self.epochs.iter().reduce(|best, own| {
            if own.val_accuracy > best.val_accuracy {
                own
            } else {
                best
            }
        })
    }

    pub(super) fn last(&self) -> Option<&EpochFigures> {
        self.epochs.last()
    }

    pub(super) fn seconds_per_epoch(&self) -> f64 {
        let seconds: f64 = self.epochs.iter().map(|figures| figures.seconds).sum();
        seconds / self.epochs.len().max(1) as f64
    }
}

impl fmt::Display for NetworkResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_whole {
            write!(f, "stopped after {} epochs; ", self.epochs.len())?;
        }
        write!(f, "test accuracy {:.4}", self.test.accuracy)?;
        if let Some(best) = self.best() {
            write!(
                f,
                ", best validation accuracy {:.4} in epoch {}, {:.2} s an epoch",
                best.val_accuracy,
                best.epoch,
                self.seconds_per_epoch()
            )?;
        }
        Ok(())
    }
}
