//! A rate that falls along a power of the remaining steps.

use serde::{Deserialize, Serialize};

use crate::checks::{not_negative, positive, some_steps};
use crate::described::{Described, changed};
use crate::error::ScheduleError;
use crate::schedule::Schedule;

/// Goes to an end rate in `decay_steps` steps and stays there,
/// `learning_rate(step) = (initial_learning_rate - end_learning_rate) · (1 - step / decay_steps)^power + end_learning_rate`.
///
/// The end rate is 0.0001 and the power 1 unless set. Its text form is
/// `polynomial-decay:INITIAL:decay_steps=STEPS[:end_learning_rate=RATE][:power=POWER][:cycle][:unit=step|epoch]`.
///
/// ```
/// # mod firebrick { pub use firebrick_scheduler::{burn, self as schedules}; }
/// use firebrick::schedules::{PolynomialDecay, Schedule, ScheduleError};
///
/// let schedule = PolynomialDecay::new(1.0, 10)?.with_end_learning_rate(0.0)?;
/// assert_eq!(schedule.learning_rate(5), 0.5);
/// assert_eq!(schedule.learning_rate(99), 0.0);
///
/// let curved = schedule.with_power(2.0)?;
/// assert_eq!(curved.learning_rate(5), 0.25);
/// # Ok::<(), ScheduleError>(())
/// ```
///
/// # Source
/// `keras.optimizers.schedules.PolynomialDecay` of Keras 3.15.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PolynomialDecay {
    initial_learning_rate: f64,
    decay_steps: u64,
    end_learning_rate: f64,
    power: f64,
    cycles: bool,
}

impl PolynomialDecay {
    const END_LEARNING_RATE: f64 = 0.0001;
    const POWER: f64 = 1.0;

    /// From `initial_learning_rate` in a straight line to 0.0001 at step `decay_steps`.
    ///
    /// # Errors
    /// If the rate is not a finite number above 0, or `decay_steps` is 0.
    pub fn new(initial_learning_rate: f64, decay_steps: u64) -> Result<Self, ScheduleError> {
        Ok(Self {
            initial_learning_rate: positive(
                Self::NAME,
                "initial_learning_rate",
                initial_learning_rate,
            )?,
            decay_steps: some_steps(Self::NAME, "decay_steps", decay_steps)?,
            end_learning_rate: Self::END_LEARNING_RATE,
            power: Self::POWER,
            cycles: false,
        })
    }

    /// Ends at `end_learning_rate`, which may be 0.
    ///
    /// # Errors
    /// If it is negative or not finite.
    pub fn with_end_learning_rate(self, end_learning_rate: f64) -> Result<Self, ScheduleError> {
        let end_learning_rate = not_negative(Self::NAME, "end_learning_rate", end_learning_rate)?;
        Ok(Self {
            end_learning_rate,
            ..self
        })
    }

    /// Falls along this power of the share of steps that remain.
    ///
    /// # Errors
    /// If it is not a finite number above 0.
    pub fn with_power(self, power: f64) -> Result<Self, ScheduleError> {
        let power = positive(Self::NAME, "power", power)?;
        Ok(Self { power, ..self })
    }

    /// Starts again whenever the end is reached, each time lower: `decay_steps` becomes the next multiple of itself
    /// that is not below the step. Keras' `cycle`.
    #[must_use = "returns the changed schedule"]
    pub fn in_cycles(mut self) -> Self {
        self.cycles = true;
        self
    }
}

impl Schedule for PolynomialDecay {
    fn learning_rate(&self, step: u64) -> f64 {
        let num_cycles = if self.cycles {
            step.div_ceil(self.decay_steps).max(1)
        } else {
            1
        };
        // The product need not fit into a `u64`.
        let end = self.decay_steps as f64 * num_cycles as f64;
        let remaining = 1.0 - (step as f64 / end).min(1.0);
        let range = self.initial_learning_rate - self.end_learning_rate;
        let rate = range * remaining.powf(self.power) + self.end_learning_rate;
        // Rounding takes the ends of the range of numbers neither below 0 nor to infinity.
        rate.clamp(0.0, f64::MAX)
    }
}

impl Described for PolynomialDecay {
    const NAME: &'static str = "polynomial-decay";
    const FORM: &'static str = "polynomial-decay:INITIAL:decay_steps=STEPS\
        [:end_learning_rate=RATE][:power=POWER][:cycle][:unit=step|epoch]";
    type Arguments = Arguments;

    fn build(arguments: Arguments) -> Result<Self, ScheduleError> {
        let mut schedule = Self::new(arguments.initial_learning_rate, arguments.decay_steps)?;
        if let Some(rate) = arguments.end_learning_rate {
            schedule = schedule.with_end_learning_rate(rate)?;
        }
        if let Some(power) = arguments.power {
            schedule = schedule.with_power(power)?;
        }
        Ok(match arguments.cycle {
            Some(true) => schedule.in_cycles(),
            _ => schedule,
        })
    }

    fn arguments(&self) -> Arguments {
        Arguments {
            initial_learning_rate: self.initial_learning_rate,
            decay_steps: self.decay_steps,
            end_learning_rate: changed(self.end_learning_rate, Self::END_LEARNING_RATE),
            power: changed(self.power, Self::POWER),
            cycle: self.cycles.then_some(true),
        }
    }

    fn keras_class(&self) -> Option<&'static str> {
        Some("PolynomialDecay")
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Arguments {
    initial_learning_rate: f64,
    decay_steps: u64,
    end_learning_rate: Option<f64>,
    power: Option<f64>,
    cycle: Option<bool>,
}
