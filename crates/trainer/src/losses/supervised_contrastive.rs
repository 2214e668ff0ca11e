use burn::tensor::activation::log_softmax;
use burn::tensor::{Bool, Tensor};
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::bounds::{self, ABOVE_ZERO};
use super::pairs::{has_any, others, same_label};
use super::unit::unit;
use crate::error::TrainError;
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;
use crate::target_form::TargetForm;

/// For every embedding `z` of a batch, the mean of `-ln(exp(z · zₚ / τ) / Σₐ exp(z · zₐ / τ))` over the others `zₚ` of its
/// label, with the sum over all others; embeddings are brought to length 1 first. A head that is trained on them
/// afterwards tells the labels apart.
///
/// An embedding without another of its label does not count. Batches should hold several samples of each label.
///
/// ```
/// use firebrick::losses::{Loss, SupervisedContrastive};
///
/// let embeddings = [[2.0, 0.0], [2.0, 0.0], [0.0, 1.0], [0.0, 3.0]];
/// let loss = Loss::from(SupervisedContrastive::new().with_temperature(0.5)?);
/// // The one of its label at a cosine of 1, the two others at 0.
/// let expected = -(2.0_f64.exp() / (2.0_f64.exp() + 2.0)).ln();
/// assert!((loss.compute([4, 4, 5, 5], embeddings)? - expected).abs() < 1e-6);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// Khosla et al., "Supervised Contrastive Learning", 2020, equation 2;
/// <https://keras.io/examples/vision/supervised-contrastive-learning/>
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SupervisedContrastive {
    #[serde(deserialize_with = "bounds::above_zero")]
    temperature: f64,
    remove_diagonal: bool,
}

impl SupervisedContrastive {
    /// With a temperature of 1.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the `τ` that cosines are divided by: 0.05 to 0.1 where they are to be told apart sharply.
    ///
    /// # Errors
    /// A temperature that is not above 0.
    pub fn with_temperature(mut self, temperature: f64) -> Result<Self, TrainError> {
        self.temperature = ABOVE_ZERO.check("temperature", temperature)?;
        Ok(self)
    }

    /// Counts an embedding among those of its own label and in the sum, as Keras' example does, which takes the loss of
    /// `n` pairs of TensorFlow Addons.
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

impl Default for SupervisedContrastive {
    fn default() -> Self {
        Self {
            temperature: 1.0,
            remove_diagonal: true,
        }
    }
}

impl LossFunction for SupervisedContrastive {
    fn name(&self) -> &'static str {
        "supervised_contrastive"
    }

    fn target_form(&self) -> TargetForm {
        TargetForm::Label
    }

    fn target_domain(&self) -> TargetDomain {
        TargetDomain::WholeNumbers
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        // Finite, so that it times 0 is 0.
        const NOWHERE: f64 = -1e30;
        let embeddings = unit(outputs.values());
        let cosines = embeddings.clone().matmul(embeddings.transpose());
        let mut logits = cosines / self.temperature;
        if self.remove_diagonal {
            logits = logits.mask_fill(others(&targets).bool_not(), NOWHERE);
        }
        let positives = self.positives(&targets).float();
        let shares = positives.clone() / positives.sum_dim(1).clamp_min(1.0);
        (shares * log_softmax(logits, 1))
            .sum_dim(1)
            .squeeze_dim(1)
            .neg()
    }

    fn mask(&self, targets: &Tensor<2>) -> Option<Tensor<1>> {
        Some(has_any(&self.positives(targets)))
    }
}
