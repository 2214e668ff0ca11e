use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::mean::{mean_result, mean_sums, mean_sums_on_host};
use super::{Direction, MetricFunction};
use crate::losses::{self, HostRows, LossFunction};
use crate::outputs::Outputs;
use crate::target_form::TargetForm;

/// `-ln p[class]` of the probabilities `p` that the outputs are.
///
/// ```
/// use firebrick::metrics::{Metric, SparseCategoricalCrossentropy};
///
/// let metric = Metric::from(SparseCategoricalCrossentropy::new());
/// assert!((metric.compute([1, 2], [[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]])?[0] - 1.176_939).abs() < 1e-5);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/metrics/probabilistic_metrics/#sparsecategoricalcrossentropy-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SparseCategoricalCrossentropy {
    from_logits: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    ignore_class: Option<i64>,
}

impl SparseCategoricalCrossentropy {
    /// For a network whose outputs are probabilities.
    pub const fn new() -> Self {
        Self {
            from_logits: false,
            ignore_class: None,
        }
    }

    /// For a network whose outputs are logits.
    #[must_use = "returns the changed metric"]
    pub fn from_logits(mut self) -> Self {
        self.from_logits = true;
        self
    }

    /// Takes the rows of this class as right; with sample weights they have none. Both as in Keras.
    #[must_use = "returns the changed metric"]
    pub fn with_ignore_class(mut self, class: i64) -> Self {
        self.ignore_class = Some(class);
        self
    }

    fn loss(self) -> losses::SparseCategoricalCrossentropy {
        let loss = losses::SparseCategoricalCrossentropy::new();
        if self.from_logits {
            loss.from_logits()
        } else {
            loss
        }
    }
}

impl MetricFunction for SparseCategoricalCrossentropy {
    fn name(&self) -> &'static str {
        "sparse_categorical_crossentropy"
    }

    fn target_form(&self) -> TargetForm {
        TargetForm::ClassIndex
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
        let Some(class) = self.ignore_class else {
            return mean_sums(self.loss().values(targets, outputs), weights);
        };
        let ignored = targets.clone().equal_elem(class as f64);
        let targets = targets.mask_fill(ignored.clone(), 0.0);
        let ignored = ignored.squeeze_dim::<1>(1);
        let values = self.loss().values(targets, outputs);
        mean_sums(
            values.mask_fill(ignored.clone(), 0.0),
            weights.map(|weights| weights.mask_fill(ignored, 0.0)),
        )
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        mean_result(sums)
    }

    fn on_host(&self, rows: &HostRows<'_>, weights: Option<&[f32]>) -> Option<Vec<f32>> {
        if self.ignore_class.is_some() {
            return None;
        }
        let values = self.loss().on_host(rows)?.values;
        Some(mean_sums_on_host(values.into_iter(), weights))
    }
}
