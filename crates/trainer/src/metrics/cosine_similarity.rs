use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::mean::{mean_result, mean_sums};
use super::{Direction, MetricFunction};
use crate::losses::{self, LossFunction};
use crate::outputs::Outputs;

/// The cosine of the angle between the targets and the outputs of a row, -1 to 1; 0 where either is 0.
///
/// ```
/// use firebrick::metrics::{CosineSimilarity, Metric};
///
/// let metric = Metric::from(CosineSimilarity::new());
/// // At a right angle, and the same way.
/// assert!((metric.compute([[0.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [1.0, 1.0]])?[0] - 0.5).abs() < 1e-5);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/metrics/regression_metrics/#cosinesimilarity-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CosineSimilarity {}

impl CosineSimilarity {
    /// The mean similarity of the rows.
    pub const fn new() -> Self {
        Self {}
    }
}

impl MetricFunction for CosineSimilarity {
    fn name(&self) -> &'static str {
        "cosine_similarity"
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
        let opposite = losses::CosineSimilarity::new().values(targets, outputs);
        mean_sums(opposite.neg(), weights)
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        mean_result(sums)
    }
}
