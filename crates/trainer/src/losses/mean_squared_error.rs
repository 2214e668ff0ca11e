use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::on_host::{HostRows, HostValues};
use crate::outputs::Outputs;

/// Mean over the columns of `(output - target)²`.
///
/// ```
/// use firebrick::losses::{Loss, MeanSquaredError};
///
/// let loss = Loss::from(MeanSquaredError::new());
/// assert_eq!(loss.compute([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]])?, 0.5);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/losses/regression_losses/#meansquarederror-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeanSquaredError {}

impl MeanSquaredError {
    /// The squared error.
    pub fn new() -> Self {
        Self::default()
    }
}

impl LossFunction for MeanSquaredError {
    fn name(&self) -> &'static str {
        "mean_squared_error"
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        (outputs.values() - targets)
            .square()
            .mean_dim(1)
            .squeeze_dim(1)
    }

    fn on_host(&self, rows: &HostRows<'_>) -> Option<HostValues> {
        HostValues::of_columns(
            rows,
            #[inline(always)]
            |answer, target| {
                let error = answer - target;
                (error * error, 2.0 * error)
            },
        )
    }
}
