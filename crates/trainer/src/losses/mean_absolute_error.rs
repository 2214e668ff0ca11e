use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::on_host::{HostRows, HostValues, sign};
use crate::outputs::Outputs;

/// Mean over the columns of `|output - target|`; where the two are equal its gradient is 0.
///
/// ```
/// use firebrick::losses::{Loss, MeanAbsoluteError};
///
/// let loss = Loss::from(MeanAbsoluteError::new());
/// assert_eq!(loss.compute([1.0, 2.0], [1.5, 4.0])?, 1.25);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/losses/regression_losses/#meanabsoluteerror-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeanAbsoluteError {}

impl MeanAbsoluteError {
    /// The absolute error.
    pub fn new() -> Self {
        Self::default()
    }
}

impl LossFunction for MeanAbsoluteError {
    fn name(&self) -> &'static str {
        "mean_absolute_error"
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        (outputs.values() - targets)
            .abs()
            .mean_dim(1)
            .squeeze_dim(1)
    }

    fn on_host(&self, rows: &HostRows<'_>) -> Option<HostValues> {
        HostValues::of_columns(
            rows,
            #[inline(always)]
            |answer, target| {
                let error = answer - target;
                (error.abs(), sign(error))
            },
        )
    }
}
