mod equation;

use burn::tensor::{EinsumOperand, Tensor};
use serde::{Deserialize, Deserializer, Serialize};

use self::equation::{Equation, Projection};
use super::activation::activated_shape;
use super::layer_weights::{LayerWeights, layer_weights, weights_in_spec};
use super::linear_activation;
use crate::activation::Activation;
use crate::initializer::Initializer;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::WeightSpec;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use firebrick_tensor::AnyTensor;

/// A densely connected layer along any axes: `activation(einsum(equation, x, kernel) + bias)`.
///
/// The equation names the axes of the input, the kernel and the output by letters; the axes of the kernel that are not the
/// input's have the sizes that `output_shape` gives, in which sizes that follow from the input may be left out.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{EinsumDense, Layer};
///
/// // 8 features of every step become 2 heads of 4.
/// let heads = EinsumDense::new("btf,fhd->bthd", [None, Some(2), Some(4)]).with_bias_axes("hd");
/// assert_eq!(heads.output_shape(&[5, 8].into())?, [5, 2, 4]);
/// // The same along the last axis, whatever is before it.
/// let dense = EinsumDense::new("...x,xy->...y", [Some(64)]).with_bias_axes("y");
/// assert_eq!(dense.output_shape(&[5, 3, 8].into())?, [5, 3, 64]);
/// # Ok::<(), firebrick::layers::LayerProblem>(())
/// ```
///
/// # Shapes
/// - input and output: as the equation says, the batch axis first
///
/// # Source
/// <https://keras.io/api/layers/core_layers/einsum_dense/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EinsumDense {
    equation: String,
    #[serde(deserialize_with = "sizes")]
    output_shape: Vec<Option<usize>>,
    #[serde(default = "linear_activation")]
    activation: Activation,
    #[serde(default)]
    bias_axes: Option<String>,
    #[serde(skip)]
    weights: LayerWeights<Self>,
}

layer_weights!(EinsumDense {
    kernel: Initializer::GlorotUniform,
        with_kernel_initializer, with_kernel_regularizer, with_kernel_constraint;
    bias: Initializer::Zeros,
        with_bias_initializer, with_bias_regularizer, with_bias_constraint;
});

impl EinsumDense {
    /// What is multiplied and summed up along which axes, and the sizes of the output, without the batch axis and what the
    /// equation leaves out by `...`.
    pub fn new(equation: impl Into<String>, output_shape: impl Into<Vec<Option<usize>>>) -> Self {
        Self {
            equation: equation.into(),
            output_shape: output_shape.into(),
            activation: Activation::Linear,
            bias_axes: None,
            weights: LayerWeights::default(),
        }
    }

    /// Adds a bias with these axes of the output.
    #[must_use = "returns the changed layer"]
    pub fn with_bias_axes(mut self, bias_axes: impl Into<String>) -> Self {
        self.bias_axes = Some(bias_axes.into());
        self
    }

    /// Sets the function after the layer.
    #[must_use = "returns the changed layer"]
    pub fn with_activation(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }

    fn projection(&self, input: &Shape) -> Result<Projection, LayerProblem> {
        Equation::parse(&self.equation)?.projection(
            input,
            &self.output_shape,
            self.bias_axes.as_deref(),
        )
    }
}

/// A size, or several of which some may be left out.
fn sizes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Option<usize>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Sizes {
        One(usize),
        Many(Vec<Option<usize>>),
    }
    Ok(match Sizes::deserialize(deserializer)? {
        Sizes::One(size) => vec![Some(size)],
        Sizes::Many(sizes) => sizes,
    })
}

/// Evaluates an expression for a rank that is known when the program runs.
macro_rules! of_rank {
    ($rank:expr, $d:ident => $result:expr) => {
        of_rank!($rank, $d => $result; 1, 2, 3, 4, 5, 6)
    };
    ($rank:expr, $d:ident => $result:expr; $($number:literal),+) => {
        match $rank {
            $($number => {
                const $d: usize = $number;
                $result
            })+
            rank => unreachable!("shapes have 1 to {} axes, not {rank}, checked before", AnyTensor::MAX_RANK),
        }
    };
}

fn operand(x: AnyTensor) -> EinsumOperand {
    of_rank!(x.rank(), D => x.expect_rank::<D>().into())
}

/// What the equation makes of the operands, with so many axes.
fn einsum(equation: &str, operands: [EinsumOperand; 2], rank: usize) -> AnyTensor {
    of_rank!(rank, D => Tensor::<D>::einsum(equation, operands).into())
}

/// The sum with a bias that meets the last axes.
fn added(y: AnyTensor, bias: AnyTensor) -> AnyTensor {
    let mut shape = vec![1; y.rank() - bias.rank()];
    shape.extend(bias.shape());
    let bias = bias.reshaped(&shape);
    of_rank!(y.rank(), D => (y.expect_rank::<D>() + bias.expect_rank::<D>()).into())
}

impl Layer for EinsumDense {
    const CLASS_NAME: &'static str = "EinsumDense";

    weights_in_spec!();

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        activated_shape(self.activation, self.projection(input)?.output)
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let Ok(projection) = self.projection(&inputs[0]) else {
            unreachable!("the shapes were checked before");
        };
        let kernel = self.weights.spec("kernel", projection.kernel);
        let bias = projection
            .bias
            .map(|shape| self.weights.spec("bias", shape));
        [kernel.with_fans(projection.fans).taking_lora()]
            .into_iter()
            .chain(bias)
            .collect()
    }

    fn last_activation(&self) -> Activation {
        self.activation
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        let rank = self.projection(&x.shape()[1..].into())?.output.rank() + 1;
        let operands = [operand(x), operand(call.any_weight("kernel"))];
        let y = einsum(&self.equation, operands, rank);
        let y = match call.find_any("bias") {
            Some(bias) => added(y, bias),
            None => y,
        };
        Ok(call.activate(self.activation, y).into())
    }
}
