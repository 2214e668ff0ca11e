mod columns;

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use self::columns::{Column, Columns};
use super::{Direction, MetricFunction};
use crate::outputs::Outputs;

/// The share of the targets' variance that the outputs explain, `1 - Σ(target - output)² / Σ(target - mean)²`
/// of every column.
///
/// Targets that are all the same, as a single one is, have no variance that could be explained: the score is
/// undefined. It is then shown as 0, as Keras does (and where all are hit as 1, as scikit-learn does, Keras' not being a
/// number), but no callback takes it for a figure, see [`MetricFunction::is_defined`].
///
/// The sums are taken of the distances from the mean, so that the score of targets that are large and differ by little
/// is right, too.
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

    /// For every column the mean of the targets, the squares of their distances from it and the squared errors, each in
    /// parts; the weights and how many numbers there were.
    fn update(
        &self,
        targets: Tensor<2>,
        outputs: &Outputs,
        weights: Option<Tensor<1>>,
    ) -> Tensor<1> {
        columns::of_batch(targets, outputs.values(), weights.as_ref())
    }

    fn join(&self, sums: &mut [f64], batch: &[f64]) {
        if let (Some(mut own), Some(batch)) = (Columns::read(sums), Columns::read(batch)) {
            own.join(&batch);
            own.write(sums);
        }
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        let Some(Columns {
            each: columns,
            numbers,
            ..
        }) = Columns::read(sums)
        else {
            return Vec::new();
        };
        let mean = |weight: fn(&Column) -> f64| {
            let weights: f64 = columns.iter().map(weight).sum();
            let scores = columns.iter().map(|column| weight(column) * score(column));
            vec![scores.sum::<f64>() / weights]
        };
        let is_constant = columns.iter().all(|column| column.squares == 0.0);
        let scores = match self.class_aggregation {
            ClassAggregation::None => columns.iter().map(score).collect(),
            ClassAggregation::VarianceWeightedAverage if !is_constant => {
                mean(|column| column.squares)
            }
            ClassAggregation::UniformAverage | ClassAggregation::VarianceWeightedAverage => {
                mean(|_| 1.0)
            }
        };
        let adjusted = scores
            .into_iter()
            .map(|score| self.adjusted(score, numbers));
        adjusted.collect()
    }

    /// A score of its own needs targets that differ; an average any column of which has some.
    fn is_defined(&self, sums: &[f64], figure: usize) -> bool {
        let columns = Columns::read(sums).map_or_else(Vec::new, |read| read.each);
        let differ = |column: &Column| column.squares != 0.0;
        match self.class_aggregation {
            ClassAggregation::None => columns.get(figure).is_some_and(differ),
            _ => columns.iter().any(differ),
        }
    }
}

/// The score of a column, and what is shown where there is none.
fn score(column: &Column) -> f64 {
    match (column.squares == 0.0, column.errors == 0.0) {
        (true, true) => 1.0,
        (true, false) => 0.0,
        _ => 1.0 - column.errors / column.squares,
    }
}
