//! A rate that falls by one at every step.

use crate::checks::positive;
use crate::error::{ScheduleError, TextProblem};
use crate::schedule::Schedule;
use crate::text::{Described, Fields, write_changed};

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
            return Err(ScheduleError::InitialRate {
                schedule: Self::NAME,
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
            return Err(ScheduleError::RateOverflow {
                schedule: Self::NAME,
                initial: self.initial,
                scale,
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
    const OPTIONS: &'static [&'static str] = &["scale", "unit"];

    fn parse(fields: &Fields<'_>) -> Result<Self, TextProblem> {
        let initial = fields.value("INITIAL", "a whole number from 1 to 4294967295")?;
        let schedule = Self::new(initial)?;
        match fields.option("scale", "a number above 0")? {
            Some(scale) => Ok(schedule.with_scale(scale)?),
            None => Ok(schedule),
        }
    }

    fn write(&self, text: &mut String) {
        text.push_str(&self.initial.to_string());
        write_changed(text, "scale", self.scale, 1.0);
    }
}
