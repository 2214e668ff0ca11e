//! What the numbers of a schedule have to be, so that its rates are finite and not negative.

use crate::error::ScheduleError;

/// Checks a rate or a factor.
pub(crate) fn positive(
    schedule: &'static str,
    parameter: &'static str,
    received: f64,
) -> Result<f64, ScheduleError> {
    if received.is_finite() && received > 0.0 {
        Ok(received)
    } else {
        Err(ScheduleError::NotPositive {
            schedule,
            parameter,
            received,
        })
    }
}

/// Checks a rate that may be 0.
pub(crate) fn not_negative(
    schedule: &'static str,
    parameter: &'static str,
    received: f64,
) -> Result<f64, ScheduleError> {
    if received.is_finite() && received >= 0.0 {
        Ok(received)
    } else {
        Err(ScheduleError::OutOfRange {
            schedule,
            parameter,
            expected: "a finite number of at least 0",
            received,
            hint: "give a number such as 0.001",
        })
    }
}

/// Checks a share of a whole.
pub(crate) fn fraction(
    schedule: &'static str,
    parameter: &'static str,
    received: f64,
) -> Result<f64, ScheduleError> {
    if (0.0..=1.0).contains(&received) {
        Ok(received)
    } else {
        Err(ScheduleError::OutOfRange {
            schedule,
            parameter,
            expected: "a number from 0 to 1",
            received,
            hint: "give a fraction such as 0.1",
        })
    }
}

/// Checks a factor that makes nothing smaller.
pub(crate) fn at_least_one(
    schedule: &'static str,
    parameter: &'static str,
    received: f64,
) -> Result<f64, ScheduleError> {
    if received.is_finite() && received >= 1.0 {
        Ok(received)
    } else {
        Err(ScheduleError::OutOfRange {
            schedule,
            parameter,
            expected: "a finite number of at least 1",
            received,
            hint: "give a number such as 2",
        })
    }
}

/// Checks a number of steps.
pub(crate) fn some_steps(
    schedule: &'static str,
    parameter: &'static str,
    received: u64,
) -> Result<u64, ScheduleError> {
    if received == 0 {
        return Err(ScheduleError::NoSteps {
            schedule,
            parameter,
        });
    }
    Ok(received)
}
