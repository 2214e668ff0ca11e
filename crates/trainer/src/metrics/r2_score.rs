use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::{Direction, MetricFunction};
use crate::Outputs;

/// The share of the targets' variance that the outputs explain, `1 - Σ(target - output)² / Σ(target - mean)²`
/// of every column; 0 for a constant target that is missed.
///
/// With a number of regressors it is adjusted for them, `1 - (1 - r2) · (n - 1) / (n - regressors - 1)`,
/// where `n` counts all numbers of the targets; too few numbers leave it as it is.
///
/// ```
/// use firebrick::metrics::{Metric, R2Score};
///
/// let metric = Metric::from(R2Score::new());
/// // Squared errors of 2, squared deviations from the mean of 14 / 3.
/// assert!((metric.compute([1.0, 4.0, 3.0], [2.0, 4.0, 4.0])?[0] - 4.0 / 7.0).abs() < 1e-5);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/metrics/regression_metrics/#r2score-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct R2Score {
    class_aggregation: ClassAggregation,
    num_regressors: usize,
}

/// How the scores of the columns become one.
///
/// ```
/// use firebrick::metrics::{ClassAggregation, Metric, R2Score};
///
/// let targets = [[1.0, 10.0], [4.0, 20.0], [3.0, 60.0]];
/// let outputs = [[2.0, 10.0], [4.0, 20.0], [4.0, 50.0]];
/// let of = |how| Metric::from(R2Score::new().with_class_aggregation(how)).compute(targets, outputs);
/// let of_each = of(ClassAggregation::None)?;
/// assert!((of_each[0] - 0.571_429).abs() < 1e-5 && (of_each[1] - 0.928_571).abs() < 1e-5);
/// assert!((of(ClassAggregation::UniformAverage)?[0] - 0.75).abs() < 1e-5);
/// assert!((of(ClassAggregation::VarianceWeightedAverage)?[0] - 0.927_385).abs() < 1e-5);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassAggregation {
    /// They do not: one figure a column.
    None,
    /// Their mean.
    #[default]
    UniformAverage,
    /// Their mean, weighted by the variance of the targets.
    VarianceWeightedAverage,
}

impl R2Score {
    /// The mean of the columns' scores, not adjusted.
    pub const fn new() -> Self {
        Self {
            class_aggregation: ClassAggregation::UniformAverage,
            num_regressors: 0,
        }
    }

    /// Sets how the scores of the columns become one.
    #[must_use = "returns the changed metric"]
    pub fn with_class_aggregation(mut self, class_aggregation: ClassAggregation) -> Self {
        self.class_aggregation = class_aggregation;
        self
    }

    /// Sets the number of independent regressors that the score is adjusted for; 0 for none.
    #[must_use = "returns the changed metric"]
    pub fn with_num_regressors(mut self, num_regressors: usize) -> Self {
        self.num_regressors = num_regressors;
        self
    }

    fn adjusted(self, score: f64, numbers: f64) -> f64 {
        let regressors = self.num_regressors as f64;
        if self.num_regressors == 0 || regressors >= numbers - 1.0 {
            return score;
        }
        1.0 - (1.0 - score) * (numbers - 1.0) / (numbers - regressors - 1.0)
    }
}

impl MetricFunction for R2Score {
    fn name(&self) -> &'static str {
        "r2_score"
    }

    fn direction(&self) -> Direction {
        Direction::Up
    }

    /// Weighted sums of the targets, their squares and the squared errors, each of every column; the
    /// weights and how many numbers there were.
    fn update(
        &self,
        targets: Tensor<2>,
        outputs: &Outputs,
        weights: Option<Tensor<1>>,
    ) -> Tensor<1> {
        let [rows, columns] = targets.dims();
        let device = targets.device();
        let numbers = Tensor::full([1], (rows * columns) as f64, &device);
        let errors = (outputs.values() - targets.clone()).square();
        let mut terms = Tensor::cat(vec![targets.clone(), targets.square(), errors], 1);
        let count = match weights {
            Some(weights) => {
                terms = terms * weights.clone().unsqueeze_dim::<2>(1);
                weights.sum()
            }
            None => Tensor::full([1], rows as f64, &device),
        };
        let terms = terms.sum_dim(0).reshape([3 * columns]);
        Tensor::cat(vec![terms, count, numbers], 0)
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        let [terms @ .., count, numbers] = sums else {
            return Vec::new();
        };
        let columns = terms.len() / 3;
        let (totals, scores): (Vec<f64>, Vec<f64>) = (0..columns)
            .map(|column| {
                let (sum, squares) = (terms[column], terms[columns + column]);
                let total = squares - sum * sum / count;
                let score = 1.0 - terms[2 * columns + column] / total;
                (total, if score.is_infinite() { 0.0 } else { score })
            })
            .unzip();
        let scores = match self.class_aggregation {
            ClassAggregation::None => scores,
            ClassAggregation::UniformAverage => {
                vec![scores.iter().sum::<f64>() / columns as f64]
            }
            ClassAggregation::VarianceWeightedAverage => {
                let weighted = scores
                    .iter()
                    .zip(&totals)
                    .map(|(score, total)| score * total);
                vec![weighted.sum::<f64>() / totals.iter().sum::<f64>()]
            }
        };
        let adjusted = scores
            .into_iter()
            .map(|score| self.adjusted(score, *numbers));
        adjusted.collect()
    }
}
