//! When the state of a training is saved, which of its files are kept, and how one goes on from them.

mod folder;
mod interval;
mod progress;
mod retention;
mod rhythm;
mod writer;

use std::path::PathBuf;

use crate::callbacks::MonitorMode;
use crate::checkpoint_error::CheckpointError;
use crate::error::TrainError;
use crate::metrics::Direction;
use crate::run_directory::RunDirectory;
pub(crate) use folder::{Found, newest};
pub use interval::CheckpointInterval;
pub use progress::Progress;
pub(crate) use retention::{Best, Retention, Saved};
use rhythm::Rhythm;
pub(crate) use writer::CheckpointWriter;

/// Whether and how the state of a training is saved in the course of it, so that one that was killed goes on as if nothing
/// had happened.
///
/// A checkpoint holds all that the training is made of: weights, the optimizer's state, the place in the data, figures,
/// callbacks' state. It is written by a thread of its own while the training goes on, into the folder `checkpoints` of the
/// run directory, whole or not at all; older ones are removed when a newer one is whole.
///
/// ```
/// use firebrick::training::{CheckpointInterval, Checkpoints, Fit};
///
/// let checkpoints = Checkpoints::every(CheckpointInterval::Steps(500))
///     .with_keep(3)
///     .with_best("val_loss");
/// let fit = Fit::new(100).with_validation_split(0.1).with_checkpoints(checkpoints);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoints {
    /// Absent where it is by time and epochs, at little cost.
    interval: Option<CheckpointInterval>,
    keep: usize,
    best: Option<(String, MonitorMode)>,
    folder: Option<PathBuf>,
}

/// The newest that are kept, where nothing is said of it.
const KEEP: usize = 2;

impl Default for Checkpoints {
    /// Every 60 seconds and at the end of an epoch, there at most as often as keeps the time that writing takes below a
    /// hundredth of the training's; the two newest are kept.
    fn default() -> Self {
        Self {
            interval: None,
            keep: KEEP,
            best: None,
            folder: None,
        }
    }
}

impl Checkpoints {
    /// Saves this often; the two newest are kept. At the end of a training the last state is saved in any case.
    #[must_use = "returns the changed settings"]
    pub fn every(interval: CheckpointInterval) -> Self {
        Self {
            interval: Some(interval),
            ..Self::default()
        }
    }

    /// How many of the newest are kept; older ones are there for the case that a newer one is damaged.
    #[must_use = "returns the changed settings"]
    pub fn with_keep(mut self, checkpoints: usize) -> Self {
        self.keep = checkpoints;
        self
    }

    /// Saves after an epoch with the best of this figure so far, too, and keeps that one beside the newest.
    #[must_use = "returns the changed settings"]
    pub fn with_best(mut self, figure: impl Into<String>) -> Self {
        let mode = self.best.map_or(MonitorMode::Auto, |(_, mode)| mode);
        self.best = Some((figure.into(), mode));
        self
    }

    /// As [`with_best`](Self::with_best), for a figure whose metric does not say which way it gets better.
    #[must_use = "returns the changed settings"]
    pub fn with_best_by(mut self, figure: impl Into<String>, mode: MonitorMode) -> Self {
        self.best = Some((figure.into(), mode));
        self
    }

    /// Saves into this folder instead of that of the run directory.
    #[must_use = "returns the changed settings"]
    pub fn in_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// How often the state is saved, if not by default.
    pub fn interval(&self) -> Option<CheckpointInterval> {
        self.interval
    }

    /// Checks what can be checked without a training.
    fn check(&self) -> Result<(), TrainError> {
        let out_of_range = |setting, expected, received| {
            Err(TrainError::Setting {
                setting,
                expected,
                received,
            })
        };
        match self.interval {
            Some(interval) if !interval.is_positive() => out_of_range(
                "the interval between checkpoints",
                "more than 0",
                interval.to_string(),
            ),
            _ if self.keep == 0 => out_of_range(
                "the number of checkpoints to keep",
                "at least 1",
                0.to_string(),
            ),
            _ => Ok(()),
        }
    }

    /// What writes them in the course of a training; `direction` says which way a figure gets better, `resumed` how many
    /// steps the checkpoint has that the training goes on from.
    ///
    /// # Errors
    /// A setting out of its range, neither a run directory nor a folder, a folder that cannot be read, a figure of which nothing says which way it gets
    /// better.
    pub(crate) fn writer(
        &self,
        run: Option<&RunDirectory>,
        direction: impl Fn(&str) -> Direction,
        resumed: Option<u64>,
    ) -> Result<CheckpointWriter, TrainError> {
        self.check()?;
        let own = || run.map(|run| run.file(RunDirectory::CHECKPOINTS));
        let folder = self.folder.clone().or_else(own);
        let folder = folder.ok_or(CheckpointError::NoFolder)?;
        let best = |(figure, mode): &(String, MonitorMode)| {
            Ok::<_, TrainError>(Best {
                figure: figure.clone(),
                direction: mode.direction(direction(figure), "Checkpoints", figure)?,
            })
        };
        let retention = Retention {
            newest: self.keep,
            best: self.best.as_ref().map(best).transpose()?,
        };
        let rhythm = self.interval.map_or(Rhythm::Sparing, Rhythm::Every);
        Ok(CheckpointWriter::new(folder, rhythm, retention, resumed)?)
    }
}
