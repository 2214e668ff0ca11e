//! What a search is, but for how it is run.

use firebrick::callbacks::MonitorMode;
use serde::{Deserialize, Serialize};

use crate::error::TuneError;
use crate::rungs::hyperband_trials;
use crate::strategy::Strategy;

/// The settings of a search: what decides which trials there are and how long each is trained.
///
/// ```
/// use firebrick_tune::{Strategy, TuneSettings};
///
/// let settings = TuneSettings { strategy: Strategy::Asha, epochs: 27, ..TuneSettings::default() };
/// assert!(settings.check().is_ok());
/// assert_eq!((settings.trials, settings.reduction_factor), (20, 3));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TuneSettings {
    /// How it is decided what is trained.
    pub strategy: Strategy,
    /// How many trials there are, at most.
    pub trials: usize,
    /// Up to which epoch a trial is trained, at most.
    pub epochs: usize,
    /// With rungs: up to which epoch every trial is trained, at least.
    pub min_epochs: usize,
    /// With rungs: one of so many trials goes on, for so many times the epochs.
    pub reduction_factor: usize,
    /// Decides what is drawn.
    pub seed: u64,
    /// The figure that trials are judged by.
    pub monitor: String,
    /// Which way it gets better; a figure that does not say falls.
    pub mode: MonitorMode,
}

impl Default for TuneSettings {
    fn default() -> Self {
        Self {
            strategy: Strategy::default(),
            trials: 20,
            epochs: 10,
            min_epochs: 1,
            reduction_factor: 3,
            seed: 42,
            monitor: "val_loss".to_owned(),
            mode: MonitorMode::Auto,
        }
    }
}

impl TuneSettings {
    /// The trials of all of Hyperband's brackets once, by the epochs there are.
    pub fn hyperband_trials(&self) -> usize {
        hyperband_trials(self.min_epochs, self.epochs, self.reduction_factor.max(2))
    }

    /// Makes sure that every number is one that a search can have.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), TuneError> {
        const MOST: usize = 1_000_000;

        let at_least_1 = [
            ("trials", self.trials),
            ("epochs", self.epochs),
            ("min_epochs", self.min_epochs),
        ];
        if let Some((setting, received)) = at_least_1.into_iter().find(|(_, number)| *number == 0) {
            return Err(TuneError::setting(setting, received, "at least 1"));
        }
        if self.trials > MOST {
            let expected = format!("at most {MOST}");
            return Err(TuneError::setting("trials", self.trials, expected));
        }
        if self.min_epochs > self.epochs {
            let expected = format!("at most the {} epochs of the training", self.epochs);
            return Err(TuneError::setting("min_epochs", self.min_epochs, expected));
        }
        if self.reduction_factor < 2 {
            let expected = "at least 2; one of 3 goes on by default";
            return Err(TuneError::setting(
                "reduction_factor",
                self.reduction_factor,
                expected,
            ));
        }
        Ok(())
    }

    /// A score of a figure: the lower the better; `None` for one that is no number.
    pub(crate) fn score(&self, figure: f64) -> Option<f64> {
        let score = match self.mode {
            MonitorMode::Max => -figure,
            MonitorMode::Min | MonitorMode::Auto => figure,
        };
        (!score.is_nan()).then_some(score)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_no_search_has_are_refused() {
        type Change = fn(&mut TuneSettings);
        let changes: [(Change, &str); 6] = [
            (|own| own.trials = 0, "`trials` is 0, expected at least 1"),
            (|own| own.trials = 2_000_000, "expected at most 1000000"),
            (|own| own.epochs = 0, "`epochs` is 0"),
            (|own| own.min_epochs = 0, "`min_epochs` is 0"),
            (|own| own.min_epochs = 11, "at most the 10 epochs"),
            (
                |own| own.reduction_factor = 1,
                "`reduction_factor` is 1, expected at least 2",
            ),
        ];
        for (change, words) in changes {
            let mut settings = TuneSettings::default();
            change(&mut settings);
            let message = settings.check().unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
        }
    }
}
