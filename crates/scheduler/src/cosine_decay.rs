//! A rate that falls along half a cosine, after a warm-up if wanted.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

use crate::checks::{fraction, not_negative, positive, some_steps};
use crate::described::{Described, changed};
use crate::error::ScheduleError;
use crate::schedule::Schedule;

/// Falls along half a cosine in `decay_steps` steps and stays at the fraction `alpha`,
/// `learning_rate(step) = initial_learning_rate · ((1 - alpha) · (1 + cos(π · step / decay_steps)) / 2 + alpha)`.
///
/// With a warm-up, the rate first goes from `initial_learning_rate` in a straight line to `warmup_target`, which it
/// reaches at step `warmup_steps`; from there the cosine takes `decay_steps` more. `alpha` is 0 unless set. Its text
/// form is
/// `cosine-decay:INITIAL:decay_steps=STEPS[:alpha=FRACTION][:warmup_target=RATE:warmup_steps=STEPS][:unit=step|epoch]`.
///
/// ```
/// # mod firebrick { pub use firebrick_scheduler::{burn, self as schedules}; }
/// use firebrick::schedules::{CosineDecay, Schedule, ScheduleError};
///
/// let schedule = CosineDecay::new(0.0, 10)?.with_warmup(1.0, 4)?;
/// let rates = [0, 2, 4, 9, 14, 99].map(|step| schedule.learning_rate(step));
/// assert_eq!(rates, [0.0, 0.5, 1.0, 0.5, 0.0, 0.0]);
/// # Ok::<(), ScheduleError>(())
/// ```
///
/// # Source
/// `keras.optimizers.schedules.CosineDecay` of Keras 3.15; Loshchilov and Hutter, SGDR, 2016.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CosineDecay {
    initial_learning_rate: f64,
    decay_steps: u64,
    alpha: f64,
    /// Target and steps.
    warmup: Option<(f64, u64)>,
}

impl CosineDecay {
    const ALPHA: f64 = 0.0;

    /// From `initial_learning_rate` to 0 at step `decay_steps`. A rate of 0 is of use before a warm-up only.
    ///
    /// # Errors
    /// If the rate is negative or not finite, or `decay_steps` is 0.
    pub fn new(initial_learning_rate: f64, decay_steps: u64) -> Result<Self, ScheduleError> {
        Ok(Self {
            initial_learning_rate: not_negative(
                Self::NAME,
                "initial_learning_rate",
                initial_learning_rate,
            )?,
            decay_steps: some_steps(Self::NAME, "decay_steps", decay_steps)?,
            alpha: Self::ALPHA,
            warmup: None,
        })
    }

    /// Ends at this fraction of the rate that the cosine starts from.
    ///
    /// # Errors
    /// If it is not a number from 0 to 1.
    pub fn with_alpha(self, alpha: f64) -> Result<Self, ScheduleError> {
        let alpha = fraction(Self::NAME, "alpha", alpha)?;
        Ok(Self { alpha, ..self })
    }

    /// Goes to `warmup_target` in `warmup_steps` steps first; with 0 steps it starts there.
    ///
    /// # Errors
    /// If the target is not a finite number above 0.
    pub fn with_warmup(self, warmup_target: f64, warmup_steps: u64) -> Result<Self, ScheduleError> {
        let warmup_target = positive(Self::NAME, "warmup_target", warmup_target)?;
        Ok(Self {
            warmup: Some((warmup_target, warmup_steps)),
            ..self
        })
    }
}

impl Schedule for CosineDecay {
    fn learning_rate(&self, step: u64) -> f64 {
        let initial = self.initial_learning_rate;
        let (highest, warmup_steps) = self.warmup.unwrap_or((initial, 0));
        if step < warmup_steps {
            let share = step as f64 / warmup_steps as f64;
            let rate = (highest - initial) * share + initial;
            // Rounding takes the ends of the range of numbers neither below 0 nor to infinity.
            return rate.clamp(0.0, f64::MAX);
        }
        let share = (step - warmup_steps).min(self.decay_steps) as f64 / self.decay_steps as f64;
        let cosine = 0.5 * (1.0 + (PI * share).cos());
        highest * ((1.0 - self.alpha) * cosine + self.alpha).min(1.0)
    }
}

impl Described for CosineDecay {
    const NAME: &'static str = "cosine-decay";
    const FORM: &'static str = "cosine-decay:INITIAL:decay_steps=STEPS[:alpha=FRACTION]\
        [:warmup_target=RATE:warmup_steps=STEPS][:unit=step|epoch]";
    type Arguments = Arguments;

    fn build(arguments: Arguments) -> Result<Self, ScheduleError> {
        let mut schedule = Self::new(arguments.initial_learning_rate, arguments.decay_steps)?;
        if let Some(alpha) = arguments.alpha {
            schedule = schedule.with_alpha(alpha)?;
        }
        let missing = |argument, expected| ScheduleError::Argument {
            schedule: Self::NAME,
            argument,
            expected,
            received: "none".to_owned(),
            hint: "a warm-up has both `warmup_target` and `warmup_steps`",
        };
        match (arguments.warmup_target, arguments.warmup_steps) {
            (Some(target), Some(steps)) => schedule.with_warmup(target, steps),
            (Some(_), None) => Err(missing("warmup_steps", "a whole number")),
            // Keras writes 0 steps where there is no warm-up.
            (None, None | Some(0)) => Ok(schedule),
            (None, Some(_)) => Err(missing("warmup_target", "a number above 0")),
        }
    }

    fn arguments(&self) -> Arguments {
        Arguments {
            initial_learning_rate: self.initial_learning_rate,
            decay_steps: self.decay_steps,
            alpha: changed(self.alpha, Self::ALPHA),
            warmup_target: self.warmup.map(|(target, _)| target),
            warmup_steps: self.warmup.map(|(_, steps)| steps),
        }
    }

    fn keras_class(&self) -> Option<&'static str> {
        Some("CosineDecay")
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Arguments {
    initial_learning_rate: f64,
    decay_steps: u64,
    alpha: Option<f64>,
    warmup_target: Option<f64>,
    warmup_steps: Option<u64>,
}
