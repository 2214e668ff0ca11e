use burn::tensor::{Int, Tensor};
use serde::{Deserialize, Serialize};

use super::mean::{mean_result, mean_sums, mean_sums_on_host, place_of_largest};
use super::{Direction, MetricFunction};
use crate::losses::HostRows;
use crate::outputs::Outputs;
use crate::target_form::TargetForm;

/// How often the largest output is that of the target's class; of equal ones the first counts.
///
/// ```
/// use firebrick::metrics::{Metric, SparseCategoricalAccuracy};
///
/// let metric = Metric::from(SparseCategoricalAccuracy::new());
/// assert_eq!(metric.compute([2, 1], [[0.1, 0.6, 0.3], [0.05, 0.95, 0.0]])?, [0.5]);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/metrics/accuracy_metrics/#sparsecategoricalaccuracy-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SparseCategoricalAccuracy {}

impl SparseCategoricalAccuracy {
    /// The accuracy for targets that are class indices.
    pub const fn new() -> Self {
        Self {}
    }
}

impl MetricFunction for SparseCategoricalAccuracy {
    fn name(&self) -> &'static str {
        "sparse_categorical_accuracy"
    }

    fn target_form(&self) -> TargetForm {
        TargetForm::ClassIndex
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
        let right = answers.equal(targets.int().squeeze_dim(1)).float();
        mean_sums(right, weights)
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        mean_result(sums)
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        reason = "a class is a small whole number"
    )]
    fn on_host(&self, rows: &HostRows<'_>, weights: Option<&[f32]>) -> Option<Vec<f32>> {
        let all = rows
            .outputs()
            .chunks_exact(rows.columns())
            .zip(rows.targets());
        let right = all.map(|(row, target)| {
            let is_right = place_of_largest(row) as i64 == *target as i64;
            f32::from(u8::from(is_right))
        });
        Some(mean_sums_on_host(right, weights))
    }
}
