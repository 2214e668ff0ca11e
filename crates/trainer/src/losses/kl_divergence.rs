use burn::tensor::Tensor;
use burn::tensor::activation::{log_sigmoid, log_softmax};
use firebrick_model::Activation;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::probabilities::EPSILON;
use crate::output_form::OutputForm;
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;

/// Kullback-Leibler divergence, `Σ t · ln(t / p)` over the columns of targets `t` and probabilities
/// `p`, both clipped to `[1e-7, 1]`.
///
/// After a softmax or a sigmoid it is computed from the logits, and `p` is not clipped.
///
/// ```
/// use firebrick::losses::{KLDivergence, Loss};
///
/// let loss = Loss::from(KLDivergence::new());
/// assert!((loss.compute([[0.5, 0.5]], [[0.25, 0.75]])? - 0.143_841).abs() < 1e-5);
/// assert!(loss.compute([[0.25, 0.75]], [[0.25, 0.75]])?.abs() < 1e-6);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/losses/probabilistic_losses/#kldivergence-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KLDivergence {}

impl KLDivergence {
    /// The divergence of the outputs from the targets.
    pub fn new() -> Self {
        Self::default()
    }
}

impl LossFunction for KLDivergence {
    fn name(&self) -> &'static str {
        "kl_divergence"
    }

    fn target_domain(&self) -> TargetDomain {
        TargetDomain::Distribution
    }

    fn output_form(&self) -> OutputForm {
        OutputForm::Probabilities
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        let targets = targets.clamp(EPSILON, 1.0);
        let log_p = match outputs.activation() {
            Activation::Softmax => log_softmax(outputs.raw(), 1),
            Activation::Sigmoid => log_sigmoid(outputs.raw()),
            _ => outputs.values().clamp(EPSILON, 1.0).log(),
        };
        (targets.clone() * (targets.log() - log_p))
            .sum_dim(1)
            .squeeze_dim(1)
    }
}
