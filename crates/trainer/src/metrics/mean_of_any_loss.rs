use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::mean::{mean_result, mean_sums, mean_sums_on_host};
use super::{Direction, MetricFunction};
use crate::losses::{HostRows, HostValues, Loss, both_on_host};
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;
use crate::target_form::TargetForm;

/// The weighted mean of any loss over the rows, Keras' `MeanMetricWrapper` of a loss. The figure is called as the loss.
///
/// How the loss itself would become one number, its reduction, does not enter.
///
/// ```
/// use firebrick::losses::Huber;
/// use firebrick::metrics::{MeanOfLoss, Metric};
///
/// let metric = Metric::from(MeanOfLoss::new(Huber::new()));
/// assert_eq!((metric.name(), metric.compute([0.0, 0.0], [1.0, 2.0])?), ("huber", vec![1.0]));
/// let metric: Metric = "mean_of_loss:loss=huber".parse()?;
/// assert_eq!(metric.compute([0.0, 0.0], [1.0, 2.0])?, [1.0]);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/metrics/base_metric/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeanOfLoss {
    loss: Loss,
}

impl MeanOfLoss {
    /// The mean of this loss.
    pub fn new(loss: impl Into<Loss>) -> Self {
        Self { loss: loss.into() }
    }
}

impl MetricFunction for MeanOfLoss {
    fn name(&self) -> &str {
        self.loss.name()
    }

    fn target_form(&self) -> TargetForm {
        self.loss.function().target_form()
    }

    fn target_domain(&self) -> TargetDomain {
        self.loss.function().target_domain()
    }

    fn direction(&self) -> Direction {
        Direction::Down
    }

    fn update(
        &self,
        targets: Tensor<2>,
        outputs: &Outputs,
        weights: Option<Tensor<1>>,
    ) -> Tensor<1> {
        let (values, weights) = self.loss.weighted_values(targets, outputs, weights);
        mean_sums(values, weights)
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        mean_result(sums)
    }

    fn on_host(&self, rows: &HostRows<'_>, weights: Option<&[f32]>) -> Option<Vec<f32>> {
        let HostValues { values, mask, .. } = self.loss.function().on_host(rows)?;
        let weights = both_on_host(mask.as_deref(), weights);
        Some(mean_sums_on_host(values.into_iter(), weights.as_deref()))
    }
}
