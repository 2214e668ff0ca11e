use std::fmt;
use std::path::Path;

use super::folder::newest;
use crate::checkpoint_error::CheckpointError;
use crate::session::ChangedEpochs;

/// How far a training has come, by its newest checkpoint.
///
/// ```
/// use firebrick::{layers::Dense, prelude::*};
/// use firebrick::training::{CheckpointInterval, Checkpoints, Progress};
///
/// let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
/// let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
/// let mut trainer = Compile::by_name("adam", "mse", [])?.model(model);
/// let folder = tempfile::tempdir()?;
/// let checkpoints = Checkpoints::every(CheckpointInterval::Epochs(1)).in_folder(folder.path());
/// trainer.fit(&data, &Fit::new(3).with_checkpoints(checkpoints).with_display(Display::Quiet))?;
///
/// let progress = Progress::of(folder.path())?;
/// assert_eq!(progress.to_string(), "after epoch 3");
/// assert!(progress.is_finished(3) && !progress.is_finished(5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The epoch that it is in, or that was done last, counted from 1; 0 before the first.
    pub epoch: usize,
    /// Batches of the epoch that are done, in the middle of one.
    pub batch: Option<usize>,
    /// The callback that has stopped it, if one has.
    pub stopped_by: Option<String>,
    /// The last epoch to be done, where somebody has changed it while the training went on, and what it was before.
    changed: Option<ChangedEpochs>,
}

impl Progress {
    /// That of a run directory, a folder of checkpoints or a checkpoint.
    ///
    /// # Errors
    /// No checkpoint that is intact, or one of a later version.
    pub fn of(from: impl AsRef<Path>) -> Result<Self, CheckpointError> {
        let state = newest(from.as_ref())?.state;
        let is_within = state.find::<f64>("seconds")?.is_some();
        Ok(Self {
            epoch: state.get("epoch")?,
            batch: if is_within {
                state.find("batch")?
            } else {
                None
            },
            stopped_by: state.find("stopped_by")?,
            changed: ChangedEpochs::of(&state)?,
        })
    }

    /// Whether nothing is left to do of a training of so many epochs, or of as many as somebody has asked for while it went on.
    pub fn is_finished(&self, epochs: usize) -> bool {
        let changed = self.changed;
        let epochs = changed.map_or(epochs, |changed| changed.of_fit(epochs));
        self.stopped_by.is_some() || (self.batch.is_none() && self.epoch >= epochs)
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.epoch, self.batch) {
            (0, None) => f.write_str("from the beginning"),
            (epoch, None) => write!(f, "after epoch {epoch}"),
            (epoch, Some(batch)) => write!(f, "in epoch {epoch} after {batch} batches"),
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use firebrick_data::ArrayDataset;
    use firebrick_model::{Sequential, layers::Dense};

    use super::*;
    use crate::callbacks::EarlyStopping;
    use crate::checkpoints::{CheckpointInterval, Checkpoints};
    use crate::compile::Compile;
    use crate::display::Display;
    use crate::fit::Fit;

    #[test]
    fn the_last_checkpoint_says_which_callback_has_stopped_it() {
        let data = ArrayDataset::new([[0.0], [1.0]], [1.0, 3.0]).unwrap();
        let model = Sequential::new([1]).add(Dense::new(1));
        let model = model.build(1, &Device::flex()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        // Less often than there are steps, so that it is the end that is saved.
        let checkpoints = Checkpoints::every(CheckpointInterval::Steps(1000));
        let fit = Fit::new(9)
            .with_checkpoints(checkpoints.in_folder(folder.path()))
            .with_callback(
                EarlyStopping::new("loss")
                    .with_min_delta(1e9)
                    .with_patience(2),
            )
            .with_display(Display::Quiet);
        let compile = Compile::by_name("sgd", "mse", []).unwrap();
        let history = compile.model(model).fit(&data, &fit).unwrap();

        let progress = Progress::of(folder.path()).unwrap();
        assert_eq!(progress.epoch, history.epochs().len());
        assert_eq!(progress.stopped_by.as_deref(), Some("EarlyStopping"));
        assert!(progress.is_finished(9));
    }
}
