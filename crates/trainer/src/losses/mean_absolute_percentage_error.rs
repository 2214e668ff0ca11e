use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::probabilities::EPSILON;
use crate::outputs::Outputs;

/// `100 ·` mean over the columns of `|(target - output) / max(|target|, 1e-7)|`; where the two are
/// equal its gradient is 0.
///
/// ```
/// use firebrick::losses::{Loss, MeanAbsolutePercentageError};
///
/// // Half of 2 and a quarter of 4 too far.
/// let loss = Loss::from(MeanAbsolutePercentageError::new());
/// assert_eq!(loss.compute([2.0, 4.0], [1.0, 5.0])?, 37.5);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/losses/regression_losses/#meanabsolutepercentageerror-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeanAbsolutePercentageError {}

impl MeanAbsolutePercentageError {
    /// The absolute error in percent of the target.
    pub fn new() -> Self {
        Self::default()
    }
}

impl LossFunction for MeanAbsolutePercentageError {
    fn name(&self) -> &'static str {
        "mean_absolute_percentage_error"
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        let scale = targets.clone().abs().clamp_min(EPSILON);
        ((targets - outputs.values()) / scale)
            .abs()
            .mean_dim(1)
            .squeeze_dim(1)
            * 100.0
    }
}
