use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::mean::{mean_result, mean_sums, row_means};
use super::{Direction, MetricFunction};
use crate::outputs::Outputs;

/// The root of the mean of `(output - target)²`.
///
/// ```
/// use firebrick::metrics::{Metric, RootMeanSquaredError};
///
/// let metric = Metric::from(RootMeanSquaredError::new());
/// assert_eq!(metric.compute([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]])?, [0.5]);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/metrics/regression_metrics/#rootmeansquarederror-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RootMeanSquaredError {}

impl RootMeanSquaredError {
    /// The root of the mean squared error.
    pub const fn new() -> Self {
        Self {}
    }
}

impl MetricFunction for RootMeanSquaredError {
    fn name(&self) -> &'static str {
        "root_mean_squared_error"
    }

    fn direction(&self) -> Direction {
        Direction::Down
    }

    fn update(
        &self,
        targets: Tensor<2>,
        outputs: &Outputs,
        weights: Option<Tensor<1>>,
    ) -> Tensor<1> {
        let errors = (outputs.values() - targets).square();
        mean_sums(row_means(errors), weights)
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        mean_result(sums).into_iter().map(f64::sqrt).collect()
    }
}
