use std::path::{Path, PathBuf};

use firebrick::training::StopHandle;

use crate::values::Values;

/// A trial as whoever trains it sees it: what it is trained with, and how far.
///
/// ```
/// use firebrick_tune::{Strategy, Tuner};
///
/// let tuner = Tuner::new("x=1|2|3".parse()?).with_epochs(3).with_strategy(Strategy::Halving).with_jobs(1);
/// let outcome = tuner.run(|trial| {
///     // In the second rung the best of the three goes on.
///     assert!(trial.epochs() == 1 || (trial.goes_on() && trial.number() < 3));
///     let x = trial.values().number("x")?;
///     Ok::<_, firebrick_tune::TuneError>(vec![x; trial.epochs()])
/// })?;
/// assert_eq!(outcome.best().unwrap().epochs(), 3);
/// # Ok::<(), firebrick_tune::TuneError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Trial {
    pub(crate) number: usize,
    pub(crate) values: Values,
    pub(crate) epochs: usize,
    pub(crate) rung: usize,
    pub(crate) directory: Option<PathBuf>,
    pub(crate) stop: StopHandle,
}

impl Trial {
    /// Its number, counted from 0.
    pub fn number(&self) -> usize {
        self.number
    }

    /// What it is to be trained with.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// Up to which epoch it is to be trained, counted from 1.
    pub fn epochs(&self) -> usize {
        self.epochs
    }

    /// Whether it was trained before, for fewer epochs, and is to go on from there.
    pub fn goes_on(&self) -> bool {
        self.rung > 0
    }

    /// Where it may keep what it needs to go on, if the search has a directory; it may have been trained there before by a
    /// search that was broken off. It need not be there.
    pub fn directory(&self) -> Option<&Path> {
        self.directory.as_deref()
    }

    /// Stopped where the search is to end, by Ctrl-C or because its time is over: a training that is given it, by
    /// [`Fit::with_stop_handle`](firebrick::training::Fit::with_stop_handle), ends after the batch it is at.
    pub fn stop_handle(&self) -> StopHandle {
        self.stop.clone()
    }
}
