use burn::tensor::{Int, Tensor};
use serde::{Deserialize, Serialize};

use super::mean::{mean_result, mean_sums};
use super::{Direction, MetricFunction};
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
}
