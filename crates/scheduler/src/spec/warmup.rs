//! A rise from 0 before any other schedule.

use super::{Known, ScheduleSpec, ScheduleUnit};
use crate::checks::some_steps;
use crate::error::{ScheduleError, TextProblem};
use crate::schedule::Schedule;
use crate::text::{Described, Fields};

/// Rises in a straight line from 0 to the first rate of another schedule, which then starts:
/// `learning_rate(step) = schedule(0) · step / warmup_steps` below `warmup_steps`, then `schedule(step - warmup_steps)`.
///
/// The warm-up counts what its schedule counts, steps or epochs. Its text form is `warmup:STEPS:SCHEDULE` with the
/// whole form of the other schedule; a unit in it holds for both.
///
/// ```
/// # mod firebrick { pub use firebrick_scheduler::{burn, self as schedules}; }
/// use firebrick::schedules::{ScheduleError, TimeBased, Warmup};
///
/// let spec = Warmup::before(4, TimeBased::new(2)?)?;
/// let schedule = spec.build(1)?;
/// let rates = [0, 1, 2, 3, 4, 5].map(|step| schedule.learning_rate(step));
/// assert_eq!(rates, [0.0, 0.5, 1.0, 1.5, 2.0, 1.0]);
/// assert_eq!(spec, "warmup:4:time-based:2".parse()?);
/// # Ok::<(), ScheduleError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Warmup {
    warmup_steps: u64,
    schedule: Box<Known>,
}

impl Warmup {
    /// Warms up in `warmup_steps` steps, or epochs if `schedule` counts those.
    ///
    /// # Errors
    /// If `warmup_steps` is 0, or `schedule` is a warm-up itself.
    pub fn before(
        warmup_steps: u64,
        schedule: impl Into<ScheduleSpec>,
    ) -> Result<ScheduleSpec, ScheduleError> {
        let spec = schedule.into();
        let unit = spec.unit();
        Ok(ScheduleSpec::new(
            Self::new(warmup_steps, spec.into_schedule())?,
            unit,
        ))
    }

    fn new(warmup_steps: u64, schedule: Known) -> Result<Self, ScheduleError> {
        if matches!(schedule, Known::Warmup(_)) {
            return Err(ScheduleError::NestedWarmup {
                schedule: Self::NAME,
                received: ScheduleSpec::new(schedule, ScheduleUnit::Step).to_string(),
            });
        }
        Ok(Self {
            warmup_steps: some_steps(Self::NAME, "warmup_steps", warmup_steps)?,
            schedule: Box::new(schedule),
        })
    }
}

impl Schedule for Warmup {
    fn learning_rate(&self, step: u64) -> f64 {
        match step.checked_sub(self.warmup_steps) {
            Some(step) => self.schedule.learning_rate(step),
            None => self.schedule.learning_rate(0) * (step as f64 / self.warmup_steps as f64),
        }
    }
}

impl Described for Warmup {
    const NAME: &'static str = "warmup";
    const FORM: &'static str = "warmup:STEPS:SCHEDULE";
    const OPTIONS: &'static [&'static str] = &["unit"];
    const PRECEDES: bool = true;

    fn parse(fields: &Fields<'_>) -> Result<Self, TextProblem> {
        let warmup_steps = fields.value("STEPS", "a whole number from 1")?;
        let following = fields.following().ok_or(TextProblem::MissingValue {
            what: "SCHEDULE",
            expected: "another schedule, such as constant:0.1",
        })?;
        // Also ends the recursion, however long the text is.
        if following.split(':').next() == Some(Self::NAME) {
            return Err(ScheduleError::NestedWarmup {
                schedule: Self::NAME,
                received: following,
            }
            .into());
        }
        let (schedule, _) = Known::parse(&following)?;
        Ok(Self::new(warmup_steps, schedule)?)
    }

    fn write(&self, text: &mut String) {
        text.push_str(&self.warmup_steps.to_string());
        text.push(':');
        self.schedule.write(text);
    }
}
