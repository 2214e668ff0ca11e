use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::mean::{mean_result, mean_sums, row_means};
use super::{Direction, MetricFunction};
use crate::Outputs;

/// How far the columns of a row rise and fall together, `covariance / (deviation of targets · deviation of
/// outputs)`: the mean over the rows. Not a number where a row is constant, as with a single column.
///
/// ```
/// use firebrick::metrics::{Metric, PearsonCorrelation};
///
/// let metric = Metric::from(PearsonCorrelation::new());
/// // One too much everywhere: not equal, but perfectly correlated.
/// assert!((metric.compute([[1.0, 2.0, 3.0]], [[2.0, 3.0, 4.0]])?[0] - 1.0).abs() < 1e-5);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/metrics/regression_metrics/#pearsoncorrelation-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PearsonCorrelation {}

impl PearsonCorrelation {
    /// The mean correlation of the rows.
    pub const fn new() -> Self {
        Self {}
    }
}

impl MetricFunction for PearsonCorrelation {
    fn name(&self) -> &'static str {
        "pearson_correlation"
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
        let standard = |numbers: Tensor<2>| {
            let centred = numbers.clone() - numbers.mean_dim(1);
            let deviation = centred.clone().square().mean_dim(1).sqrt();
            centred / deviation
        };
        let correlation = row_means(standard(targets) * standard(outputs.values()));
        mean_sums(correlation, weights)
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        mean_result(sums)
    }
}
