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

/// The cell of a [`GRU`](super::GRU), with `[xz, xr, xg] = x · kernel + bias[0]` and
/// `[hz, hr, hg] = h · recurrent_kernel + bias[1]`: `z = σ(xz + hz)`, `r = σ(xr + hr)`, `g = activation(xg + r · hg)` and
/// `h' = z · h + (1 - z) · g`, where `σ` is the `recurrent_activation`.
///
/// [`with_reset_before`](Self::with_reset_before) resets the state before the product.
/// [`with_recurrent_dropout`](Self::with_recurrent_dropout) drops the same numbers for all three; Keras draws for each.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Layer, RNN, GRUCell};
///
/// let layer = RNN::new(GRUCell::new(4));
/// assert_eq!(layer.output_shapes(&[[10, 3].into()])?, [[4]]);
/// # Ok::<(), firebrick::layers::LayerProblem>(())
/// ```
///
/// # Shapes
/// - inputs: `[batch_size, features]`, the state before the step `[batch_size, units]`
/// - outputs: `[batch_size, units]`, the same as the state after the step
///
/// # Source
/// <https://keras.io/api/layers/recurrent_layers/gru_cell/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GRUCell {
    units: usize,
    #[serde(default = "tanh")]
    activation: Activation,
    #[serde(default = "sigmoid")]
    recurrent_activation: Activation,
    #[serde(default = "yes")]
    use_bias: bool,
    #[serde(default = "yes")]
    reset_after: bool,
    #[serde(default)]
    dropout: f64,
    #[serde(default)]
    recurrent_dropout: f64,
    #[serde(skip)]
    weights: LayerWeights<Self>,
}

layer_weights!(GRUCell {
    kernel: Initializer::GlorotUniform,
        with_kernel_initializer, with_kernel_regularizer, with_kernel_constraint;
    recurrent: Initializer::Orthogonal { gain: 1.0 },
        with_recurrent_initializer, with_recurrent_regularizer, with_recurrent_constraint;
    bias: Initializer::Zeros,
        with_bias_initializer, with_bias_regularizer, with_bias_constraint;
});

impl GRUCell {
    /// A cell of `units` numbers, with a hyperbolic tangent, sigmoids at the gates and two biases.
    pub fn new(units: usize) -> Self {
        Self {
            units,
            activation: Activation::Tanh,
            recurrent_activation: Activation::Sigmoid,
            use_bias: true,
            reset_after: true,
            dropout: 0.0,
            recurrent_dropout: 0.0,
            weights: LayerWeights::default(),
        }
    }

    /// Sets the function of `g`.
    #[must_use = "returns the changed layer"]
    pub fn with_activation(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }

    /// Sets the function at the gates `z` and `r`.
    #[must_use = "returns the changed layer"]
    pub fn with_recurrent_activation(mut self, activation: Activation) -> Self {
        self.recurrent_activation = activation;
        self
    }

    /// Resets the state before the product, as Keras' `reset_after=False` and the first paper: `hg` is
    /// `(r · h) · recurrent_kernel`, and there is one bias.
    #[must_use = "returns the changed layer"]
    pub fn with_reset_before(mut self) -> Self {
        self.reset_after = false;
        self
    }
}

cell_setters!(GRUCell);

impl GRUCell {
    pub(super) fn units(&self) -> usize {
        self.units
    }

    pub(super) fn has_bias(&self) -> bool {
        self.use_bias
    }

    pub(super) fn resets_after(&self) -> bool {
        self.reset_after
    }

    /// Whether it has the functions that it has by default, and drops nothing.
    pub(super) fn is_plain(&self) -> bool {
        self.activation == Activation::Tanh
            && self.recurrent_activation == Activation::Sigmoid
            && self.dropout <= 0.0
            && self.recurrent_dropout <= 0.0
    }
}

impl Cell for GRUCell {
    fn state_shapes(&self, step: &Shape) -> Result<Vec<Shape>, LayerProblem> {
        check_positive("units", self.units)?;
        check_cell_activation("activation", self.activation)?;
        check_cell_activation("recurrent_activation", self.recurrent_activation)?;
        check_rates(self.dropout, self.recurrent_dropout)?;
        check_vector(step)?;
        Ok(vec![[self.units].into()])
    }

