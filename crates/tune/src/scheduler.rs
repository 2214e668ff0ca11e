//! Which trial is trained next, and up to which epoch: numbers alone, without a training.

mod asha;
mod brackets;
mod promotion;

use crate::rungs;
use crate::settings::TuneSettings;
use crate::strategy::Strategy;
use asha::Asha;
use brackets::Brackets;

/// A trial that is to be trained up to an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    /// Counted from 0.
    pub(crate) trial: usize,
    /// Counted from 0.
    pub(crate) rung: usize,
    /// The last epoch, counted from 1.
    pub(crate) epochs: usize,
}

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Train(Assignment),
    /// Nothing until one of those that are trained ends.
    Wait,
    /// Nothing any more.
    Done,
}

/// Decides what is trained; told of what has begun and ended, also by a file, it is where it was.
pub(crate) trait Scheduler {
    /// What to do next, given all that has begun and ended.
    fn choose(&self) -> Choice;

    /// A training has begun.
    fn begin(&mut self, assignment: Assignment);

    /// A training has ended: with a score, the lower the better, or without where it failed.
    fn end(&mut self, assignment: Assignment, score: Option<f64>);

    /// How many trials there will be, at most.
    fn num_trials(&self) -> usize;
}

/// The scheduler of a search of a space of so many points.
pub(crate) fn scheduler(settings: &TuneSettings, num_points: Option<usize>) -> Box<dyn Scheduler> {
    let TuneSettings {
        strategy,
        epochs,
        min_epochs,
        reduction_factor,
        ..
    } = *settings;
    let trials = num_points.map_or(settings.trials, |points| settings.trials.min(points));
    let rungs = || rungs::rungs(min_epochs, epochs, reduction_factor);
    match strategy {
        Strategy::Random | Strategy::Grid => Box::new(Brackets::new(
            vec![(trials, vec![epochs])],
            reduction_factor,
        )),
        Strategy::Halving => Box::new(Brackets::new(vec![(trials, rungs())], reduction_factor)),
        Strategy::Asha => Box::new(Asha::new(trials, rungs(), reduction_factor)),
        Strategy::Hyperband => {
            let brackets = rungs::hyperband(&rungs(), reduction_factor, trials);
            Box::new(Brackets::new(brackets, reduction_factor))
        }
    }
}
