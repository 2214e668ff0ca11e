use firebrick_trainer::callbacks::{EarlyStopping, MonitorMode};
use firebrick_trainer::{TrainError, settings};

use super::VAL_LOSS;
use super::changes::{when, with};

settings! {
    /// The arguments of an [`EarlyStopping`], Keras' defaults where they are left out.
    ///
    /// ```
    /// use firebrick::recipes::GivenEarlyStopping;
    ///
    /// let given = GivenEarlyStopping { patience: Some(3), ..GivenEarlyStopping::default() };
    /// let stopping = given.callback()?;
    /// # let _ = stopping;
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    pub struct GivenEarlyStopping {
        /// The figure that is watched.
        monitor: String;
        /// Epochs without anything better until it stops.
        patience: usize;
        /// What counts as better.
        min_delta: f64;
        /// What the figure has to beat in any case.
        baseline: f64;
        /// Which way the figure gets better.
        mode: MonitorMode;
        /// Epochs before it begins to watch.
        start_from_epoch: usize;
        /// Whether the best weights are left.
        restore_best_weights: bool;
    }
}

impl GivenEarlyStopping {
    /// The callback.
    ///
    /// # Errors
    /// None so far.
    pub fn callback(&self) -> Result<EarlyStopping, TrainError> {
        let callback =
            EarlyStopping::new(self.monitor.as_deref().unwrap_or(VAL_LOSS)).with_verbose();
        let callback = with(callback, self.patience, EarlyStopping::with_patience);
        let callback = with(callback, self.min_delta, EarlyStopping::with_min_delta);
        let callback = with(callback, self.baseline, EarlyStopping::with_baseline);
        let callback = with(callback, self.mode, EarlyStopping::with_mode);
        let callback = with(
            callback,
            self.start_from_epoch,
            EarlyStopping::with_start_from_epoch,
        );
        Ok(when(
            callback,
            self.restore_best_weights,
            EarlyStopping::with_restore_best_weights,
        ))
    }
}
