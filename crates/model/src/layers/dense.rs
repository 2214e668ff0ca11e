use burn::tensor::module::linear;
use firebrick_host::kernels;
use serde::{Deserialize, Serialize};

use super::activation::activated_shape;
use super::checks::check_positive;
use super::layer_weights::{LayerWeights, layer_weights, weights_in_spec};
use super::{linear_activation, yes};
use crate::activation::Activation;
use crate::initializer::Initializer;
use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer::WeightSpec;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
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
/// - input: `[batch_size, ..., input_dim]`, `input_dim` known beforehand
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
    #[serde(skip)]
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

impl Layer for Dense {
    const CLASS_NAME: &'static str = "Dense";

    weights_in_spec!();

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        check_positive("units", self.units)?;
        input.features()?;
        activated_shape(self.activation, input.clone().with_last(self.units))
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let input_dim = inputs[0].last().unwrap_or_default();
        let kernel = self.weights.spec("kernel", vec![input_dim, self.units]);
        let bias = self.weights.spec("bias", vec![self.units]);
        [kernel.taking_lora()]
            .into_iter()
            .chain(self.use_bias.then_some(bias))
            .collect()
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn last_activation(&self) -> Activation {
        self.activation
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        // Further axes are rows of one product.
        let mut shape = x.shape();
        let input_dim = shape.pop().unwrap_or_default();
        let rows = shape.iter().product();
        let x = x.reshaped(&[rows, input_dim]).expect_rank::<2>();
        let y = linear(x, call.weight("kernel"), call.find("bias"));
        shape.push(self.units);
        let y = AnyTensor::from(y).reshaped(&shape);
        Ok(call.activate(self.activation, y).into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        let input_dim = inputs[0].last()?;
        let steps = inputs[0].num_elements()? / input_dim.max(1);
        let kernel = kernels::Dense::new(input_dim, self.units).with_steps(steps);
        let bias = self.use_bias.then_some("bias");
        let form = HostForm::of(kernel, ["kernel"].into_iter().chain(bias));
        Some(form.ending_with(self.activation).passing_mask())
    }
}
