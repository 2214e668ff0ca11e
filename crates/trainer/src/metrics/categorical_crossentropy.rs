use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::mean::{mean_result, mean_sums, mean_sums_on_host};
use super::{Direction, MetricFunction};
use crate::error::TrainError;
use crate::losses::{self, HostRows, LossFunction};
use crate::outputs::Outputs;

/// `-Σ target · ln(p)` of the probabilities `p` that the outputs are, for one-hot targets.
///
/// ```
/// use firebrick::metrics::{CategoricalCrossentropy, Metric};
///
/// let metric = Metric::from(CategoricalCrossentropy::new());
/// assert!((metric.compute([[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]])?[0] - 1.176_939).abs() < 1e-5);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/metrics/probabilistic_metrics/#categoricalcrossentropy-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CategoricalCrossentropy {
    loss: losses::CategoricalCrossentropy,
}

impl CategoricalCrossentropy {
    /// For a network whose outputs are probabilities.
    pub const fn new() -> Self {
        Self {
            loss: losses::CategoricalCrossentropy::new(),
        }
    }

    /// For a network whose outputs are logits.
    #[must_use = "returns the changed metric"]
    pub fn from_logits(self) -> Self {
        Self {
            loss: self.loss.from_logits(),
        }
    }

    /// Sets how far the targets move towards the same for all classes, as a share of the way.
    ///
    /// # Errors
    /// If it is not from 0 to 1.
    pub fn with_label_smoothing(self, label_smoothing: f64) -> Result<Self, TrainError> {
        let loss = self.loss.with_label_smoothing(label_smoothing)?;
        Ok(Self { loss })
    }
}

impl MetricFunction for CategoricalCrossentropy {
    fn name(&self) -> &'static str {
        "categorical_crossentropy"
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
        mean_sums(self.loss.values(targets, outputs), weights)
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        mean_result(sums)
    }

    fn on_host(&self, rows: &HostRows<'_>, weights: Option<&[f32]>) -> Option<Vec<f32>> {
        let values = self.loss.on_host(rows)?.values;
        Some(mean_sums_on_host(values.into_iter(), weights))
    }
}
