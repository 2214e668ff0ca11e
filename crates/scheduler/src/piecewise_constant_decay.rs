//! A rate that changes at given steps.

use serde::{Deserialize, Serialize};

use crate::checks::positive;
use crate::described::Described;
use crate::error::ScheduleError;
use crate::schedule::Schedule;

/// One value up to and with the first boundary, the next up to and with the second, and so on,
/// `learning_rate(step) = values[number of boundaries below step]`.
///
/// Its text form is `piecewise-constant-decay:VALUE,VALUE…:boundaries=STEP,STEP…[:unit=step|epoch]`.
///
/// ```
/// # mod firebrick { pub use firebrick_scheduler::{burn, self as schedules}; }
/// use firebrick::schedules::{PiecewiseConstantDecay, Schedule, ScheduleError};
///
/// let schedule = PiecewiseConstantDecay::new([5, 12], [1.0, 0.5, 0.1])?;
/// let rates = [0, 5, 6, 12, 13].map(|step| schedule.learning_rate(step));
/// assert_eq!(rates, [1.0, 1.0, 0.5, 0.5, 0.1]);
/// # Ok::<(), ScheduleError>(())
/// ```
///
/// # Source
/// `keras.optimizers.schedules.PiecewiseConstantDecay` of Keras 3.15.
#[derive(Debug, Clone, PartialEq)]
pub struct PiecewiseConstantDecay {
    boundaries: Vec<u64>,
    values: Vec<f64>,
}

impl PiecewiseConstantDecay {
    /// The last step of every stretch but the last one, and the rate of every stretch.
    ///
    /// # Errors
    /// If there is no boundary, not one value more than boundaries, a boundary that is not above the one before, or
    /// a value that is not a finite number above 0.
    pub fn new(
        boundaries: impl Into<Vec<u64>>,
        values: impl Into<Vec<f64>>,
    ) -> Result<Self, ScheduleError> {
        let (boundaries, values) = (boundaries.into(), values.into());
        if boundaries.is_empty() || values.len() != boundaries.len() + 1 {
            return Err(ScheduleError::Argument {
                schedule: Self::NAME,
                argument: "values",
                expected: "1 value more than boundaries, of which there is at least 1",
                received: format!("{} values, {} boundaries", values.len(), boundaries.len()),
                hint: "give one value a stretch",
            });
        }
        for pair in boundaries.windows(2) {
            if pair[1] <= pair[0] {
                return Err(ScheduleError::Argument {
                    schedule: Self::NAME,
                    argument: "boundaries",
                    expected: "steps that rise",
                    received: format!("{} after {}", pair[1], pair[0]),
                    hint: "sort them and name each once",
                });
            }
        }
        for value in &values {
            positive(Self::NAME, "values", *value)?;
        }
        Ok(Self { boundaries, values })
    }
}

impl Schedule for PiecewiseConstantDecay {
    fn learning_rate(&self, step: u64) -> f64 {
        self.values[self.boundaries.partition_point(|boundary| *boundary < step)]
    }
}

impl Described for PiecewiseConstantDecay {
    const NAME: &'static str = "piecewise-constant-decay";
    const FORM: &'static str =
        "piecewise-constant-decay:VALUE,VALUE…:boundaries=STEP,STEP…[:unit=step|epoch]";
    type Arguments = Arguments;

    fn build(arguments: Arguments) -> Result<Self, ScheduleError> {
        Self::new(arguments.boundaries, arguments.values)
    }

    fn arguments(&self) -> Arguments {
        Arguments {
            values: self.values.clone(),
            boundaries: self.boundaries.clone(),
        }
    }

    fn keras_class(&self) -> Option<&'static str> {
        Some("PiecewiseConstantDecay")
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Arguments {
    values: Vec<f64>,
    boundaries: Vec<u64>,
}
