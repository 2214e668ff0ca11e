//! The displays that are not Burn's dashboard, one a file.

mod bar;
mod lines;
mod pass_bar;
mod progress_line;

use std::time::Duration;

pub(crate) use lines::epoch_line;
pub(crate) use pass_bar::PassBar;

use crate::logs::number;
use crate::{Display, EpochRecord, Logs};

/// Where a training is, when somebody looks.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    /// Counted from 1.
    pub(crate) epoch: usize,
    pub(crate) batches_done: usize,
    pub(crate) batches: usize,
    /// Since the epoch began.
    pub(crate) elapsed: Duration,
    /// Of the epoch's samples so far.
    pub(crate) figures: Logs,
}

/// What shows a training as it goes.
pub(crate) trait Reporter {
    /// A few times a second, from the training part of an epoch.
    fn progress(&mut self, _moment: &Moment) {}
    /// Once an epoch, when its validation is done.
    fn epoch_end(&mut self, _record: &EpochRecord, _batches: usize) {}
    /// What a callback says.
    fn say(&mut self, _text: &str) {}
    /// When the epoch loop has ended, in whatever way.
    fn train_end(&mut self) {}
}

/// Shows nothing; the dashboard shows itself.
struct Quiet;

impl Reporter for Quiet {}

pub(crate) fn reporter(display: Display, epochs: usize) -> Box<dyn Reporter> {
    match display {
        Display::Bar => Box::new(bar::Bar::new(epochs)),
        Display::Lines => Box::new(lines::Lines::new(epochs)),
        Display::Auto | Display::Tui | Display::Quiet => Box::new(Quiet),
    }
}

/// ` - name: value` for each figure, as Keras writes them: in the order of their names.
fn figures_text(figures: &Logs) -> Vec<String> {
    let mut figures: Vec<(&str, f64)> = figures.iter().collect();
    figures.sort_by_key(|(name, _)| *name);
    figures
        .iter()
        .map(|(name, value)| format!(" - {name}: {}", number(*value)))
        .collect()
}
