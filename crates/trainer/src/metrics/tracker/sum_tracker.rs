use burn::tensor::Tensor;

use super::mean_tracker::check_weights;
use super::{Sums, plus};
use crate::error::TrainError;

/// The weighted sum of values over all batches: Keras' `metrics.Sum` where a loop of one's own feeds it.
///
/// What is fed stays on the device until [`result`](Self::result) is asked for.
///
/// ```
/// use firebrick::metrics::SumTracker;
/// use firebrick::prelude::*;
///
/// let values = |values: &[f32]| Tensor::<1>::from_floats(values, &Device::flex());
/// let mut words = SumTracker::new("words");
/// words.update_state(values(&[12.0, 7.0]), None)?;
/// words.update_state(values(&[4.0, 6.0]), Some(values(&[0.5, 0.0])))?;
/// assert_eq!(words.result()?, 21.0);
/// words.reset_state();
/// assert_eq!(words.result()?, 0.0);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/metrics/reduction_metrics/#sum-class>
#[derive(Clone, Debug)]
pub struct SumTracker {
    name: String,
    sums: Sums,
}

impl SumTracker {
    /// Nothing so far.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            sums: Sums::default(),
        }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Adds values.
    ///
    /// # Shapes
    /// - values, weights: `[values]`
    ///
    /// # Errors
    /// As many weights as values were expected; a device that fails.
    pub fn update_state(
        &mut self,
        values: Tensor<1>,
        weights: Option<Tensor<1>>,
    ) -> Result<(), TrainError> {
        check_weights(&values, weights.as_ref())?;
        let values = match weights {
            Some(weights) => values * weights,
            None => values,
        };
        self.sums.add(values.sum(), plus)
    }

    /// The sum so far.
    ///
    /// # Errors
    /// A device that fails.
    pub fn result(&mut self) -> Result<f64, TrainError> {
        let sums = self.sums.read(plus)?;
        Ok(sums.map_or(0.0, |sums| sums[0]))
    }

    /// Forgets all values.
    pub fn reset_state(&mut self) {
        self.sums = Sums::default();
    }
}
