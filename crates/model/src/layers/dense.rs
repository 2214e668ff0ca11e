use burn::module::{Module, Param};
use burn::tensor::{Tensor, module::linear};
use firebrick_spec::{Spec, SpecError};
use serde::{Deserialize, Serialize};

use super::activation::activated_shape;
use super::checks::check_positive;
use super::layer_weights::{LayerWeights, WeightArguments, layer_weights};
use super::{Apply, Describe, LayerProblem, WeightSpec, Weights, linear_activation, yes};
use crate::activation::Activation;
use crate::initializer::Initializer;
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;

/// Densely connected layer, `y = activation(x · kernel + bias)`.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::Dense;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// // The kernel, then the bias: 3 · 1 + 4 · 2 + 0.5.
/// let model = Sequential::new([2])
///     .add(Dense::new(1))
///     .build_with_weights([vec![1.0, 2.0], vec![0.5]], &device)?;
/// let x = Tensor::<2>::from_floats([[3.0, 4.0]], &device);
/// assert_eq!(model.predict(x)?.into_vec()?, [11.5]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, ..., input_dim]`
/// - output: `[batch_size, ..., units]`
///
/// # Source
/// <https://keras.io/api/layers/core_layers/dense/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dense {
    units: usize,
    #[serde(default = "linear_activation")]
    activation: Activation,
    #[serde(default = "yes")]
    use_bias: bool,
    #[serde(flatten)]
    weights: LayerWeights<Self>,
}

layer_weights!(Dense {
    kernel: Initializer::GlorotUniform,
        with_kernel_initializer, with_kernel_regularizer, with_kernel_constraint;
    bias: Initializer::Zeros,
        with_bias_initializer, with_bias_regularizer, with_bias_constraint;
});

impl Dense {
    /// A layer of `units` outputs, linear and with a bias.
    pub fn new(units: usize) -> Self {
        Self {
            units,
            activation: Activation::Linear,
            use_bias: true,
            weights: LayerWeights::default(),
        }
    }

    /// Sets the function after the layer.
    #[must_use = "returns the changed layer"]
    pub fn with_activation(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }

    /// Drops the bias, e.g. before a batch normalization.
    #[must_use = "returns the changed layer"]
    pub fn without_bias(mut self) -> Self {
        self.use_bias = false;
        self
    }
}

impl Describe for Dense {
    type Built = BuiltDense;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        check_positive("units", self.units)?;
        let mut shape = input.to_vec();
        match shape.last_mut() {
            Some(last) => *last = self.units,
            None => {
                return Err(LayerProblem::input(
                    "[..., input_dim]",
                    "give samples an axis",
                ));
            }
        }
        activated_shape(self.activation, shape)
    }

    fn weights(&self, input: &[usize]) -> Vec<WeightSpec> {
        let inputs = input.last().copied().unwrap_or_default();
        let kernel = self.weights.spec("kernel", vec![inputs, self.units]);
        let bias = self.weights.spec("bias", vec![self.units]);
        [kernel]
            .into_iter()
            .chain(self.use_bias.then_some(bias))
            .collect()
    }

    fn from_spec(spec: &Spec, thing: &str) -> Result<Self, SpecError> {
        LayerWeights::read(spec, thing, |layer: &mut Self| &mut layer.weights)
    }

    fn argument_names() -> Vec<String> {
        LayerWeights::<Self>::argument_names(&["units", "activation", "use_bias"])
    }

    fn weight_arguments(&self) -> &[WeightArguments] {
        self.weights.arguments()
    }

    fn build(&self, _: &[usize], weights: &mut Weights) -> BuiltDense {
        BuiltDense {
            kernel: weights.next(),
            bias: weights.next_if(self.use_bias),
            activation: self.activation,
        }
    }
}

/// A [`Dense`] layer with its weights.
#[derive(Module, Debug)]
pub(crate) struct BuiltDense {
    kernel: Param<Tensor<2>>,
    bias: Option<Param<Tensor<1>>>,
    #[module(skip)]
    activation: Activation,
}

impl BuiltDense {
    fn linear(&self, x: AnyTensor) -> AnyTensor {
        // Further axes are rows of one product.
        let mut shape = x.shape();
        let inputs = shape.pop().unwrap_or_default();
        let rows = shape.iter().product();
        let x = x.reshaped(&[rows, inputs]).expect_rank::<2>();
        let [_, units] = self.kernel.shape().dims();
        let y = linear(x, self.kernel.val(), self.bias.as_ref().map(Param::val));
        shape.push(units);
        AnyTensor::from(y).reshaped(&shape)
    }
}

impl Apply for BuiltDense {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        self.activation.activate(self.linear(x))
    }

    fn last_activation(&self) -> Activation {
        self.activation
    }

    fn forward_linear(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        self.linear(x)
    }
}
