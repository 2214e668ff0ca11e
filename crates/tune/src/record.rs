use firebrick::training::{History, StopReason};
use serde::Serialize;

use crate::settings::TuneSettings;
use crate::values::Values;

/// What has come of a trial so far.
///
/// ```
/// use firebrick_tune::{TrialState, Tuner};
///
/// let tuner = Tuner::new("x=0|1|2".parse()?).with_epochs(2);
/// let outcome = tuner.run(|trial| {
///     let x = trial.values().number("x")?;
///     Ok::<_, firebrick_tune::TuneError>(vec![9.0, (x - 1.0).abs()])
/// })?;
/// let best = outcome.best().unwrap();
/// assert_eq!((best.values.to_string(), best.figure(), best.epochs()), ("x=1".to_owned(), Some(0.0), 2));
/// assert_eq!(best.state, TrialState::Trained);
/// # Ok::<(), firebrick_tune::TuneError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TrialRecord {
    /// Counted from 0.
    pub number: usize,
    /// What it is trained with.
    pub values: Values,
    /// The monitored figure by epoch, from the first on; NaN for one that is no finite number.
    pub figures: Vec<f64>,
    /// How long it was trained, all rungs together.
    pub seconds: f64,
    /// How far it is.
    pub state: TrialState,
}

/// How far a trial is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TrialState {
    /// It has been begun up to this epoch and has not ended.
    Begun {
        /// The last epoch, counted from 1.
        epochs: usize,
    },
    /// All that was asked for is done.
    Trained,
    /// It could not be trained, as one whose loss is no number any more.
    Failed {
        /// What went wrong.
        reason: String,
    },
}

impl TrialRecord {
    /// The epochs that it was trained for.
    pub fn epochs(&self) -> usize {
        self.figures.len()
    }

    /// The figure of the last epoch, which is that of the weights there are.
    pub fn figure(&self) -> Option<f64> {
        self.figures
            .last()
            .copied()
            .filter(|figure| !figure.is_nan())
    }

    /// How good it is in a search with these settings, the lower the better; nothing for one that failed, or without a finite
    /// figure.
    ///
    /// ```
    /// use firebrick_tune::Tuner;
    ///
    /// let outcome = Tuner::new("x=0|1".parse()?).with_epochs(1).run(|trial| match trial.number() {
    ///     0 => Err("it failed"),
    ///     _ => Ok(vec![0.5]),
    /// })?;
    /// let scores: Vec<_> = outcome.trials().iter().map(|trial| trial.score(outcome.settings())).collect();
    /// assert_eq!(scores, [None, Some(0.5)]);
    /// # Ok::<(), firebrick_tune::TuneError>(())
    /// ```
    pub fn score(&self, settings: &TuneSettings) -> Option<f64> {
        let is_failed = matches!(self.state, TrialState::Failed { .. });
        let figure = self.figure().filter(|_| !is_failed)?;
        settings.score(figure).filter(|score| score.is_finite())
    }
}

/// What a training of a trial came to.
///
/// ```
/// use firebrick_tune::Trained;
///
/// let trained: Trained = vec![0.5, 0.25].into();
/// assert!(matches!(trained, Trained::Figures(figures) if figures.len() == 2));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Trained {
    /// The monitored figure of every epoch, from the first on, those of rungs before included.
    Figures(Vec<f64>),
    /// It was stopped before the epoch that was asked for; another search in the same directory goes on with it.
    Stopped,
}

impl From<Vec<f64>> for Trained {
    fn from(figures: Vec<f64>) -> Self {
        Self::Figures(figures)
    }
}

impl Trained {
    /// The figure of this name of a history, unless the training was interrupted.
    ///
    /// ```
    /// use firebrick::training::{EpochRecord, History};
    /// use firebrick_tune::Trained;
    ///
    /// let mut history = History::default();
    /// let figures = [("loss", 0.5), ("val_loss", 0.75)].into_iter().collect();
    /// history.push(EpochRecord { epoch: 1, learning_rate: 0.1, figures, seconds: 0.0 });
    /// assert_eq!(Trained::of(&history, "val_loss"), Trained::Figures(vec![0.75]));
    /// ```
    pub fn of(history: &History, monitor: &str) -> Self {
        if let StopReason::Interrupted { .. } = history.stop_reason {
            return Self::Stopped;
        }
        let figures = history.epochs().iter();
        Self::Figures(
            figures
                .map(|epoch| epoch.get(monitor).unwrap_or(f64::NAN))
                .collect(),
        )
    }
}
