use firebrick_trainer::callbacks::{MonitorMode, ReduceLrOnPlateau};
use firebrick_trainer::{TrainError, settings};

use super::VAL_LOSS;
use super::changes::with;

settings! {
    /// The arguments of a [`ReduceLrOnPlateau`], Keras' defaults where they are left out.
    ///
    /// ```
    /// use firebrick::recipes::GivenReduceLrOnPlateau;
    ///
    /// let given = GivenReduceLrOnPlateau { factor: Some(2.0), ..GivenReduceLrOnPlateau::default() };
    /// assert!(given.callback().is_err());
    /// ```
    pub struct GivenReduceLrOnPlateau {
        /// The figure that is watched.
        monitor: String;
        /// What the rate is multiplied with.
        factor: f64;
        /// Epochs without anything better until the rate falls.
        patience: usize;
        /// What counts as better.
        min_delta: f64;
        /// Epochs after a fall in which nothing counts.
        cooldown: usize;
        /// The lowest rate.
        min_lr: f64;
        /// Which way the figure gets better.
        mode: MonitorMode;
    }
}

impl GivenReduceLrOnPlateau {
    /// The callback.
    ///
    /// # Errors
    /// A factor that is not between 0 and 1.
    pub fn callback(&self) -> Result<ReduceLrOnPlateau, TrainError> {
        let callback =
            ReduceLrOnPlateau::new(self.monitor.as_deref().unwrap_or(VAL_LOSS)).with_verbose();
        let callback = match self.factor {
            Some(factor) => callback.with_factor(factor)?,
            None => callback,
        };
        let callback = with(callback, self.patience, ReduceLrOnPlateau::with_patience);
        let callback = with(callback, self.min_delta, ReduceLrOnPlateau::with_min_delta);
        let callback = with(callback, self.cooldown, ReduceLrOnPlateau::with_cooldown);
        let callback = with(callback, self.min_lr, ReduceLrOnPlateau::with_min_lr);
        Ok(with(callback, self.mode, ReduceLrOnPlateau::with_mode))
    }
}
