use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::distances::distances;
use super::mean::{mean_result, mean_sums};
use super::{Direction, MetricFunction};
use crate::outputs::Outputs;

/// How near the columns of a row are to being equal, `2 · covariance / (variance of targets + variance of
/// outputs + (mean of targets - mean of outputs)²)`: the mean over the rows. Undefined where a row of both is constant, as
/// with a single column; it is then shown as 0.
///
/// ```
/// use firebrick::metrics::{ConcordanceCorrelation, Metric};
///
/// let metric = Metric::from(ConcordanceCorrelation::new());
/// // One too much everywhere: correlated, but not equal.
/// assert!((metric.compute([[1.0, 2.0, 3.0]], [[2.0, 3.0, 4.0]])?[0] - 0.571_429).abs() < 1e-5);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/metrics/regression_metrics/#concordancecorrelation-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConcordanceCorrelation {}

impl ConcordanceCorrelation {
    /// The mean concordance of the rows.
    pub const fn new() -> Self {
        Self {}
    }
}

impl MetricFunction for ConcordanceCorrelation {
    fn name(&self) -> &'static str {
        "concordance_correlation"
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
        let outputs = outputs.values();
        let apart = targets.clone().narrow(1, 0, 1) - outputs.clone().narrow(1, 0, 1);
        let (target_mean, targets) = distances(targets);
        let (output_mean, outputs) = distances(outputs);
        let variances = (targets.clone().square() + outputs.clone().square()).mean_dim(1);
        let constant = variances.clone().equal_elem(0.0).float().sum();
        let norm = variances + (apart + target_mean - output_mean).square() + 1e-7;
        let covariance = (targets * outputs).mean_dim(1) * 2.0;
        let sums = mean_sums((covariance / norm).squeeze_dim(1), weights);
        Tensor::cat(vec![sums, constant], 0)
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        mean_result(&sums[..sums.len().min(2)])
    }

    fn is_defined(&self, sums: &[f64], _: usize) -> bool {
        sums.last() == Some(&0.0)
    }
}
