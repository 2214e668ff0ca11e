//! A rate that falls by one at every step.

use serde::{Deserialize, Serialize};

use crate::checks::positive;
use crate::described::{Described, changed};
use crate::error::ScheduleError;
use crate::schedule::Schedule;

/// Falls by 1 at every step and stays at 1, `learning_rate(step) = scale · max(initial - step, 1)`.
///
/// The initial rate is a positive whole number; [`with_scale`](Self::with_scale) brings the same staircase into
/// the range of a usual optimizer, [`per_epoch`](Self::per_epoch) takes a stair an epoch. Its text form is
/// `time-based:INITIAL[:scale=FACTOR][:unit=step|epoch]`.
///
/// ```
/// # mod firebrick { pub use firebrick_scheduler::{burn, self as schedules}; }
/// use firebrick::schedules::{Schedule, ScheduleError, TimeBased};
///
/// let schedule = TimeBased::new(3)?;
/// let rates: Vec<f64> = (0..5).map(|step| schedule.learning_rate(step)).collect();
/// assert_eq!(rates, [3.0, 2.0, 1.0, 1.0, 1.0]);
///
/// let scaled = schedule.with_scale(0.5)?;
/// assert_eq!(scaled.learning_rate(0), 1.5);
///
/// assert_eq!(scaled.per_epoch().to_string(), "time-based:3:scale=0.5:unit=epoch");
/// # Ok::<(), ScheduleError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeBased {
    initial: u32,
    scale: f64,
}

impl TimeBased {
    /// Starts at `initial`, with a scale of 1.
    ///
    /// # Errors
    /// If `initial` is 0.
    pub fn new(initial: u32) -> Result<Self, ScheduleError> {
        if initial == 0 {
            return Err(ScheduleError::Argument {
                schedule: Self::NAME,
                argument: "initial",
                expected: "a whole number of at least 1",
                received: initial.to_string(),
                hint: "start at 1 or above and use `scale` for smaller rates",
            });
        }
        Ok(Self {
            initial,
            scale: 1.0,
        })
    }

    /// Multiplies every rate by `scale`.
    ///
    /// # Errors
    /// If `scale` is not a finite number above 0, or so large that the initial rate is not finite.
    pub fn with_scale(self, scale: f64) -> Result<Self, ScheduleError> {
        let scale = positive(Self::NAME, "scale", scale)?;
        if !(f64::from(self.initial) * scale).is_finite() {
            return Err(ScheduleError::Argument {
                schedule: Self::NAME,
                argument: "scale",
                expected: "one that leaves the initial rate finite",
                received: format!("{scale:e} with an initial rate of {}", self.initial),
                hint: "give a smaller scale",
            });
        }
        Ok(Self { scale, ..self })
    }
}

impl Schedule for TimeBased {
    fn learning_rate(&self, step: u64) -> f64 {
        // A step beyond `u32` has long arrived at 1.
        let fallen = u32::try_from(step).unwrap_or(u32::MAX);
        f64::from(self.initial.saturating_sub(fallen).max(1)) * self.scale
    }
}

impl Described for TimeBased {
    const NAME: &'static str = "time-based";
    const FORM: &'static str = "time-based:INITIAL[:scale=FACTOR][:unit=step|epoch]";
    type Arguments = Arguments;

    fn build(arguments: Arguments) -> Result<Self, ScheduleError> {
        let schedule = Self::new(arguments.initial)?;
        match arguments.scale {
            Some(scale) => schedule.with_scale(scale),
            None => Ok(schedule),
        }
    }

    fn arguments(&self) -> Arguments {
        Arguments {
            initial: self.initial,
            scale: changed(self.scale, 1.0),
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Arguments {
    initial: u32,
    scale: Option<f64>,
}