    fn begin(&self, call: &Call, samples: usize, _: &[usize]) -> Box<dyn CellSteps> {
        let recurrent = Product::new(call, "recurrent_kernel", self.recurrent_dropout, samples);
        let steps = |bias| Steps {
            projection: Projection::new(call, self.dropout, samples, bias),
            activation: self.activation,
            gate: self.recurrent_activation,
        };
        if self.reset_after {
            let bias = call.find::<2>("bias");
            let row = |row: usize| {
                let row = bias.clone()?.slice_dim(0, row..row + 1);
                Some(row.squeeze_dim::<1>(0))
            };
            Box::new(ResetAfter {
                steps: steps(row(0)),
                recurrent,
                bias: row(1),
            })
        } else {
            let units = self.units;
            Box::new(ResetBefore {
                steps: steps(call.find("bias")),
                gates: recurrent.columns(0, 2 * units),
                candidate: recurrent.columns(2 * units, 3 * units),
                recurrent,
            })
        }
    }
}

/// What both kinds have in common.
struct Steps {
    projection: Projection,
    activation: Activation,
    gate: Activation,
}

impl Steps {
    fn mixed(&self, z: Tensor<2>, h: Tensor<2>, candidate: Tensor<2>) -> Vec<Tensor<2>> {
        let g = self.activation.forward(candidate);
        vec![z * (h - g.clone()) + g]
    }
}

/// `r · (h · recurrent_kernel)`
struct ResetAfter {
    steps: Steps,
    recurrent: Product,
    bias: Option<Tensor<1>>,
}

impl CellSteps for ResetAfter {
    fn project(&self, steps: Tensor<3>) -> Tensor<3> {
        self.steps.projection.of(steps)
    }

    fn step(&self, x: Tensor<2>, states: Vec<Tensor<2>>) -> Vec<Tensor<2>> {
        let [h] = array(states);
        let inner = self.recurrent.of(h.clone());
        let inner = match &self.bias {
            Some(bias) => inner + bias.clone().unsqueeze_dim::<2>(0),
            None => inner,
        };
        let [xz, xr, xg] = gates(&x);
        let [hz, hr, hg] = gates(&inner);
        let z = self.steps.gate.forward(xz + hz);
        let r = self.steps.gate.forward(xr + hr);
        self.steps.mixed(z, h, xg + r * hg)
    }
}

/// `(r · h) · recurrent_kernel`
struct ResetBefore {
    steps: Steps,
    recurrent: Product,
    /// The columns of `z` and `r`.
    gates: Tensor<2>,
    candidate: Tensor<2>,
}

impl CellSteps for ResetBefore {
    fn project(&self, steps: Tensor<3>) -> Tensor<3> {
        self.steps.projection.of(steps)
    }

    fn step(&self, x: Tensor<2>, states: Vec<Tensor<2>>) -> Vec<Tensor<2>> {
        let [h] = array(states);
        let dropped = self.recurrent.dropped(h.clone());
        let [xz, xr, xg] = gates(&x);
        let [hz, hr] = gates(&dropped.clone().matmul(self.gates.clone()));
        let z = self.steps.gate.forward(xz + hz);
        let r = self.steps.gate.forward(xr + hr);
        let hg = (r * dropped).matmul(self.candidate.clone());
        self.steps.mixed(z, h, xg + hg)
    }
}

impl Layer for GRUCell {
    const CLASS_NAME: &'static str = "GRUCell";

    weights_in_spec!();

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        self.shapes_of_step(inputs)
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let features = inputs[0].last().unwrap_or_default();
        let width = self.units.saturating_mul(3);
        let kernel = self.weights.spec("kernel", vec![features, width]);
        let recurrent = self.weights.spec("recurrent", vec![self.units, width]);
        let biases = if self.reset_after {
            vec![2, width]
        } else {
            vec![width]
        };
        let bias = self.weights.spec("bias", biases);
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
