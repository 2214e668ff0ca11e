//! A rise from 0 before any other schedule.

use firebrick_spec::{Spec, SpecError, SpecProblem};
use serde::{Deserialize, Serialize};

use super::{Known, ScheduleSpec, ScheduleUnit};
use crate::checks::some_steps;
use crate::described::Described;
use crate::error::ScheduleError;
use crate::schedule::Schedule;

/// Rises in a straight line from 0 to the first rate of another schedule, which then starts:
/// `learning_rate(step) = schedule(0) · step / warmup_steps` below `warmup_steps`, then `schedule(step - warmup_steps)`.
///
/// The warm-up counts what its schedule counts, steps or epochs. Its text form is `warmup:STEPS:SCHEDULE` with the
/// whole form of the other schedule; a unit in it holds for both. In a table the other one is the argument `before`:
/// `{ name = "warmup", warmup_steps = 4, before = { name = "time-based", initial = 2 } }`.
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
    schedule: Box<ScheduleSpec>,
}

impl Warmup {
    const BEFORE: &'static str = "before";

    /// Warms up in `warmup_steps` steps, or epochs if `schedule` counts those.
    ///
    /// # Errors
    /// If `warmup_steps` is 0, or `schedule` is a warm-up itself.
    pub fn before(
        warmup_steps: u64,
        schedule: impl Into<ScheduleSpec>,
    ) -> Result<ScheduleSpec, ScheduleError> {
        let before = schedule.into();
        Self::build(Arguments {
            warmup_steps,
            before,
        })
        .map(ScheduleSpec::from)
    }

    /// What its schedule counts.
    pub(super) fn unit(&self) -> ScheduleUnit {
        self.schedule.unit
    }

    /// Lets its schedule count the same as the whole.
    pub(super) fn set_unit(&mut self, unit: ScheduleUnit) {
        self.schedule.unit = unit;
    }
}

impl Schedule for Warmup {
    fn learning_rate(&self, step: u64) -> f64 {
        let schedule = &self.schedule.schedule;
        match step.checked_sub(self.warmup_steps) {
            Some(step) => schedule.learning_rate(step),
            None => schedule.learning_rate(0) * (step as f64 / self.warmup_steps as f64),
        }
    }
}

impl Described for Warmup {
    const NAME: &'static str = "warmup";
    const FORM: &'static str = "warmup:STEPS:SCHEDULE";
    type Arguments = Arguments;

    fn build(arguments: Arguments) -> Result<Self, ScheduleError> {
        let Arguments {
            warmup_steps,
            before: schedule,
        } = arguments;
        if let Known::Warmup(_) = schedule.schedule {
            return Err(ScheduleError::Argument {
                schedule: Self::NAME,
                argument: Self::BEFORE,
                expected: NO_WARMUP,
                received: format!("`{schedule}`"),
                hint: ONE_WARMUP,
            });
        }
        Ok(Self {
            warmup_steps: some_steps(Self::NAME, "warmup_steps", warmup_steps)?,
            schedule: Box::new(schedule),
        })
    }

    fn arguments(&self) -> Arguments {
        let mut before = self.schedule.as_ref().clone();
        // The unit of the whole says it.
        before.unit = ScheduleUnit::Step;
        Arguments {
            warmup_steps: self.warmup_steps,
            before,
        }
    }

    fn num_placed(&self) -> usize {
        2
    }

    /// In `warmup:STEPS:SCHEDULE` all that follows the name of the other schedule is an argument of that one.
    fn from_spec(spec: &Spec, thing: &str) -> Result<Self, SpecError> {
        let mut rest = spec.clone();
        let missing = |argument: &str| {
            let problem = SpecProblem::MissingArgument {
                thing: thing.to_owned(),
                argument: argument.to_owned(),
                known: Self::argument_names(),
            };
            SpecError::new(problem, spec.at())
        };
        let warmup_steps = rest.take_as::<u64>(thing, "warmup_steps")?;
        let warmup_steps = warmup_steps.ok_or_else(|| missing("warmup_steps"))?;
        let inner = rest.take(Self::BEFORE);
        let inner = inner.ok_or_else(|| missing(Self::BEFORE))?;
        let at = inner.at;
        let inner = Spec::from_value(inner.value, Known::KIND)
            .map_err(|error| error.or_at(at))?
            .or_at(at)
            .with_arguments(rest.arguments().to_vec());
        // Also ends the recursion, however deep the text is.
        if Known::find(inner.name()).is_ok_and(|(name, _)| name == Self::NAME) {
            let problem = SpecProblem::RefusedArgument {
                thing: thing.to_owned(),
                argument: Self::BEFORE.to_owned(),
                reason: format!("expected {NO_WARMUP}, received another one; {ONE_WARMUP}"),
            };
            return Err(SpecError::new(problem, at));
        }
        let arguments = Arguments {
            warmup_steps,
            before: ScheduleSpec::from_spec(&inner)?,
        };
        Self::build(arguments).map_err(|error| error.about(thing, spec))
    }
}

const NO_WARMUP: &str = "a schedule that is no warm-up itself";
const ONE_WARMUP: &str = "make it one longer warm-up";

#[derive(Serialize, Deserialize)]
pub(crate) struct Arguments {
    warmup_steps: u64,
    before: ScheduleSpec,
}
