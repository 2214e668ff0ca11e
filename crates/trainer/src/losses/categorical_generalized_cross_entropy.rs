use burn::tensor::Tensor;
use burn::tensor::activation::{log_sigmoid, log_softmax};
use firebrick_model::Activation;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::bounds::{self, INNER_SHARE};
use crate::error::TrainError;
use crate::output_form::OutputForm;
use crate::outputs::Outputs;
use crate::target_form::TargetForm;

/// `(1 - p[class]^q) / q` of the probabilities `p` that the outputs are, for targets that are the index of a class: a
/// cross-entropy that wrong labels spoil less, near it for a `q` near 0 and near the absolute error for one near 1.
///
/// The probabilities are taken as they are, not divided by their sum. After a softmax or a sigmoid it is computed from
/// the logits.
///
/// ```
/// use firebrick::losses::{CategoricalGeneralizedCrossEntropy, Loss};
///
/// // (1 - √0.25) / 0.5
/// let loss = Loss::from(CategoricalGeneralizedCrossEntropy::new());
/// assert_eq!(loss.compute([0], [[0.25, 0.75]])?, 1.0);
/// let robust = Loss::from(CategoricalGeneralizedCrossEntropy::new().with_q(0.75)?);
/// assert!(robust.compute([0], [[0.25, 0.75]])? < 1.0);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// Zhang and Sabuncu, "Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy Labels", 2018;
/// <https://keras.io/api/losses/probabilistic_losses/#categoricalgeneralizedcrossentropy-class>
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CategoricalGeneralizedCrossEntropy {
    #[serde(deserialize_with = "bounds::inner_share")]
    q: f64,
}

impl CategoricalGeneralizedCrossEntropy {
    /// With a `q` of 0.5.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how far from a cross-entropy it is.
    ///
    /// # Errors
    /// A number that is not between 0 and 1.
    pub fn with_q(mut self, q: f64) -> Result<Self, TrainError> {
        self.q = INNER_SHARE.check("q", q)?;
        Ok(self)
    }
}

impl Default for CategoricalGeneralizedCrossEntropy {
    fn default() -> Self {
        Self { q: 0.5 }
    }
}

impl LossFunction for CategoricalGeneralizedCrossEntropy {
    fn name(&self) -> &'static str {
        "categorical_generalized_cross_entropy"
    }

    fn target_form(&self) -> TargetForm {
        TargetForm::ClassIndex
    }

    fn output_form(&self) -> OutputForm {
        OutputForm::Probabilities
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        let classes = targets.int();
        let log_p = match outputs.activation() {
            Activation::Softmax => Some(log_softmax(outputs.raw(), 1)),
            Activation::Sigmoid => Some(log_sigmoid(outputs.raw())),
            _ => None,
        };
        let power = match log_p {
            Some(log_p) => (log_p.gather(1, classes) * self.q).exp(),
            // Above 0, where any power has a finite slope.
            None => outputs
                .values()
                .gather(1, classes)
                .clamp_min(f32::MIN_POSITIVE)
                .powf_scalar(self.q),
        };
        ((-power + 1.0) / self.q).squeeze_dim(1)
    }
}
