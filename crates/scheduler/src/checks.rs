//! What the numbers of a schedule have to be, so that its rates are finite and not negative.

use firebrick_spec::number_text;

use crate::error::ScheduleError;

/// What a number has to be, and what to do where it is not.
struct Range {
    holds: fn(f64) -> bool,
    expected: &'static str,
    hint: &'static str,
}

impl Range {
    fn check(
        &self,
        schedule: &'static str,
        argument: &'static str,
        received: f64,
    ) -> Result<f64, ScheduleError> {
        if received.is_finite() && (self.holds)(received) {
            return Ok(received);
        }
        Err(ScheduleError::Argument {
            schedule,
            argument,
            expected: self.expected,
            received: number_text(received),
            hint: self.hint,
        })
    }
}

/// Checks a rate or a factor.
pub(crate) fn positive(
    schedule: &'static str,
    argument: &'static str,
    received: f64,
) -> Result<f64, ScheduleError> {
    const RANGE: Range = Range {
        holds: |number| number > 0.0,
        expected: "a finite number above 0",
        hint: "give a number such as 0.01",
    };
    RANGE.check(schedule, argument, received)
}

/// Checks a rate that may be 0.
pub(crate) fn not_negative(
    schedule: &'static str,
    argument: &'static str,
    received: f64,
) -> Result<f64, ScheduleError> {
    const RANGE: Range = Range {
        holds: |number| number >= 0.0,
        expected: "a finite number of at least 0",
        hint: "give a number such as 0.001",
    };
    RANGE.check(schedule, argument, received)
}

/// Checks a share of a whole.
pub(crate) fn fraction(
    schedule: &'static str,
    argument: &'static str,
    received: f64,
) -> Result<f64, ScheduleError> {
    const RANGE: Range = Range {
        holds: |number| (0.0..=1.0).contains(&number),
        expected: "a number from 0 to 1",
        hint: "give a fraction such as 0.1",
    };
    RANGE.check(schedule, argument, received)
}

/// Checks a factor that makes nothing smaller.
pub(crate) fn at_least_one(
    schedule: &'static str,
    argument: &'static str,
    received: f64,
) -> Result<f64, ScheduleError> {
    const RANGE: Range = Range {
        holds: |number| number >= 1.0,
        expected: "a finite number of at least 1",
        hint: "give a number such as 2",
    };
    RANGE.check(schedule, argument, received)
}

/// Checks a number of steps.
pub(crate) fn some_steps(
    schedule: &'static str,
    argument: &'static str,
    received: u64,
) -> Result<u64, ScheduleError> {
    if received == 0 {
        return Err(ScheduleError::Argument {
            schedule,
            argument,
            expected: "at least 1",
            received: received.to_string(),
            hint: "give the number of steps to spread the change over",
        });
    }
    Ok(received)
}
