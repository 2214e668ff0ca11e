//! Axes of the figures: where a value lies on one, and what is written beside it.

use firebrick::training::figure_text;

use crate::dimension::{Dimension, value_text};
use crate::outcome::Outcome;
use crate::record::TrialRecord;
use crate::space::SearchSpace;

/// The ratio from which on figures are drawn by their logarithms.
const LOG_FROM: f64 = 30.0;
/// The most marks beside an axis.
const MOST_TICKS: usize = 12;

/// An axis, from 0 at its lower end to 1 at its upper one.
pub(super) struct Axis<'a> {
    pub(super) name: &'a str,
    pub(super) ticks: Vec<(f64, String)>,
    scale: Scale<'a>,
}

enum Scale<'a> {
    Setting(&'a Dimension),
    Figure(Span),
}

/// Figures from the lowest to the highest.
#[derive(Clone, Copy)]
pub(super) struct Span {
    low: f64,
    high: f64,
    is_log: bool,
}

impl Span {
    /// The span of figures, those that are no finite numbers passed over; none of no figures.
    pub(super) fn of(figures: impl Iterator<Item = f64>) -> Option<Self> {
        let figures = figures.filter(|figure| figure.is_finite());
        let (low, high) = figures
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), figure| {
                (low.min(figure), high.max(figure))
            });
        let is_log = low > 0.0 && high / low > LOG_FROM;
        (low <= high).then_some(Self { low, high, is_log })
    }

    /// Where a figure lies, from 0 to 1.
    pub(super) fn place(self, figure: f64) -> f64 {
        let Self { low, high, .. } = self;
        if low >= high {
            return 0.5;
        }
        if self.is_log {
            (figure.ln() - low.ln()) / (high.ln() - low.ln())
        } else {
            (figure - low) / (high - low)
        }
    }

    pub(super) fn ticks(self) -> Vec<(f64, String)> {
        if self.low >= self.high {
            return vec![(0.5, figure_text(self.low))];
        }
        let at = |share: f64| {
            if self.is_log {
                (self.low.ln() + (self.high.ln() - self.low.ln()) * share).exp()
            } else {
                self.low + (self.high - self.low) * share
            }
        };
        [0.0, 0.5, 1.0]
            .map(|share| (share, figure_text(at(share))))
            .to_vec()
    }
}

impl<'a> Axis<'a> {
    /// One for each setting.
    pub(super) fn of_space(space: &'a SearchSpace) -> Vec<Self> {
        let axis = |dimension: &'a Dimension| {
            let ticks = dimension.domain.ticks();
            let step = ticks.len().div_ceil(MOST_TICKS).max(1);
            let ticks = ticks.iter().step_by(step).filter_map(|value| {
                let place = dimension.domain.place(value)?;
                Some((place, value_text(value)))
            });
            Self {
                name: &dimension.name,
                ticks: ticks.collect(),
                scale: Scale::Setting(dimension),
            }
        };
        space.dimensions().iter().map(axis).collect()
    }

    /// That of the figure that trials are judged by, if any trial has one.
    pub(super) fn of_figures(outcome: &'a Outcome) -> Option<Self> {
        let figures = outcome.trials().iter().filter_map(TrialRecord::figure);
        let span = Span::of(figures)?;
        Some(Self {
            name: &outcome.settings().monitor,
            ticks: span.ticks(),
            scale: Scale::Figure(span),
        })
    }

    /// Where a trial lies.
    pub(super) fn place(&self, trial: &TrialRecord) -> Option<f64> {
        match &self.scale {
            Scale::Setting(dimension) => {
                let value = trial.values.get(&dimension.name)?;
                dimension.domain.place(value)
            }
            Scale::Figure(span) => {
                let figure = trial.figure().filter(|figure| figure.is_finite())?;
                Some(span.place(figure))
            }
        }
    }
}
