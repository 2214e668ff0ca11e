use ndarray::{Array1, Array2, ArrayRef2};

use crate::element::Element;
use crate::glorot_uniform::glorot_uniform;

/// Densely connected layer, `z = a · weights + bias`.
///
/// # Shapes
/// - input: `[batch_size, inputs]`
/// - output: `[batch_size, units]`
#[derive(Clone, Debug, PartialEq)]
pub struct Layer<T> {
    /// `[inputs, units]`.
    pub weights: Array2<T>,
    /// `[units]`.
    pub bias: Array1<T>,
}

impl<T: Element> Layer<T> {
    /// Glorot-uniform weights, no bias.
    pub(crate) fn glorot_uniform(inputs: usize, units: usize, seed: u64, stream: u64) -> Self {
        Self {
            weights: glorot_uniform(inputs, units, seed, stream),
            bias: Array1::zeros(units),
        }
    }

    /// `z = a · weights + bias`
    pub(crate) fn forward(&self, a: &ArrayRef2<T>) -> Array2<T> {
        a.dot(&self.weights) + &self.bias
    }
}
