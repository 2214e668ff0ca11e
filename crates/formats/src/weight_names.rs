//! What the weights of a network are called.

use firebrick_model::Graph;

use crate::error::FormatProblem;

/// `dense/kernel` of each weight, in order.
pub(crate) fn weight_names(graph: &Graph) -> Result<Vec<String>, FormatProblem> {
    let weights = graph.weights()?.into_iter();
    Ok(weights
        .map(|(layer, spec)| format!("{layer}/{}", spec.name))
        .collect())
}
