//! A rate that falls as one over the time.

use crate::checks::{positive, some_steps};
use crate::error::{ScheduleError, TextProblem};
use crate::schedule::Schedule;
use crate::text::{Described, Fields, number, write_option};

/// Falls as one over the step, `learning_rate(step) = initial_learning_rate / (1 + decay_rate · step / decay_steps)`.
///
/// After `decay_steps / decay_rate` steps half of it is left. Its text form is
/// `inverse-time-decay:INITIAL:decay_steps=STEPS:decay_rate=RATE[:staircase][:unit=step|epoch]`.
///
/// ```
/// # mod firebrick { pub use firebrick_scheduler::{burn, self as schedules}; }
/// use firebrick::schedules::{InverseTimeDecay, Schedule, ScheduleError};
///
/// let schedule = InverseTimeDecay::new(0.5, 10, 1.0)?;
/// assert_eq!(schedule.learning_rate(0), 0.5);
/// assert_eq!(schedule.learning_rate(10), 0.25);
/// assert_eq!(schedule.in_stairs().learning_rate(19), 0.25);
/// # Ok::<(), ScheduleError>(())
/// ```
///
/// # Source
/// `keras.optimizers.schedules.InverseTimeDecay` of Keras 3.15.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InverseTimeDecay {
    initial_learning_rate: f64,
    decay_steps: u64,
    decay_rate: f64,
    has_stairs: bool,
}

impl InverseTimeDecay {
    /// Starts at `initial_learning_rate`; `decay_rate` is what `decay_steps` steps do to it.
    ///
    /// # Errors
    /// If a rate is not a finite number above 0, or `decay_steps` is 0.
    pub fn new(
        initial_learning_rate: f64,
        decay_steps: u64,
        decay_rate: f64,
    ) -> Result<Self, ScheduleError> {
        Ok(Self {
            initial_learning_rate: positive(
                Self::NAME,
                "initial_learning_rate",
                initial_learning_rate,
            )?,
            decay_steps: some_steps(Self::NAME, "decay_steps", decay_steps)?,
            decay_rate: positive(Self::NAME, "decay_rate", decay_rate)?,
            has_stairs: false,
        })
    }

    /// Changes the rate after every `decay_steps` steps only, Keras' `staircase`.
    #[must_use = "returns the changed schedule"]
    pub fn in_stairs(mut self) -> Self {
        self.has_stairs = true;
        self
    }
}

impl Schedule for InverseTimeDecay {
    fn learning_rate(&self, step: u64) -> f64 {
        let decays = if self.has_stairs {
            (step / self.decay_steps) as f64
        } else {
            step as f64 / self.decay_steps as f64
        };
        self.initial_learning_rate / (1.0 + self.decay_rate * decays)
    }
}

impl Described for InverseTimeDecay {
    const NAME: &'static str = "inverse-time-decay";
    const FORM: &'static str = "inverse-time-decay:INITIAL:decay_steps=STEPS:decay_rate=RATE[:staircase][:unit=step|epoch]";
    const OPTIONS: &'static [&'static str] = &["decay_steps", "decay_rate", "staircase", "unit"];
    const FLAGS: &'static [&'static str] = &["staircase"];

    fn parse(fields: &Fields<'_>) -> Result<Self, TextProblem> {
        let schedule = Self::new(
            fields.value("INITIAL", "a number above 0")?,
            fields.required("decay_steps", "a whole number from 1")?,
            fields.required("decay_rate", "a number above 0")?,
        )?;
        Ok(if fields.has("staircase") {
            schedule.in_stairs()
        } else {
            schedule
        })
    }

    fn write(&self, text: &mut String) {
        text.push_str(&number(self.initial_learning_rate));
        write_option(text, "decay_steps", self.decay_steps);
        write_option(text, "decay_rate", number(self.decay_rate));
        if self.has_stairs {
            text.push_str(":staircase");
        }
    }
}
