use ndarray::{Array1, Array2};

use crate::element::Element;
use crate::figures::Figures;
use crate::network::Network;

/// The derivative of the loss of a batch by every weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients<T> {
    /// Loss and accuracy of the batch.
    pub figures: Figures,
    /// One a layer, from the input on.
    pub layers: Vec<LayerGradient<T>>,
}

/// The derivative of the loss by the weights of one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerGradient<T> {
    /// `∂loss/∂weights`, `[inputs, units]`.
    pub weights: Array2<T>,
    /// `∂loss/∂bias`, `[units]`.
    pub bias: Array1<T>,
}

impl<T: Element> Gradients<T> {
    /// Memory for the gradients of a network.
    pub(crate) fn zeros(network: &Network<T>) -> Self {
        let layers = network.layers().iter().map(|layer| LayerGradient {
            weights: Array2::zeros(layer.weights.dim()),
            bias: Array1::zeros(layer.bias.dim()),
        });
        Self {
            figures: Figures::default(),
            layers: layers.collect(),
        }
    }
}
