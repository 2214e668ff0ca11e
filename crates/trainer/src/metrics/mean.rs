//! The mean over the rows, and what the metrics share that are one.

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::{Direction, MetricFunction};
use crate::outputs::Outputs;

/// The weighted mean of the outputs; the targets are not looked at.
///
/// ```
/// use firebrick::metrics::{Mean, Metric};
///
/// let metric = Metric::from(Mean::new());
/// // Of the outputs, whatever the targets.
/// assert_eq!(metric.compute([0.0, 0.0], [1.0, 4.0])?, [2.5]);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/metrics/reduction_metrics/#mean-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mean {}

impl Mean {
    /// The mean of what a network answers.
    pub const fn new() -> Self {
        Self {}
    }
}

impl MetricFunction for Mean {
    fn name(&self) -> &'static str {
        "mean"
    }

    fn direction(&self) -> Direction {
        Direction::Unknown
    }

    fn update(
        &self,
        _targets: Tensor<2>,
        outputs: &Outputs,
        weights: Option<Tensor<1>>,
    ) -> Tensor<1> {
        mean_sums(row_means(outputs.values()), weights)
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        mean_result(sums)
    }
}

/// The mean of every row.
///
/// # Shapes
/// - values: `[rows, columns]`
/// - output: `[rows]`
pub(super) fn row_means(values: Tensor<2>) -> Tensor<1> {
    values.mean_dim(1).squeeze_dim(1)
}

/// The sums of a weighted mean: of the values, and of the weights.
///
/// # Shapes
/// - values, weights: `[rows]`
/// - output: `[2]`
pub(super) fn mean_sums(values: Tensor<1>, weights: Option<Tensor<1>>) -> Tensor<1> {
    let [rows] = values.dims();
    let count = match &weights {
        Some(weights) => weights.clone().sum(),
        None => Tensor::full([1], rows as f64, &values.device()),
    };
    let values = match weights {
        Some(weights) => values * weights,
        None => values,
    };
    Tensor::cat(vec![values.sum(), count], 0)
}

/// The same over plain memory.
pub(super) fn mean_sums_on_host(
    values: impl Iterator<Item = f32>,
    weights: Option<&[f32]>,
) -> Vec<f32> {
    let (mut sum, mut count) = (0.0, 0.0);
    match weights {
        Some(weights) => {
            for (value, weight) in values.zip(weights) {
                sum += value * weight;
                count += weight;
            }
        }
        None => {
            for value in values {
                sum += value;
                count += 1.0;
            }
        }
    }
    vec![sum, count]
}

/// The place of the largest number, the first of equal ones.
pub(super) fn place_of_largest(row: &[f32]) -> usize {
    let first = row.first().copied().unwrap_or(f32::NAN);
    let larger = |(place, largest): (usize, f32), (other, value): (usize, &f32)| {
        if *value > largest {
            (other, *value)
        } else {
            (place, largest)
        }
    };
    row.iter().enumerate().fold((0, first), larger).0
}

/// The mean of such sums; 0 without any weight, as in Keras.
pub(super) fn mean_result(sums: &[f64]) -> Vec<f64> {
    vec![match *sums {
        [sum, weight] => ratio(sum, weight),
        _ => 0.0,
    }]
}

/// `part / whole`, and 0 where the whole is 0.
pub(super) fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}
