//! The displays that are not Burn's dashboard, one a file.

mod bar;
#[cfg(test)]
mod golden;
mod kept_lines;
mod keras_lines;
mod lines;
mod pass_bar;
mod pass_lines;
mod progress_bar;
mod progress_line;

use std::time::Duration;

pub(crate) use bar::Bar;
pub(crate) use kept_lines::KeptLines;
pub(crate) use lines::epoch_line;
pub(crate) use pass_bar::PassBar;
pub(crate) use pass_lines::PassLines;
#[cfg(feature = "tui")]
pub(crate) use progress_line::clock;

use crate::display::Display;
use crate::history::EpochRecord;
use crate::logs::Logs;

/// Where a training is, when somebody looks.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    /// Counted from 1.
    pub(crate) epoch: usize,
    pub(crate) batches_done: usize,
    /// Of the epoch, if it is known.
    pub(crate) batches: Option<usize>,
    /// Since the epoch began.
    pub(crate) elapsed: Duration,
    /// When the first batch was done, since the epoch began.
    pub(crate) first_step: Option<Duration>,
    /// Of the epoch's samples so far.
    pub(crate) figures: Logs,
}

/// What shows a training as it goes.
pub(crate) trait Reporter {
    /// A few times a second, from the training part of an epoch.
    fn progress(&mut self, _moment: &Moment) {}
    /// Once an epoch, when its validation is done.
    fn epoch_end(&mut self, _record: &EpochRecord, _batches: usize) {}
    /// Somebody has changed how many epochs there are.
    fn change_epochs(&mut self, _epochs: usize) {}
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
        Display::Bar => Box::new(Bar::new(epochs)),
        Display::KerasLines => Box::new(keras_lines::KerasLines::new(epochs)),
        Display::Lines => Box::new(lines::Lines::new(epochs)),
        Display::Auto | Display::Dashboard | Display::Tui | Display::Quiet => Box::new(Quiet),
    }
}

/// The line above those of an epoch, which Keras leaves out where there is only one.
fn epoch_heading(epoch: usize, epochs: usize) -> String {
    if epochs > 1 {
        format!("Epoch {epoch}/{epochs}\n")
    } else {
        String::new()
    }
}
