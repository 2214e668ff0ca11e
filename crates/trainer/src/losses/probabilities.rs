//! Logarithms of probabilities, from the logits wherever there are any.

use burn::tensor::Tensor;
use burn::tensor::activation::{log_sigmoid, log_softmax};
use firebrick_model::Activation;

use crate::outputs::Outputs;

/// Keras' bound of what is divided by or taken a logarithm of.
pub(super) const EPSILON: f64 = 1e-7;

/// Probabilities in `[ε, 1 - ε]`.
fn clip(p: Tensor<2>) -> Tensor<2> {
    p.clamp(EPSILON, 1.0 - EPSILON)
}

/// `p / Σp` along the columns, clipped.
pub(super) fn shares(p: Tensor<2>) -> Tensor<2> {
    let sums = p.clone().sum_dim(1);
    clip(p / sums)
}

/// `ln(p / Σp)` along the columns, not clipped, if the outputs have logits.
pub(super) fn log_shares_of_logits(outputs: &Outputs) -> Option<Tensor<2>> {
    match outputs.activation() {
        Activation::Softmax => Some(log_softmax(outputs.raw(), 1)),
        Activation::Sigmoid => Some(log_softmax(log_sigmoid(outputs.raw()), 1)),
        _ => None,
    }
}

/// `ln(p / Σp)` along the columns, clipped where there are no logits.
///
/// # Shapes
/// - outputs and output: `[rows, columns]`
pub(super) fn log_shares(outputs: &Outputs) -> Tensor<2> {
    log_shares_of_logits(outputs).unwrap_or_else(|| shares(outputs.values()).log())
}

/// `ln p` and `ln(1 - p)`, clipped where there are no logits.
///
/// # Shapes
/// - outputs and output: `[rows, columns]`
pub(super) fn log_yes_and_no(outputs: &Outputs) -> (Tensor<2>, Tensor<2>) {
    if outputs.activation() == Activation::Sigmoid {
        let logits = outputs.raw();
        (log_sigmoid(logits.clone()), log_sigmoid(-logits))
    } else {
        let p = clip(outputs.values());
        (p.clone().log(), (-p + 1.0).log())
    }
}

/// `-(t · yes + (1 - t) · no)`
pub(super) fn either(targets: Tensor<2>, yes: Tensor<2>, no: Tensor<2>) -> Tensor<2> {
    (targets.clone() - 1.0) * no - targets * yes
}
