use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::{Direction, MetricFunction};
use crate::outputs::Outputs;

/// The weighted sum of the outputs; the targets are not looked at.
///
/// ```
/// use firebrick::metrics::{Metric, Sum};
///
/// let metric = Metric::from(Sum::new());
/// // Of the outputs, whatever the targets.
/// assert_eq!(metric.compute([0.0, 0.0], [1.0, 4.0])?, [5.0]);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/metrics/reduction_metrics/#sum-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sum {}

impl Sum {
    /// The sum of what a network answers.
    pub const fn new() -> Self {
        Self {}
    }
}

impl MetricFunction for Sum {
    fn name(&self) -> &'static str {
        "sum"
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
        let values: Tensor<1> = outputs.values().sum_dim(1).squeeze_dim(1);
        match weights {
            Some(weights) => (values * weights).sum(),
            None => values.sum(),
        }
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        sums.to_vec()
    }
}
