//! The description of a schedule, and the list of all schedules; a warm-up, which holds any other, lies beside it.

mod warmup;

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;
use std::sync::Arc;

use firebrick_spec::nearest_name;
use serde::{Deserialize, Serialize};

use crate::constant::Constant;
use crate::cosine_decay::CosineDecay;
use crate::cosine_decay_restarts::CosineDecayRestarts;
use crate::error::{ScheduleError, TextProblem};
use crate::exponential_decay::ExponentialDecay;
use crate::inverse_time_decay::InverseTimeDecay;
use crate::one_cycle::OneCycle;
use crate::per_epoch::PerEpoch;
use crate::piecewise_constant_decay::PiecewiseConstantDecay;
use crate::polynomial_decay::PolynomialDecay;
use crate::schedule::Schedule;
use crate::text::{Described, Fields};
use crate::time_based::TimeBased;
pub use warmup::Warmup;

/// Writes the enum of all schedules and what has to know every one of them.
macro_rules! known_schedules {
    ($($schedule:ident $(($per_epoch:ident))?),+ $(,)?) => {
        /// Any of the schedules that have a text form.
        #[derive(Debug, Clone, PartialEq)]
        pub(crate) enum Known {
            $($schedule($schedule),)+
        }

        impl Known {
            const NAMES: &'static [&'static str] = &[$($schedule::NAME),+];
            const FORMS: &'static [&'static str] = &[$($schedule::FORM),+];

            /// Reads a text form, the unit apart.
            pub(crate) fn parse(text: &str) -> Result<(Self, ScheduleUnit), TextProblem> {
                let (name, rest) = name_and_rest(text);
                match name {
                    $($schedule::NAME => {
                        let fields = Fields::split::<$schedule>(rest)?;
                        let unit = fields.option("unit", ScheduleUnit::EXPECTED)?;
                        let schedule = Self::$schedule($schedule::parse(&fields)?);
                        Ok((schedule, unit.unwrap_or_default()))
                    })+
                    _ => Err(unknown(name)),
                }
            }

            fn name(&self) -> &'static str {
                match self {
                    $(Self::$schedule(_) => $schedule::NAME,)+
                }
            }

            /// Writes the text form without the unit.
            pub(crate) fn write(&self, text: &mut String) {
                text.push_str(self.name());
                text.push(':');
                match self {
                    $(Self::$schedule(schedule) => schedule.write(text),)+
                }
            }

            fn build(&self) -> Arc<dyn Schedule> {
                match self {
                    $(Self::$schedule(schedule) => Arc::new(schedule.clone()),)+
                }
            }
        }

        impl Schedule for Known {
            fn learning_rate(&self, step: u64) -> f64 {
                match self {
                    $(Self::$schedule(schedule) => schedule.learning_rate(step),)+
                }
            }
        }

        $(
            impl From<$schedule> for Known {
                fn from(schedule: $schedule) -> Self {
                    Self::$schedule(schedule)
                }
            }

            impl From<$schedule> for ScheduleSpec {
                fn from(schedule: $schedule) -> Self {
                    Self::new(schedule, ScheduleUnit::Step)
                }
            }

            $(
                impl $schedule {
                    /// Counts epochs instead of optimizer steps.
                    ///
                    /// How many steps an epoch has is known when fitting only, so this is the end of the description:
                    /// [`ScheduleSpec::build`] makes the schedule.
                    pub fn $per_epoch(self) -> ScheduleSpec {
                        ScheduleSpec::new(self, ScheduleUnit::Epoch)
                    }
                }
            )?
        )+
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ScheduleUnit {
    /// Optimizer steps.
    #[default]
    Step,
    /// Epochs.
    Epoch,
}

impl ScheduleUnit {
    const EXPECTED: &'static str = "`step` or `epoch`";
}

impl FromStr for ScheduleUnit {
    type Err = TextProblem;

    fn from_str(text: &str) -> Result<Self, TextProblem> {
        match text {
            "step" => Ok(Self::Step),
            "epoch" => Ok(Self::Epoch),
            _ => Err(TextProblem::InvalidValue {
                what: "unit",
                expected: Self::EXPECTED,
                received: text.to_owned(),
            }),
        }
    }
}

/// The description of a schedule, checked but not yet running.
///
/// It is written and read as text (`time-based:10`, `time-based:10:scale=0.01:unit=epoch`, `constant:0.01`),
/// also by serde, and made from a schedule by [`From`] or by [`TimeBased::per_epoch`].
/// [`FORMS`](Self::FORMS) lists all forms.
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ScheduleSpec {
    schedule: Known,
    unit: ScheduleUnit,
}

impl ScheduleSpec {
    /// The names of all schedules.
    pub const NAMES: &'static [&'static str] = Known::NAMES;

    /// The text forms of all schedules; what stands in brackets can be left out.
    pub const FORMS: &'static [&'static str] = Known::FORMS;

    /// The forms of the schedules that `text` names, or all of them where a name is the problem.
    fn forms_for(text: &str, problem: &TextProblem) -> Vec<&'static str> {
        if matches!(problem, TextProblem::UnknownName { .. }) {
            return Self::FORMS.to_vec();
        }
        let forms = Self::NAMES.iter().zip(Self::FORMS);
        let named = forms.filter(|(name, _)| text.split(':').any(|field| field == **name));
        named.map(|(_, form)| *form).collect()
    }

    pub(crate) fn new(schedule: impl Into<Known>, unit: ScheduleUnit) -> Self {
        Self {
            schedule: schedule.into(),
            unit,
        }
    }

    /// The schedule, without what it counts.
    pub(crate) fn into_schedule(self) -> Known {
        self.schedule
    }

    /// The name of the schedule, e.g. `time-based`.
    pub fn name(&self) -> &'static str {
        self.schedule.name()
    }

    /// What the schedule counts.
    pub fn unit(&self) -> ScheduleUnit {
        self.unit
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

impl fmt::Display for ScheduleSpec {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.schedule.write(&mut text);
        if self.unit == ScheduleUnit::Epoch {
            text.push_str(":unit=epoch");
        }
        formatter.pad(&text)
    }
}

impl FromStr for ScheduleSpec {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        match Known::parse(text) {
            Ok((schedule, unit)) => Ok(Self { schedule, unit }),
            Err(problem) => Err(ScheduleError::Text {
                text: text.to_owned(),
                forms: Self::forms_for(text, &problem),
                problem,
            }),
        }
    }
}

impl TryFrom<String> for ScheduleSpec {
    type Error = ScheduleError;

    fn try_from(text: String) -> Result<Self, ScheduleError> {
        text.parse()
    }
}

impl From<ScheduleSpec> for String {
    fn from(spec: ScheduleSpec) -> Self {
        spec.to_string()
    }
}

/// What stands before and after the first colon.
fn name_and_rest(text: &str) -> (&str, Option<&str>) {
    match text.split_once(':') {
        Some((name, rest)) => (name, Some(rest)),
        None => (text, None),
    }
}

/// The problem of an unknown name, with the nearest known one.
fn unknown(name: &str) -> TextProblem {
    TextProblem::UnknownName {
        name: name.to_owned(),
        nearest: nearest_name(name, Known::NAMES),
    }
}
