//! A rate that falls along half a cosine again and again.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

use crate::checks::{at_least_one, fraction, positive, some_steps};
use crate::described::{Described, changed};
use crate::error::ScheduleError;
use crate::schedule::Schedule;

/// Falls along half a cosine, then restarts: period `i`, counted from 0, takes `first_decay_steps · t_mul^i` steps
/// and starts at `m_mul^i` of the initial rate. At the share `p` of period `i`,
/// `learning_rate = initial_learning_rate · ((1 - alpha) · m_mul^i · (1 + cos(π · p)) / 2 + alpha)`.
///
/// `t_mul` is 2, `m_mul` 1 and `alpha` 0 unless set. Its text form is
/// `cosine-decay-restarts:INITIAL:first_decay_steps=STEPS[:t_mul=FACTOR][:m_mul=FACTOR][:alpha=FRACTION][:unit=step|epoch]`.
///
/// ```
/// # mod firebrick { pub use firebrick_scheduler::{burn, self as schedules}; }
/// use firebrick::schedules::{CosineDecayRestarts, Schedule, ScheduleError};
///
/// let schedule = CosineDecayRestarts::new(1.0, 10)?.with_m_mul(0.5)?;
/// let rates = [0, 5, 10, 20, 30].map(|step| schedule.learning_rate(step));
/// assert_eq!(rates, [1.0, 0.5, 0.5, 0.25, 0.25]);
/// # Ok::<(), ScheduleError>(())
/// ```
///
/// # Source
/// `keras.optimizers.schedules.CosineDecayRestarts` of Keras 3.15; Loshchilov and Hutter, SGDR, 2016.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CosineDecayRestarts {
    initial_learning_rate: f64,
    first_decay_steps: u64,
    t_mul: f64,
    m_mul: f64,
    alpha: f64,
}

impl CosineDecayRestarts {
    const T_MUL: f64 = 2.0;
    const M_MUL: f64 = 1.0;
    const ALPHA: f64 = 0.0;

    /// From `initial_learning_rate` towards 0 in `first_decay_steps` steps, then in twice as many, and so on.
    ///
    /// # Errors
    /// If the rate is not a finite number above 0, or `first_decay_steps` is 0.
    pub fn new(initial_learning_rate: f64, first_decay_steps: u64) -> Result<Self, ScheduleError> {
        Ok(Self {
            initial_learning_rate: positive(
                Self::NAME,
                "initial_learning_rate",
                initial_learning_rate,
            )?,
            first_decay_steps: some_steps(Self::NAME, "first_decay_steps", first_decay_steps)?,
            t_mul: Self::T_MUL,
            m_mul: Self::M_MUL,
            alpha: Self::ALPHA,
        })
    }

    /// Makes every period so many times as long as the one before.
    ///
    /// # Errors
    /// If it is not a finite number of at least 1.
    pub fn with_t_mul(self, t_mul: f64) -> Result<Self, ScheduleError> {
        let t_mul = at_least_one(Self::NAME, "t_mul", t_mul)?;
        Ok(Self { t_mul, ..self })
    }

    /// Starts every period at so many times the rate of the one before. What a factor above 1 makes too large for a
    /// finite number is the largest one.
    ///
    /// # Errors
    /// If it is not a finite number above 0.
    pub fn with_m_mul(self, m_mul: f64) -> Result<Self, ScheduleError> {
        let m_mul = positive(Self::NAME, "m_mul", m_mul)?;
        Ok(Self { m_mul, ..self })
    }

    /// Never falls below this fraction of the initial rate.
    ///
    /// # Errors
    /// If it is not a number from 0 to 1.
    pub fn with_alpha(self, alpha: f64) -> Result<Self, ScheduleError> {
        let alpha = fraction(Self::NAME, "alpha", alpha)?;
        Ok(Self { alpha, ..self })
    }

    /// The number of the period, counted from 0, and the share of it that is over.
    fn period(&self, step: u64) -> (f64, f64) {
        let first = self.first_decay_steps;
        let longer = self.t_mul - 1.0;
        if longer == 0.0 {
            return ((step / first) as f64, (step % first) as f64 / first as f64);
        }
        // In lengths of the first period: where the step is, and where a period begins.
        let at = step as f64 / first as f64;
        let begin = |period: f64| (self.t_mul.powf(period) - 1.0) / longer;
        let logarithm = (at * longer).min(f64::MAX).ln_1p() / longer.ln_1p();
        let mut period = logarithm.floor();
        // A logarithm may fall just beside the whole number that a restart is at.
        if begin(period + 1.0) <= at {
            period += 1.0;
        } else if begin(period) > at {
            period -= 1.0;
        }
        let share = (at - begin(period)) / self.t_mul.powf(period);
        (period, share.clamp(0.0, 1.0))
    }
}

impl Schedule for CosineDecayRestarts {
    fn learning_rate(&self, step: u64) -> f64 {
        let (period, share) = self.period(step);
        let highest = self.m_mul.powf(period).min(f64::MAX);
        let cosine = 0.5 * highest * (1.0 + (PI * share).cos());
        let rate = self.initial_learning_rate * ((1.0 - self.alpha) * cosine + self.alpha);
        rate.min(f64::MAX)
    }
}

impl Described for CosineDecayRestarts {
    const NAME: &'static str = "cosine-decay-restarts";
    const FORM: &'static str = "cosine-decay-restarts:INITIAL:first_decay_steps=STEPS\
        [:t_mul=FACTOR][:m_mul=FACTOR][:alpha=FRACTION][:unit=step|epoch]";
    type Arguments = Arguments;

    fn build(arguments: Arguments) -> Result<Self, ScheduleError> {
        let initial = arguments.initial_learning_rate;
        Self::new(initial, arguments.first_decay_steps)?
            .with_t_mul(arguments.t_mul.unwrap_or(Self::T_MUL))?
            .with_m_mul(arguments.m_mul.unwrap_or(Self::M_MUL))?
            .with_alpha(arguments.alpha.unwrap_or(Self::ALPHA))
    }

    fn arguments(&self) -> Arguments {
        Arguments {
            initial_learning_rate: self.initial_learning_rate,
            first_decay_steps: self.first_decay_steps,
            t_mul: changed(self.t_mul, Self::T_MUL),
            m_mul: changed(self.m_mul, Self::M_MUL),
            alpha: changed(self.alpha, Self::ALPHA),
        }
    }

    fn keras_class(&self) -> Option<&'static str> {
        Some("CosineDecayRestarts")
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Arguments {
    initial_learning_rate: f64,
    first_decay_steps: u64,
    t_mul: Option<f64>,
    m_mul: Option<f64>,
    alpha: Option<f64>,
}
