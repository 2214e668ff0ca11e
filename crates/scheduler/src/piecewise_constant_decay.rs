//! A rate that changes at given steps.

use firebrick_spec::number_text;

use crate::checks::positive;
use crate::error::{ScheduleError, TextProblem};
use crate::schedule::Schedule;
use crate::text::{Described, Fields, List, write_option};

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
        if boundaries.is_empty() || values.len() - 1 != boundaries.len() {
            return Err(ScheduleError::ValuesAndBoundaries {
                schedule: Self::NAME,
                values: values.len(),
                boundaries: boundaries.len(),
            });
        }
        for pair in boundaries.windows(2) {
            if pair[1] <= pair[0] {
                return Err(ScheduleError::Unordered {
                    schedule: Self::NAME,
                    boundary: pair[0],
                    next: pair[1],
                });
            }
        }
        for value in &values {
            positive(Self::NAME, "value", *value)?;
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
    const OPTIONS: &'static [&'static str] = &["boundaries", "unit"];

    fn parse(fields: &Fields<'_>) -> Result<Self, TextProblem> {
        let values: List<f64> =
            fields.value("VALUE,VALUE…", "numbers above 0 with commas between them")?;
        let boundaries: List<u64> =
            fields.required("boundaries", "whole numbers with commas between them")?;
        Ok(Self::new(boundaries.0, values.0)?)
    }

    fn write(&self, text: &mut String) {
        let values: Vec<String> = self.values.iter().copied().map(number_text).collect();
        text.push_str(&values.join(","));
        let boundaries: Vec<String> = self.boundaries.iter().map(u64::to_string).collect();
        write_option(text, "boundaries", boundaries.join(","));
    }
}
