use burn::tensor::Tensor;
use firebrick_host::kernels::StateFunction;
use serde::{Deserialize, Serialize};

use super::checks::check_positive;
use super::layer_weights::{LayerWeights, layer_weights, weights_in_spec};
use super::recurrent::{
    Product, Projection, array, cell_setters, check_cell_activation, check_rates, check_vector,
    tanh,
};
use super::yes;
use crate::activation::Activation;
use crate::initializer::Initializer;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::WeightSpec;
use crate::layer::{Cell, CellSteps};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;

/// The cell of a [`SimpleRNN`](super::SimpleRNN): `h' = activation(x · kernel + bias + h · recurrent_kernel)`.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Layer, RNN, SimpleRNNCell};
///
/// let layer = RNN::new(SimpleRNNCell::new(4));
/// assert_eq!(layer.output_shapes(&[[10, 3].into()])?, [[4]]);
/// # Ok::<(), firebrick::layers::LayerProblem>(())
/// ```
///
/// # Shapes
/// - inputs: `[batch_size, features]`, the state before the step `[batch_size, units]`
/// - outputs: `[batch_size, units]`, the same as the state after the step
///
/// # Source
/// <https://keras.io/api/layers/recurrent_layers/simple_rnn_cell/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SimpleRNNCell {
    units: usize,
    #[serde(default = "tanh")]
    activation: Activation,
    #[serde(default = "yes")]
    use_bias: bool,
    #[serde(default)]
    dropout: f64,
    #[serde(default)]
    recurrent_dropout: f64,
    #[serde(skip)]
    weights: LayerWeights<Self>,
}

layer_weights!(SimpleRNNCell {
    kernel: Initializer::GlorotUniform,
        with_kernel_initializer, with_kernel_regularizer, with_kernel_constraint;
    recurrent: Initializer::Orthogonal { gain: 1.0 },
        with_recurrent_initializer, with_recurrent_regularizer, with_recurrent_constraint;
    bias: Initializer::Zeros,
        with_bias_initializer, with_bias_regularizer, with_bias_constraint;
});

impl SimpleRNNCell {
    /// A cell of `units` numbers, with a hyperbolic tangent and a bias.
    pub fn new(units: usize) -> Self {
        Self {
            units,
            activation: Activation::Tanh,
            use_bias: true,
            dropout: 0.0,
            recurrent_dropout: 0.0,
            weights: LayerWeights::default(),
        }
    }

    /// Sets the function after the sum.
    #[must_use = "returns the changed layer"]
    pub fn with_activation(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }
}

cell_setters!(SimpleRNNCell);

impl SimpleRNNCell {
    pub(super) fn units(&self) -> usize {
        self.units
    }

    pub(super) fn has_bias(&self) -> bool {
        self.use_bias
    }

    /// Its function over plain memory, if there it has one and drops nothing.
    pub(super) fn host_function(&self) -> Option<StateFunction> {
        let function = match self.activation {
            Activation::Tanh => StateFunction::Tanh,
            Activation::Sigmoid => StateFunction::Sigmoid,
            Activation::Relu => StateFunction::Relu,
            Activation::Linear => StateFunction::Linear,
            _ => return None,
        };
        (self.dropout <= 0.0 && self.recurrent_dropout <= 0.0).then_some(function)
    }
}

impl Cell for SimpleRNNCell {
    fn state_shapes(&self, step: &Shape) -> Result<Vec<Shape>, LayerProblem> {
        check_positive("units", self.units)?;
        check_cell_activation("activation", self.activation)?;
        check_rates(self.dropout, self.recurrent_dropout)?;
        check_vector(step)?;
        Ok(vec![[self.units].into()])
    }

    fn begin(&self, call: &Call, samples: usize, _: &[usize]) -> Box<dyn CellSteps> {
        Box::new(Steps {
            projection: Projection::new(call, self.dropout, samples, call.find("bias")),
            recurrent: Product::new(call, "recurrent_kernel", self.recurrent_dropout, samples),
            activation: self.activation,
        })
    }
}

struct Steps {
    projection: Projection,
    recurrent: Product,
    activation: Activation,
}

impl CellSteps for Steps {
    fn project(&self, steps: Tensor<3>) -> Tensor<3> {
        self.projection.of(steps)
    }

    fn step(&self, x: Tensor<2>, states: Vec<Tensor<2>>) -> Vec<Tensor<2>> {
        let [h] = array(states);
        vec![self.activation.forward(x + self.recurrent.of(h))]
    }
}

impl Layer for SimpleRNNCell {
    const CLASS_NAME: &'static str = "SimpleRNNCell";

    weights_in_spec!();

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        self.shapes_of_step(inputs)
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let features = inputs[0].last().unwrap_or_default();
        let kernel = self.weights.spec("kernel", vec![features, self.units]);
        let recurrent = self.weights.spec("recurrent", vec![self.units; 2]);
        let bias = self.weights.spec("bias", vec![self.units]);
        [kernel, recurrent.renamed("recurrent_kernel")]
            .into_iter()
            .chain(self.use_bias.then_some(bias))
            .collect()
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        self.call_step(inputs, call)
    }

    fn as_cell(&self) -> Option<&dyn Cell> {
        Some(self)
    }
}
