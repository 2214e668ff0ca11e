use burn::tensor::activation::log_sigmoid;
use burn::tensor::{Bool, Tensor};
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::bounds::{self, ABOVE_ZERO, NOT_NEGATIVE};
use super::pairs::{has_any, others, same_label};
use crate::error::TrainError;
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;
use crate::target_form::TargetForm;

/// For every embedding of a batch, `ln(1 + Σₚ exp(γ αₚ (dₚ - m)) · Σₙ exp(γ αₙ (1 - m - dₙ)))` over those of its label and
/// those of others, whose distances `d` are one minus the product, with the weights `αₚ = m + dₚ` and
/// `αₙ = max(1 + m - dₙ, 0)`: what is far from its aim counts most.
///
/// The outputs are to be embeddings of length 1. The mean is over those embeddings of the batch that have one of their label
/// and one of another.
///
/// ```
/// use firebrick::losses::{Circle, Loss};
///
/// let (labels, embeddings) = ([3, 3, 9], [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]);
/// // At their aims: ln(1 + exp(80 · 0.4 · (0 - 0.4)) · exp(80 · 0.4 · (1 - 0.4 - 1)))
/// assert!(Loss::from(Circle::new()).compute(labels, embeddings)? < 1e-9);
/// // The first is far from its like and near another, 80 · 1.4 · 0.6 + 80 · 1.4 · 0.6; the last is far from both,
/// // 80 · 1.4 · 0.6 - 80 · 0.4 · 0.4.
/// let loss = Loss::from(Circle::new()).compute([3, 9, 3], embeddings)?;
/// assert!((loss - (134.4 + 54.4) / 2.0).abs() < 1e-3, "{loss}");
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// Sun et al., "Circle Loss: A Unified Perspective of Pair Similarity Optimization", 2020;
/// <https://keras.io/api/losses/metric_learning_losses/#circle-class>
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Circle {
    #[serde(deserialize_with = "bounds::above_zero")]
    gamma: f64,
    #[serde(deserialize_with = "bounds::not_negative")]
    margin: f64,
    remove_diagonal: bool,
}

impl Circle {
    /// With a `gamma` of 80 and a margin of 0.4.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets by how much it is stretched.
    ///
    /// # Errors
    /// A number that is not above 0.
    pub fn with_gamma(mut self, gamma: f64) -> Result<Self, TrainError> {
        self.gamma = ABOVE_ZERO.check("gamma", gamma)?;
        Ok(self)
    }

    /// Sets the distance `m` within which those of a label are to be, and `1 - m`, beyond which others are to be.
    ///
    /// # Errors
    /// A negative margin.
    pub fn with_margin(mut self, margin: f64) -> Result<Self, TrainError> {
        self.margin = NOT_NEGATIVE.check("margin", margin)?;
        Ok(self)
    }

    /// Counts an embedding among those of its own label.
    #[must_use = "returns the changed loss"]
    pub fn with_diagonal(mut self) -> Self {
        self.remove_diagonal = false;
        self
    }

    /// Which two samples are to be near each other.
    fn positives(&self, labels: &Tensor<2>) -> Tensor<2, Bool> {
        let same = same_label(labels);
        if self.remove_diagonal {
            same.bool_and(others(labels))
        } else {
            same
        }
    }
}

impl Default for Circle {
    fn default() -> Self {
        Self {
            gamma: 80.0,
            margin: 0.4,
            remove_diagonal: true,
        }
    }
}

impl LossFunction for Circle {
    fn name(&self) -> &'static str {
        "circle"
    }

    fn target_form(&self) -> TargetForm {
        TargetForm::Label
    }

    fn target_domain(&self) -> TargetDomain {
        TargetDomain::WholeNumbers
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        let embeddings = outputs.values();
        let products = embeddings.clone().matmul(embeddings.transpose());
        let distances = (-products + 1.0).clamp_min(0.0);
        let to_near = distances.clone() + self.margin;
        let near = to_near * (distances.clone() - self.margin) * self.gamma;
        let to_far = (-distances.clone() + (1.0 + self.margin)).clamp_min(0.0);
        let far = to_far * (-distances + (1.0 - self.margin)) * self.gamma;
        let near = log_sum_exp(near, &self.positives(&targets));
        let far = log_sum_exp(far, &same_label(&targets).bool_not());
        -log_sigmoid(-(near + far))
    }

    fn mask(&self, targets: &Tensor<2>) -> Option<Tensor<1>> {
        let has_others = has_any(&same_label(targets).bool_not());
        Some(has_any(&self.positives(targets)) * has_others)
    }
}

/// `ln Σ exp` over the columns that count; far below 0 where none does.
///
/// # Shapes
/// - x, counted: `[rows, rows]`
/// - output: `[rows]`
fn log_sum_exp(x: Tensor<2>, counted: &Tensor<2, Bool>) -> Tensor<1> {
    // Finite, so that slopes are, and so far below that no sum of two comes near 0.
    const NOWHERE: f64 = -1e30;
    let x = x.mask_fill(counted.clone().bool_not(), NOWHERE);
    let largest = x.clone().detach().max_dim(1);
    let sum = (x - largest.clone()).exp().sum_dim(1);
    (sum.log() + largest).squeeze_dim(1)
}
