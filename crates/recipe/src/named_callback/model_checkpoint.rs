use firebrick_trainer::callbacks::{ModelCheckpoint, MonitorMode, SaveFreq};
use firebrick_trainer::{RunDirectory, TrainError, settings};

use super::changes::{when, with};
use super::run_path::RunPath;

settings! {
    /// The arguments of a [`ModelCheckpoint`], Keras' defaults where they are left out.
    ///
    /// ```
    /// use firebrick::recipes::GivenModelCheckpoint;
    ///
    /// let given = GivenModelCheckpoint { save_best_only: Some(true), ..GivenModelCheckpoint::default() };
    /// let checkpoint = given.callback()?;
    /// # let _ = checkpoint;
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    pub struct GivenModelCheckpoint {
        /// The name of a file in the run's folder of checkpoints, which may have placeholders.
        filepath: String;
        /// The figure that says which model is the best.
        monitor: String;
        /// Which way the figure gets better.
        mode: MonitorMode;
        /// Whether only what is better than before is saved.
        save_best_only: bool;
        /// Whether the description of the model is left out.
        save_weights_only: bool;
        /// Batches from one model to the next, instead of one after every epoch.
        save_freq: usize;
        /// What the figure has to beat from the first epoch on.
        initial_value_threshold: f64;
    }
}

impl GivenModelCheckpoint {
    /// The file of a checkpoint where none is named.
    const FILE: &str = "epoch-{epoch:04d}.bpk";

    const FOLDER: RunPath = RunPath {
        setting: "the filepath of model_checkpoint",
        folder: RunDirectory::CHECKPOINTS,
        expected: "the name of a file in the folder `checkpoints` of the run, such as best.bpk",
    };

    /// The callback.
    ///
    /// # Errors
    /// A file outside of the run's folder of checkpoints, a name with a placeholder that cannot be filled, every 0 batches.
    pub fn callback(&self) -> Result<ModelCheckpoint, TrainError> {
        let name = self.filepath.as_deref().unwrap_or(Self::FILE);
        Self::FOLDER.check(name)?;
        let callback = ModelCheckpoint::new(name)?;
        let callback = match self.save_freq {
            Some(batches) => callback.with_save_freq(SaveFreq::Batches(batches))?,
            None => callback,
        };
        let callback = with(
            callback,
            self.monitor.as_ref(),
            ModelCheckpoint::with_monitor,
        );
        let callback = with(callback, self.mode, ModelCheckpoint::with_mode);
        let callback = when(
            callback,
            self.save_best_only,
            ModelCheckpoint::with_save_best_only,
        );
        let callback = when(
            callback,
            self.save_weights_only,
            ModelCheckpoint::with_save_weights_only,
        );
        Ok(with(
            callback,
            self.initial_value_threshold,
            ModelCheckpoint::with_initial_value_threshold,
        ))
    }
}
