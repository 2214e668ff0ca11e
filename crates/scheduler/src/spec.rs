//! The description of a schedule, and the list of all schedules; a warm-up, which holds any other, lies beside it.

mod text_form;
mod warmup;

use std::num::NonZeroU64;
use std::sync::Arc;

use firebrick_spec::registry;
use serde::Deserialize;

use crate::constant::Constant;
use crate::cosine_decay::CosineDecay;
use crate::cosine_decay_restarts::CosineDecayRestarts;
use crate::described::Described;
use crate::error::ScheduleError;
use crate::exponential_decay::ExponentialDecay;
use crate::inverse_time_decay::InverseTimeDecay;
use crate::one_cycle::OneCycle;
use crate::per_epoch::PerEpoch;
use crate::piecewise_constant_decay::PiecewiseConstantDecay;
use crate::polynomial_decay::PolynomialDecay;
use crate::schedule::Schedule;
use crate::time_based::TimeBased;
pub use warmup::Warmup;

/// Writes the enum of all schedules and what has to know every one of them.
macro_rules! known_schedules {
    ($($schedule:ident $(($per_epoch:ident))?),+ $(,)?) => {
        registry! {
            /// Any of the schedules.
            #[derive(Debug, Clone, PartialEq)]
            pub(crate) enum Known: "schedule", each_schedule => ScheduleSpec; through Described {
                $($schedule: $schedule::NAME;)+
            }
        }

        impl Known {
            const FORMS: &'static [&'static str] = &[$($schedule::FORM),+];
        }

        $($(
            impl $schedule {
                /// Counts epochs instead of optimizer steps.
                ///
                /// How many steps an epoch has is known when fitting only, so this is the end of the description:
                /// [`ScheduleSpec::build`] makes the schedule.
                pub fn $per_epoch(self) -> ScheduleSpec {
                    ScheduleSpec {
                        schedule: self.into(),
                        unit: ScheduleUnit::Epoch,
                    }
                }
            }
        )?)+
    };
}

// The list: a new schedule is a file of its own and its name here, with `(per_epoch)` if it may count epochs.
known_schedules!(
    Constant,
    TimeBased(per_epoch),
    ExponentialDecay(per_epoch),
    InverseTimeDecay(per_epoch),
    PolynomialDecay(per_epoch),
    CosineDecay(per_epoch),
    CosineDecayRestarts(per_epoch),
    PiecewiseConstantDecay(per_epoch),
    OneCycle(per_epoch),
    Warmup,
);

/// What a schedule counts.
///
/// ```
/// # mod firebrick { pub use firebrick_scheduler as schedules; }
/// use firebrick::schedules::{Schedule, ScheduleSpec, ScheduleUnit};
///
/// let spec: ScheduleSpec = "time-based:3:unit=epoch".parse()?;
/// assert_eq!(spec.unit(), ScheduleUnit::Epoch);
/// // An epoch of ten steps.
/// let rates = spec.build(10)?;
/// assert_eq!((rates.learning_rate(9), rates.learning_rate(10)), (3.0, 2.0));
/// # Ok::<(), firebrick::schedules::ScheduleError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScheduleUnit {
    /// Optimizer steps.
    #[default]
    Step,
    /// Epochs.
    Epoch,
}

/// The description of a schedule, checked but not yet running.
///
/// It is written and read as text (`time-based:10`, `time-based:10:scale=0.01:unit=epoch`, `constant:0.01`), read from a
/// table of its arguments too ([`from_spec`](Self::from_spec)), and made from a schedule by [`From`] or by
/// [`TimeBased::per_epoch`]. [`FORMS`](Self::FORMS) lists all texts.
///
/// ```
/// # mod firebrick { pub use firebrick_scheduler::{burn, self as schedules}; }
/// use firebrick::schedules::{Constant, ScheduleError, ScheduleSpec, TimeBased};
///
/// let spec: ScheduleSpec = "constant:0.01".parse()?;
/// assert_eq!(spec, Constant::new(0.01)?.into());
/// assert_eq!(spec.to_string(), "constant:0.01");
///
/// let spec: ScheduleSpec = "time-based:10:unit=epoch".parse()?;
/// assert_eq!(spec, TimeBased::new(10)?.per_epoch());
/// # Ok::<(), ScheduleError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ScheduleSpec {
    schedule: Known,
    unit: ScheduleUnit,
}

impl Known {
    #[allow(clippy::clone_on_copy, reason = "not every schedule is Copy")]
    fn build(&self) -> Arc<dyn Schedule> {
        each_schedule!(self, schedule => Arc::new(schedule.clone()))
    }

    fn keras_class(&self) -> Option<&'static str> {
        each_schedule!(self, schedule => schedule.keras_class())
    }

    fn num_placed(&self) -> usize {
        each_schedule!(self, schedule => schedule.num_placed())
    }
}

impl Schedule for Known {
    fn learning_rate(&self, step: u64) -> f64 {
        each_schedule!(self, schedule => schedule.learning_rate(step))
    }
}

impl From<Known> for ScheduleSpec {
    fn from(schedule: Known) -> Self {
        let unit = match &schedule {
            Known::Warmup(warmup) => warmup.unit(),
            _ => ScheduleUnit::Step,
        };
        Self { schedule, unit }
    }
}

impl ScheduleSpec {
    /// The names of all schedules.
    pub const NAMES: &'static [&'static str] = Known::NAMES;

    /// The text forms of all schedules; what stands in brackets can be left out.
    pub const FORMS: &'static [&'static str] = Known::FORMS;

    /// The name of the schedule, e.g. `time-based`.
    pub fn name(&self) -> &'static str {
        self.schedule.listed_name()
    }

    /// What the schedule counts.
    pub fn unit(&self) -> ScheduleUnit {
        self.unit
    }

    /// The rate of every step, if it is the same.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_scheduler::{burn, self as schedules}; }
    /// use firebrick::schedules::{Constant, ScheduleError, ScheduleSpec, TimeBased};
    ///
    /// assert_eq!(ScheduleSpec::from(Constant::new(0.1)?).constant_rate(), Some(0.1));
    /// assert_eq!(ScheduleSpec::from(TimeBased::new(3)?).constant_rate(), None);
    /// # Ok::<(), ScheduleError>(())
    /// ```
    pub fn constant_rate(&self) -> Option<f64> {
        match &self.schedule {
            Known::Constant(constant) => Some(constant.learning_rate(0)),
            _ => None,
        }
    }

    /// Makes the schedule, a function of the optimizer step, for epochs of `steps_per_epoch` optimizer steps.
    ///
    /// # Errors
    /// If the schedule counts epochs and `steps_per_epoch` is 0.
    pub fn build(&self, steps_per_epoch: u64) -> Result<Arc<dyn Schedule>, ScheduleError> {
        let schedule = self.schedule.build();
        match self.unit {
            ScheduleUnit::Step => Ok(schedule),
            ScheduleUnit::Epoch => {
                let steps_per_epoch = NonZeroU64::new(steps_per_epoch).ok_or_else(|| {
                    ScheduleError::StepsPerEpoch {
                        schedule: self.to_string(),
                    }
                })?;
                Ok(Arc::new(PerEpoch {
                    schedule,
                    steps_per_epoch,
                }))
            }
        }
    }
}
