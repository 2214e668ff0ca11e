use burn::tensor::Tensor;

use super::{Sums, plus};
use crate::error::TrainError;
use crate::metrics::mean::{mean_result, mean_sums};

/// The weighted mean of values over all batches: Keras' `metrics.Mean` where a loop of one's own feeds it.
///
/// What is fed stays on the device until [`result`](Self::result) is asked for.
///
/// ```
/// use firebrick::metrics::MeanTracker;
/// use firebrick::prelude::*;
///
/// let device = Device::flex();
/// let values = |values: &[f32]| Tensor::<1>::from_floats(values, &device);
/// let mut loss = MeanTracker::new("loss");
/// loss.update_state(values(&[1.0, 2.0, 3.0]), None)?;
/// loss.update_state(values(&[4.0]), None)?;
/// assert_eq!(loss.result()?, 2.5);
///
/// loss.reset_state();
/// loss.update_state(values(&[1.0, 2.0, 3.0]), Some(values(&[1.0, 0.0, 3.0])))?;
/// assert_eq!(loss.result()?, 2.5);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/metrics/reduction_metrics/#mean-class>
#[derive(Clone, Debug)]
pub struct MeanTracker {
    name: String,
    sums: Sums,
}

impl MeanTracker {
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

    /// Adds values, such as the loss of a batch or those of its samples.
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
        self.sums.add(mean_sums(values, weights), plus)
    }

    /// The mean so far, 0 without any value, as in Keras.
    ///
    /// # Errors
    /// A device that fails.
    pub fn result(&mut self) -> Result<f64, TrainError> {
        let sums = self.sums.read(plus)?;
        Ok(sums.map_or(0.0, |sums| mean_result(sums)[0]))
    }

    /// Forgets all values.
    pub fn reset_state(&mut self) {
        self.sums = Sums::default();
    }
}

/// Refuses another number of weights than of values.
pub(super) fn check_weights(
    values: &Tensor<1>,
    weights: Option<&Tensor<1>>,
) -> Result<(), TrainError> {
    let [count] = values.dims();
    match weights.map(Tensor::dims) {
        Some([weights]) if weights != count => Err(TrainError::Setting {
            setting: "weights",
            expected: "a weight for every value",
            received: format!("{weights} for {count} values"),
        }),
        _ => Ok(()),
    }
}
