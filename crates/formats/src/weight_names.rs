//! What the weights of a network are called.

use firebrick_model::Graph;

use crate::error::FormatProblem;

/// What the weights of a file are called, and how they lie in it.
///
/// ```
/// # mod firebrick { pub use firebrick_formats as formats; }
/// use firebrick::formats::Format;
/// use firebrick::formats::safetensors::Names;
///
/// let format = Format::of("model.safetensors")?.with_names(Names::PyTorch);
/// assert_eq!(format.to_string(), "weights in safetensors under PyTorch's names");
/// # Ok::<(), firebrick::formats::FormatError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Names {
    /// As the network has them: `fc1/kernel`, in Keras' layout.
    #[default]
    Own,
    /// As the modules of PyTorch have them: `fc1.weight`, turned where theirs are.
    PyTorch,
}

/// `dense/kernel` of each weight, in order.
pub(crate) fn weight_names(graph: &Graph) -> Result<Vec<String>, FormatProblem> {
    let weights = graph.weights()?.into_iter();
    Ok(weights
        .map(|(layer, spec)| format!("{layer}/{}", spec.name))
        .collect())
}
