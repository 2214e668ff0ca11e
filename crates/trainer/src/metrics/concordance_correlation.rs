use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::mean::{mean_result, mean_sums};
use super::{Direction, MetricFunction};
use crate::Outputs;

/// How near the columns of a row are to being equal, `2 · covariance / (variance of targets + variance of
/// outputs + (mean of targets - mean of outputs)²)`: the mean over the rows.
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
        let centred = |numbers: Tensor<2>| {
            let mean = numbers.clone().mean_dim(1);
            (numbers - mean.clone(), mean)
        };
        let (targets, target_mean) = centred(targets);
        let (outputs, output_mean) = centred(outputs.values());
        let variances = (targets.clone().square() + outputs.clone().square()).mean_dim(1);
        let norm = variances + (target_mean - output_mean).square() + 1e-7;
        let covariance = (targets * outputs).mean_dim(1) * 2.0;
        mean_sums((covariance / norm).squeeze_dim(1), weights)
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        mean_result(sums)
    }
}
