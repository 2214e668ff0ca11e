//! The displays that are not Burn's dashboard, one a file.

mod bar;
mod lines;
mod progress_line;

use std::time::Duration;

pub(crate) use lines::epoch_line;

use crate::figures::Figures;
use crate::{Display, EpochRecord};

/// Where a training is, when somebody looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// Counted from 1.
    pub(crate) epoch: usize,
    pub(crate) batches_done: usize,
    pub(crate) batches: usize,
    /// Since the epoch began.
    pub(crate) elapsed: Duration,
    /// Means over the epoch's samples so far.
    pub(crate) figures: Figures,
}

/// What shows a training as it goes.
pub(crate) trait Reporter {
    /// A few times a second, from the training part of an epoch.
    fn progress(&mut self, _moment: &Moment) {}
    /// Once an epoch, when its validation is done.
    fn epoch_end(&mut self, _record: &EpochRecord, _batches: usize) {}
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

/// ` - name: value` for each figure, as Keras writes them.
fn figures_text(figures: &[(&str, f64)]) -> Vec<String> {
    figures
        .iter()
        .map(|(name, value)| format!(" - {name}: {}", number(*value)))
        .collect()
}

/// Four digits after the point, or an exponent where those would show nothing.
fn number(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-3 {
        format!("{value:.4e}")
    } else {
        format!("{value:.4}")
    }
}
