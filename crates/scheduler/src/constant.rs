//! The same rate at every step.

use serde::{Deserialize, Serialize};

use crate::checks::positive;
use crate::described::Described;
use crate::error::ScheduleError;
use crate::schedule::Schedule;

/// The same learning rate at every step.
///
/// Its text form is `constant:RATE`, its argument in files `learning_rate`.
///
/// ```
/// # mod firebrick { pub use firebrick_scheduler::{burn, self as schedules}; }
/// use firebrick::schedules::{Constant, Schedule, ScheduleError};
///
/// let schedule = Constant::new(0.01)?;
/// assert_eq!(schedule.learning_rate(0), 0.01);
/// assert_eq!(schedule.learning_rate(1_000_000), 0.01);
/// # Ok::<(), ScheduleError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Constant {
    rate: f64,
}

impl Constant {
    /// The learning rate `rate`.
    ///
    /// # Errors
    /// If `rate` is not a finite number above 0.
    pub fn new(rate: f64) -> Result<Self, ScheduleError> {
        let rate = positive(Self::NAME, "learning_rate", rate)?;
        Ok(Self { rate })
    }
}

impl Schedule for Constant {
    fn learning_rate(&self, _step: u64) -> f64 {
        self.rate
    }
}

impl Described for Constant {
    const NAME: &'static str = "constant";
    const FORM: &'static str = "constant:RATE";
    type Arguments = Arguments;

    fn build(arguments: Arguments) -> Result<Self, ScheduleError> {
        Self::new(arguments.learning_rate)
    }

    fn arguments(&self) -> Arguments {
        Arguments {
            learning_rate: self.rate,
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Arguments {
    learning_rate: f64,
}
