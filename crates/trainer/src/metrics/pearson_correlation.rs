use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::distances::{distances, or_one};
use super::mean::{mean_result, mean_sums, row_means};
use super::{Direction, MetricFunction};
use crate::outputs::Outputs;

/// How far the columns of a row rise and fall together, `covariance / (deviation of targets · deviation of
/// outputs)`: the mean over the rows. Not a number, and undefined, where a row is constant, as with a single column.
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
            let (_, centred) = distances(numbers);
            // As shares of the largest, whose squares single precision can hold.
            let largest = or_one(centred.clone().abs().max_dim(1));
            let centred = centred / largest;
            let deviation = centred.clone().square().mean_dim(1).sqrt();
            let is_constant = deviation.clone().equal_elem(0.0).float();
            (centred / deviation, is_constant)
        };
        let (targets, are_targets_constant) = standard(targets);
        let (outputs, are_outputs_constant) = standard(outputs.values());
        let constant = (are_targets_constant + are_outputs_constant).sum();
        let sums = mean_sums(row_means(targets * outputs), weights);
        Tensor::cat(vec![sums, constant], 0)
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        mean_result(&sums[..sums.len().min(2)])
    }

    fn is_defined(&self, sums: &[f64], _: usize) -> bool {
        sums.last() == Some(&0.0)
    }
}
