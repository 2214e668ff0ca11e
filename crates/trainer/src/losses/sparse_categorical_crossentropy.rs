use burn::tensor::{Tensor, activation::log_softmax};
use firebrick_model::Activation;
use serde::{Deserialize, Serialize};

use super::{LossFunction, TargetForm};
use crate::Outputs;

/// `-ln p[class]` of the probabilities `p` that the outputs are.
///
/// # Source
/// <https://keras.io/api/losses/probabilistic_losses/#sparsecategoricalcrossentropy-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SparseCategoricalCrossentropy {
    from_logits: bool,
}

impl SparseCategoricalCrossentropy {
    /// For a network whose outputs are probabilities, a softmax at its end say.
    pub fn new() -> Self {
        Self::default()
    }

    /// For a network without a softmax at its end.
    #[must_use = "returns the changed loss"]
    pub fn from_logits(mut self) -> Self {
        self.from_logits = true;
        self
    }
}

impl LossFunction for SparseCategoricalCrossentropy {
    fn name(&self) -> &'static str {
        "sparse_categorical_crossentropy"
    }

    fn target_form(&self) -> TargetForm {
        TargetForm::ClassIndex
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        let log_probabilities = if self.from_logits {
            log_softmax(outputs.values(), 1)
        } else if outputs.activation() == Activation::Softmax {
            log_softmax(outputs.raw(), 1)
        } else {
            let p = outputs.values();
            let sums = p.clone().sum_dim(1);
            (p / sums).clamp(1e-7, 1.0 - 1e-7).log()
        };
        log_probabilities
            .gather(1, targets.int())
            .neg()
            .squeeze_dim(1)
    }
}
