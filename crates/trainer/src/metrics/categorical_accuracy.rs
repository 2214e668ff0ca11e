use burn::tensor::{Int, Tensor};
use serde::{Deserialize, Serialize};

use super::mean::{mean_result, mean_sums, mean_sums_on_host, place_of_largest};
use super::{Direction, MetricFunction};
use crate::losses::HostRows;
use crate::outputs::Outputs;

/// How often the largest output is where the largest target is; of equal ones the first counts.
///
/// ```
/// use firebrick::metrics::{CategoricalAccuracy, Metric};
///
/// let metric = Metric::from(CategoricalAccuracy::new());
/// assert_eq!(metric.compute([[0, 0, 1], [0, 1, 0]], [[0.1, 0.6, 0.3], [0.05, 0.95, 0.0]])?, [0.5]);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/metrics/accuracy_metrics/#categoricalaccuracy-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoricalAccuracy {}

impl CategoricalAccuracy {
    /// The accuracy for one-hot targets.
    pub const fn new() -> Self {
        Self {}
    }
}

impl MetricFunction for CategoricalAccuracy {
    fn name(&self) -> &'static str {
        "categorical_accuracy"
    }

    fn direction(&self) -> Direction {
        Direction::Up
    }

    fn update(
        &self,
        targets: Tensor<2>,
        outputs: &Outputs,
        weights: Option<Tensor<1>>,
    ) -> Tensor<1> {
        let answers: Tensor<1, Int> = outputs.raw().argmax(1).squeeze_dim(1);
        let right = answers.equal(targets.argmax(1).squeeze_dim(1)).float();
        mean_sums(right, weights)
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        mean_result(sums)
    }

    fn on_host(&self, rows: &HostRows<'_>, weights: Option<&[f32]>) -> Option<Vec<f32>> {
        let columns = rows.columns();
        let outputs = rows.outputs().chunks_exact(columns);
        let right = outputs
            .zip(rows.targets().chunks_exact(columns))
            .map(|(row, targets)| {
                let is_right = place_of_largest(row) == place_of_largest(targets);
                f32::from(u8::from(is_right))
            });
        Some(mean_sums_on_host(right, weights))
    }
}
