//! A rate that rises to its highest and falls far below its start.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

use crate::checks::{at_least_one, fraction, positive, some_steps};
use crate::described::{Described, changed};
use crate::error::ScheduleError;
use crate::schedule::Schedule;

/// Rises along half a cosine from `max_lr / div_factor` to `max_lr` at step `pct_start · total_steps - 1`, then falls
/// along another half to `max_lr / div_factor / final_div_factor` at step `total_steps - 1`, where it stays.
///
/// `pct_start` is 0.3, `div_factor` 25 and `final_div_factor` 10000 unless set. Its text form is
/// `one-cycle:MAX:total_steps=STEPS[:pct_start=FRACTION][:div_factor=FACTOR][:final_div_factor=FACTOR][:unit=step|epoch]`.
///
/// ```
/// # mod firebrick { pub use firebrick_scheduler::{burn, self as schedules}; }
/// use firebrick::schedules::{OneCycle, Schedule, ScheduleError};
///
/// let schedule = OneCycle::new(1.0, 100)?.with_final_div_factor(4.0)?;
/// let rates = [0, 29, 99, 500].map(|step| schedule.learning_rate(step));
/// assert_eq!(rates.map(|rate| (rate * 1000.0).round()), [40.0, 1000.0, 10.0, 10.0]);
/// # Ok::<(), ScheduleError>(())
/// ```
///
/// # Source
/// `torch.optim.lr_scheduler.OneCycleLR` of `PyTorch` with cosine annealing in two phases, less its momentum; Smith
/// and Topin, Super-Convergence, 2017. Keras has no such schedule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneCycle {
    max_learning_rate: f64,
    total_steps: u64,
    pct_start: f64,
    div_factor: f64,
    final_div_factor: f64,
}

impl OneCycle {
    const PCT_START: f64 = 0.3;
    const DIV_FACTOR: f64 = 25.0;
    const FINAL_DIV_FACTOR: f64 = 1e4;

    /// The highest rate, and the steps that rise and fall take together.
    ///
    /// # Errors
    /// If the rate is not a finite number above 0, or `total_steps` is 0.
    pub fn new(max_learning_rate: f64, total_steps: u64) -> Result<Self, ScheduleError> {
        Ok(Self {
            max_learning_rate: positive(Self::NAME, "max_learning_rate", max_learning_rate)?,
            total_steps: some_steps(Self::NAME, "total_steps", total_steps)?,
            pct_start: Self::PCT_START,
            div_factor: Self::DIV_FACTOR,
            final_div_factor: Self::FINAL_DIV_FACTOR,
        })
    }

    /// Rises in this fraction of the steps.
    ///
    /// # Errors
    /// If it is not a number from 0 to 1.
    pub fn with_pct_start(self, pct_start: f64) -> Result<Self, ScheduleError> {
        let pct_start = fraction(Self::NAME, "pct_start", pct_start)?;
        Ok(Self { pct_start, ..self })
    }

    /// Starts at the highest rate divided by this.
    ///
    /// # Errors
    /// If it is not a finite number of at least 1.
    pub fn with_div_factor(self, div_factor: f64) -> Result<Self, ScheduleError> {
        let div_factor = at_least_one(Self::NAME, "div_factor", div_factor)?;
        Ok(Self { div_factor, ..self })
    }

    /// Ends at the first rate divided by this.
    ///
    /// # Errors
    /// If it is not a finite number of at least 1.
    pub fn with_final_div_factor(self, final_div_factor: f64) -> Result<Self, ScheduleError> {
        let final_div_factor = at_least_one(Self::NAME, "final_div_factor", final_div_factor)?;
        Ok(Self {
            final_div_factor,
            ..self
        })
    }
}

impl Schedule for OneCycle {
    fn learning_rate(&self, step: u64) -> f64 {
        let initial = self.max_learning_rate / self.div_factor;
        let last = (self.total_steps - 1) as f64;
        let peak = self.pct_start * self.total_steps as f64 - 1.0;
        let step = (step as f64).min(last);
        if peak > 0.0 && step <= peak {
            return anneal(initial, self.max_learning_rate, step / peak);
        }
        // Only a peak in the first step leaves no step to fall in.
        let share = if peak < last {
            (step - peak) / (last - peak)
        } else {
            0.0
        };
        let end = initial / self.final_div_factor;
        anneal(self.max_learning_rate, end, share)
    }
}

/// Along half a cosine from `start` to `end` as `share` goes from 0 to 1.
fn anneal(start: f64, end: f64, share: f64) -> f64 {
    let rate = end + (start - end) / 2.0 * ((PI * share).cos() + 1.0);
    // Rounding takes the ends of the range of numbers neither below 0 nor to infinity.
    rate.clamp(0.0, f64::MAX)
}

impl Described for OneCycle {
    const NAME: &'static str = "one-cycle";
    const FORM: &'static str = "one-cycle:MAX:total_steps=STEPS[:pct_start=FRACTION]\
        [:div_factor=FACTOR][:final_div_factor=FACTOR][:unit=step|epoch]";
    type Arguments = Arguments;

    fn build(arguments: Arguments) -> Result<Self, ScheduleError> {
        Self::new(arguments.max_learning_rate, arguments.total_steps)?
            .with_pct_start(arguments.pct_start.unwrap_or(Self::PCT_START))?
            .with_div_factor(arguments.div_factor.unwrap_or(Self::DIV_FACTOR))?
            .with_final_div_factor(arguments.final_div_factor.unwrap_or(Self::FINAL_DIV_FACTOR))
    }

    fn arguments(&self) -> Arguments {
        Arguments {
            max_learning_rate: self.max_learning_rate,
            total_steps: self.total_steps,
            pct_start: changed(self.pct_start, Self::PCT_START),
            div_factor: changed(self.div_factor, Self::DIV_FACTOR),
            final_div_factor: changed(self.final_div_factor, Self::FINAL_DIV_FACTOR),
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Arguments {
    max_learning_rate: f64,
    total_steps: u64,
    pct_start: Option<f64>,
    div_factor: Option<f64>,
    final_div_factor: Option<f64>,
}
