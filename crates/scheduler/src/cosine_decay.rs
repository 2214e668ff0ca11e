//! A rate that falls along half a cosine, after a warm-up if wanted.

use std::f64::consts::PI;

use firebrick_spec::number_text;

use crate::checks::{fraction, not_negative, positive, some_steps};
use crate::error::{ScheduleError, TextProblem};
use crate::schedule::Schedule;
use crate::text::{Described, Fields, write_changed, write_option};

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
    const OPTIONS: &'static [&'static str] = &[
        "decay_steps",
        "alpha",
        "warmup_target",
        "warmup_steps",
        "unit",
    ];

    fn parse(fields: &Fields<'_>) -> Result<Self, TextProblem> {
        let mut schedule = Self::new(
            fields.value("INITIAL", "a number from 0")?,
            fields.required("decay_steps", "a whole number from 1")?,
        )?;
        if let Some(alpha) = fields.option("alpha", "a number from 0 to 1")? {
            schedule = schedule.with_alpha(alpha)?;
        }
        if fields.has("warmup_target") || fields.has("warmup_steps") {
            schedule = schedule.with_warmup(
                fields.required("warmup_target", "a number above 0")?,
                fields.required("warmup_steps", "a whole number")?,
            )?;
        }
        Ok(schedule)
    }

    fn write(&self, text: &mut String) {
        text.push_str(&number_text(self.initial_learning_rate));
        write_option(text, "decay_steps", self.decay_steps);
        write_changed(text, "alpha", self.alpha, Self::ALPHA);
        if let Some((target, steps)) = self.warmup {
            write_option(text, "warmup_target", number_text(target));
            write_option(text, "warmup_steps", steps);
        }
    }
}
