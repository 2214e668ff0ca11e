//! The same rate at every step.

use firebrick_spec::number_text;

use crate::checks::positive;
use crate::error::{ScheduleError, TextProblem};
use crate::schedule::Schedule;
use crate::text::{Described, Fields};

/// The same learning rate at every step.
///
/// Its text form is `constant:RATE`.
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
        let rate = positive(Self::NAME, "rate", rate)?;
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
    const OPTIONS: &'static [&'static str] = &[];

    fn parse(fields: &Fields<'_>) -> Result<Self, TextProblem> {
        let rate = fields.value("RATE", "a number above 0")?;
        Ok(Self::new(rate)?)
    }

    fn write(&self, text: &mut String) {
        text.push_str(&number_text(self.rate));
    }
}
