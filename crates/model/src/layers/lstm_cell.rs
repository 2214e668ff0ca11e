use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::checks::check_positive;
use super::layer_weights::{LayerWeights, layer_weights, weights_in_spec};
use super::recurrent::{
    Product, Projection, array, cell_setters, check_cell_activation, check_rates, check_vector,
    gates, sigmoid, tanh,
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

/// The cell of an [`LSTM`](super::LSTM), with `[i, f, g, o] = x · kernel + bias + h · recurrent_kernel`:
/// `c' = σ(f) · c + σ(i) · activation(g)` and `h' = σ(o) · activation(c')`, where `σ` is the `recurrent_activation`.
///
/// [`with_recurrent_dropout`](Self::with_recurrent_dropout) drops the same numbers for all four; Keras draws for each.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Layer, RNN, LSTMCell};
///
/// let layer = RNN::new(LSTMCell::new(4));
/// assert_eq!(layer.output_shapes(&[[10, 3].into()])?, [[4]]);
/// # Ok::<(), firebrick::layers::LayerProblem>(())
/// ```
///
/// # Shapes
/// - inputs: `[batch_size, features]`, the states `h` and `c` before the step, `[batch_size, units]` each
/// - outputs: `h` after the step, then the states after the step, `h` and `c`
///
/// # Source
/// <https://keras.io/api/layers/recurrent_layers/lstm_cell/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LSTMCell {
    units: usize,
    #[serde(default = "tanh")]
    activation: Activation,
    #[serde(default = "sigmoid")]
    recurrent_activation: Activation,
    #[serde(default = "yes")]
    use_bias: bool,
    #[serde(default = "yes")]
    unit_forget_bias: bool,
    #[serde(default)]
    dropout: f64,
    #[serde(default)]
    recurrent_dropout: f64,
    #[serde(skip)]
    weights: LayerWeights<Self>,
}

layer_weights!(LSTMCell {
    kernel: Initializer::GlorotUniform,
        with_kernel_initializer, with_kernel_regularizer, with_kernel_constraint;
    recurrent: Initializer::Orthogonal { gain: 1.0 },
        with_recurrent_initializer, with_recurrent_regularizer, with_recurrent_constraint;
    bias: Initializer::Zeros,
        with_bias_initializer, with_bias_regularizer, with_bias_constraint;
});

impl LSTMCell {
    /// A cell of `units` numbers a state, with hyperbolic tangents, sigmoids at the gates and a bias that is 1 for `f` at
    /// the start.
    pub fn new(units: usize) -> Self {
        Self {
            units,
            activation: Activation::Tanh,
            recurrent_activation: Activation::Sigmoid,
            use_bias: true,
            unit_forget_bias: true,
            dropout: 0.0,
            recurrent_dropout: 0.0,
            weights: LayerWeights::default(),
        }
    }

    /// Sets the function of `g` and of `c'`.
    #[must_use = "returns the changed layer"]
    pub fn with_activation(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }

    /// Sets the function at the gates `i`, `f` and `o`.
    #[must_use = "returns the changed layer"]
    pub fn with_recurrent_activation(mut self, activation: Activation) -> Self {
        self.recurrent_activation = activation;
        self
    }

    /// Lets the bias of the gate `f` start as the others do, instead of at 1.
    #[must_use = "returns the changed layer"]
    pub fn without_unit_forget_bias(mut self) -> Self {
        self.unit_forget_bias = false;
        self
    }
}

cell_setters!(LSTMCell);

impl LSTMCell {
    pub(super) fn units(&self) -> usize {
        self.units
    }

    pub(super) fn has_bias(&self) -> bool {
        self.use_bias
    }

    /// Whether it has the functions that it has by default, and drops nothing.
    pub(super) fn is_plain(&self) -> bool {
        self.activation == Activation::Tanh
            && self.recurrent_activation == Activation::Sigmoid
            && self.dropout <= 0.0
            && self.recurrent_dropout <= 0.0
    }
}

impl Cell for LSTMCell {
    fn state_shapes(&self, step: &Shape) -> Result<Vec<Shape>, LayerProblem> {
        check_positive("units", self.units)?;
        check_cell_activation("activation", self.activation)?;
        check_cell_activation("recurrent_activation", self.recurrent_activation)?;
        check_rates(self.dropout, self.recurrent_dropout)?;
        check_vector(step)?;
        Ok(vec![[self.units].into(); 2])
    }

    fn begin(&self, call: &Call, samples: usize, _: &[usize]) -> Box<dyn CellSteps> {
        Box::new(Steps {
            projection: Projection::new(call, self.dropout, samples, call.find("bias")),
            recurrent: Product::new(call, "recurrent_kernel", self.recurrent_dropout, samples),
            activation: self.activation,
            gate: self.recurrent_activation,
        })
    }

    fn num_states(&self) -> usize {
        2
    }
}

struct Steps {
    projection: Projection,
    recurrent: Product,
    activation: Activation,
    gate: Activation,
}

impl CellSteps for Steps {
    fn project(&self, steps: Tensor<3>) -> Tensor<3> {
        self.projection.of(steps)
    }

    fn step(&self, x: Tensor<2>, states: Vec<Tensor<2>>) -> Vec<Tensor<2>> {
        let [h, c] = array(states);
        let [input, forget, candidate, output] = gates(&(x + self.recurrent.of(h)));
        let kept = self.gate.forward(forget) * c;
        let c = kept + self.gate.forward(input) * self.activation.forward(candidate);
        let h = self.gate.forward(output) * self.activation.forward(c.clone());
        vec![h, c]
    }
}

impl Layer for LSTMCell {
    const CLASS_NAME: &'static str = "LSTMCell";

    weights_in_spec!();

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        self.shapes_of_step(inputs)
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let features = inputs[0].last().unwrap_or_default();
        let width = self.units.saturating_mul(4);
        let kernel = self.weights.spec("kernel", vec![features, width]);
        let recurrent = self.weights.spec("recurrent", vec![self.units, width]);
        let bias = self.weights.spec("bias", vec![width]);
        let bias = if self.unit_forget_bias {
            bias.with_ones(self.units..2 * self.units)
        } else {
            bias
        };
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
