use burn::tensor::Tensor;
use firebrick_host::vectorized::sigmoid;
use firebrick_model::Activation;
use serde::{Deserialize, Serialize};

use super::mean::{mean_result, mean_sums, mean_sums_on_host, row_means};
use super::{Direction, MetricFunction};
use crate::losses::HostRows;
use crate::outputs::Outputs;

/// How often `output > threshold` is the target, which is 0 or 1.
///
/// ```
/// use firebrick::metrics::{BinaryAccuracy, Metric};
///
/// let metric = Metric::from(BinaryAccuracy::new());
/// // 0.4 is no 1 at the threshold of 0.5.
/// assert_eq!(metric.compute([1, 0, 1, 1], [0.9, 0.2, 0.4, 0.7])?, [0.75]);
/// let metric = Metric::from(BinaryAccuracy::new().with_threshold(0.3));
/// assert_eq!(metric.compute([1, 0, 1, 1], [0.9, 0.2, 0.4, 0.7])?, [1.0]);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/metrics/accuracy_metrics/#binaryaccuracy-class>
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BinaryAccuracy {
    threshold: f64,
}

impl BinaryAccuracy {
    /// The accuracy for probabilities, with a threshold of 0.5.
    pub const fn new() -> Self {
        Self { threshold: 0.5 }
    }

    /// Sets what an output has to exceed to mean 1, e.g. 0 for logits.
    #[must_use = "returns the changed metric"]
    pub fn with_threshold(mut self, threshold: f64) -> Self {
        self.threshold = threshold;
        self
    }
}

impl Default for BinaryAccuracy {
    fn default() -> Self {
        Self::new()
    }
}

impl MetricFunction for BinaryAccuracy {
    fn name(&self) -> &'static str {
        "binary_accuracy"
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
        let answers = outputs.values().greater_elem(self.threshold).float();
        let right = answers.equal(targets).float();
        mean_sums(row_means(right), weights)
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        mean_result(sums)
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::float_cmp,
        reason = "a threshold is as precise as an answer, and targets are 0 or 1"
    )]
    fn on_host(&self, rows: &HostRows<'_>, weights: Option<&[f32]>) -> Option<Vec<f32>> {
        let (columns, threshold) = (rows.columns(), self.threshold as f32);
        let answer: fn(f32) -> f32 = match rows.activation() {
            Activation::Linear => |output| output,
            Activation::Sigmoid => sigmoid,
            _ => return None,
        };
        let outputs = rows.outputs().chunks_exact(columns);
        let right = outputs
            .zip(rows.targets().chunks_exact(columns))
            .map(|(row, targets)| {
                let is_right = |(output, target): (&f32, &f32)| {
                    f32::from(u8::from(answer(*output) > threshold)) == *target
                };
                let count = row
                    .iter()
                    .zip(targets)
                    .filter(|both| is_right(*both))
                    .count();
                count as f32 / columns as f32
            });
        Some(mean_sums_on_host(right, weights))
    }
}
