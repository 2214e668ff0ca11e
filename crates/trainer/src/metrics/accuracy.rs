use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::mean::{mean_result, mean_sums, row_means};
use super::{Direction, MetricFunction};
use crate::outputs::Outputs;

/// How often outputs and targets are the same numbers.
///
/// Its figure is called `accuracy`; in files it is `exact_accuracy`, because `accuracy` there is
/// [`Metric::accuracy`](crate::Metric::accuracy), as it is for Keras' `compile`.
///
/// ```
/// use firebrick::metrics::{Accuracy, Metric};
///
/// let metric = Metric::from(Accuracy::new());
/// // Three of four outputs are what was asked for.
/// assert_eq!(metric.compute([1.0, 2.0, 3.0, 4.0], [0.0, 2.0, 3.0, 4.0])?, [0.75]);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/metrics/accuracy_metrics/#accuracy-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accuracy {}

impl Accuracy {
    /// The accuracy for outputs that are answers already, not probabilities.
    pub const fn new() -> Self {
        Self {}
    }
}

impl MetricFunction for Accuracy {
    fn name(&self) -> &'static str {
        "accuracy"
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
        let right = outputs.values().equal(targets).float();
        mean_sums(row_means(right), weights)
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        mean_result(sums)
    }
}
