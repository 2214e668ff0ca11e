use ndarray::ArrayRef2;

use crate::activation::Activation;
use crate::element::Element;
use crate::error::ScratchError;
use crate::layer::Layer;
use crate::samples::Samples;

/// A multi-layer perceptron that classifies: dense layers, a sigmoid or `ReLU` after each but the last, a softmax after
/// that.
///
/// ```
/// use firebrick_scratch::{Activation, Network};
///
/// let network = Network::<f32>::new(&[784, 128, 64, 10], Activation::Sigmoid, 42)?;
/// assert_eq!(network.num_params(), 109_386);
/// # Ok::<(), firebrick_scratch::ScratchError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Network<T> {
    layers: Vec<Layer<T>>,
    activation: Activation,
}

impl<T: Element> Network<T> {
    /// The most weights a network may have: a typing error in a width is found before it takes all memory.
    pub const MAX_PARAMS: usize = 1 << 30;

    /// A network with Glorot-uniform weights, which depend on nothing but the seed, and biases of zero.
    ///
    /// The widths are those of the inputs, of any number of hidden layers, and of the classes.
    ///
    /// # Errors
    /// Fewer than two widths, a width of zero, a single class, more than [`MAX_PARAMS`](Self::MAX_PARAMS) weights.
    pub fn new(widths: &[usize], activation: Activation, seed: u64) -> Result<Self, ScratchError> {
        check_widths(widths)?;
        let num_params = widths.windows(2).try_fold(0_usize, |sum, pair| {
            let layer = pair[0].checked_mul(pair[1])?.checked_add(pair[1])?;
            sum.checked_add(layer)
        });
        if num_params.is_none_or(|num_params| num_params > Self::MAX_PARAMS) {
            return Err(ScratchError::TooLarge {
                widths: widths.to_vec(),
                limit: Self::MAX_PARAMS,
            });
        }
        let layers = widths
            .windows(2)
            .zip(0..)
            .map(|(pair, l)| Layer::glorot_uniform(pair[0], pair[1], seed, l));
        Ok(Self {
            layers: layers.collect(),
            activation,
        })
    }

    /// A network with given weights.
    ///
    /// # Errors
    /// No layers, layers that do not fit one another, and the widths that [`new`](Self::new) rejects.
    pub fn from_layers(
        layers: Vec<Layer<T>>,
        activation: Activation,
    ) -> Result<Self, ScratchError> {
        let first = layers.first().map(|layer| layer.weights.nrows());
        let units = layers.iter().map(|layer| layer.weights.ncols());
        let widths: Vec<usize> = first.into_iter().chain(units).collect();
        check_widths(&widths)?;
        for (l, layer) in layers.iter().enumerate() {
            if layer.weights.nrows() != widths[l] {
                return Err(ScratchError::Shape {
                    what: format!("the weights of layer {l}"),
                    expected: vec![widths[l], widths[l + 1]],
                    received: layer.weights.shape().to_vec(),
                    hint: "a layer takes as many inputs as the one before has units",
                });
            }
            if layer.bias.len() != widths[l + 1] {
                return Err(ScratchError::Shape {
                    what: format!("the bias of layer {l}"),
                    expected: vec![widths[l + 1]],
                    received: layer.bias.shape().to_vec(),
                    hint: "weights are [inputs, units], the bias is [units]",
                });
            }
        }
        Ok(Self { layers, activation })
    }

    /// The layers from the input on, at least one.
    pub fn layers(&self) -> &[Layer<T>] {
        &self.layers
    }

    pub(crate) fn layers_mut(&mut self) -> &mut [Layer<T>] {
        &mut self.layers
    }

    /// The function after each hidden layer.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// Inputs of a sample.
    pub fn num_features(&self) -> usize {
        self.layers.first().map_or(0, |layer| layer.weights.nrows())
    }

    /// Classes, the units of the last layer.
    pub fn num_classes(&self) -> usize {
        self.layers.last().map_or(0, |layer| layer.bias.len())
    }

    /// Weights and biases of all layers.
    pub fn num_params(&self) -> usize {
        let params = |layer: &Layer<T>| layer.weights.len() + layer.bias.len();
        self.layers.iter().map(params).sum()
    }

    pub(crate) fn check_inputs(&self, x: &ArrayRef2<T>) -> Result<(), ScratchError> {
        if x.ncols() == self.num_features() {
            return Ok(());
        }
        Err(ScratchError::Shape {
            what: "the inputs".to_owned(),
            expected: vec![x.nrows(), self.num_features()],
            received: x.shape().to_vec(),
            hint: "a sample is a row, with as many numbers as the network has inputs",
        })
    }

    pub(crate) fn check_batch(
        &self,
        x: &ArrayRef2<T>,
        targets: &ArrayRef2<T>,
    ) -> Result<(), ScratchError> {
        self.check_inputs(x)?;
        if x.nrows() == 0 {
            return Err(ScratchError::NoSamples { what: "the batch" });
        }
        let expected = [x.nrows(), self.num_classes()];
        if targets.shape() == expected {
            return Ok(());
        }
        Err(ScratchError::Shape {
            what: "the targets".to_owned(),
            expected: expected.to_vec(),
            received: targets.shape().to_vec(),
            hint: "a class is a row with 1 at its place and 0 elsewhere",
        })
    }

    pub(crate) fn check_samples(&self, samples: &Samples<T>) -> Result<(), ScratchError> {
        if samples.is_empty() {
            return Err(ScratchError::NoSamples {
                what: "the samples",
            });
        }
        let expected = vec![self.num_features(), self.num_classes()];
        let received = vec![samples.num_features(), samples.num_classes()];
        if expected == received {
            return Ok(());
        }
        Err(ScratchError::Shape {
            what: "features and classes of the samples".to_owned(),
            expected,
            received,
            hint: "the first and the last width of a network are those of its data",
        })
    }
}

fn check_widths(widths: &[usize]) -> Result<(), ScratchError> {
    let problem = |expected, hint| {
        Err(ScratchError::Widths {
            received: widths.to_vec(),
            expected,
            hint,
        })
    };
    match widths {
        [] | [_] => problem(
            "inputs and classes at least",
            "give e.g. [784, 10], or [784, 128, 10] with a hidden layer",
        ),
        _ if widths.contains(&0) => problem(
            "at least 1 unit each",
            "give the layer units or leave it out",
        ),
        [.., 1] => problem(
            "at least 2 classes",
            "a softmax of one unit is always 1; for yes or no, take two classes",
        ),
        _ => Ok(()),
    }
}
