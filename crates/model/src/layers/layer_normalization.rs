use serde::{Deserialize, Serialize};

use super::checks::check_number;
use super::layer_weights::{LayerWeights, layer_weights, weights_in_spec};
use crate::initializer::Initializer;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer::{Storage, WeightSpec};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use firebrick_tensor::AnyTensor;
use firebrick_tensor::Axes;

/// Gives every sample (and position) mean `beta` and standard deviation `gamma` over its last axes:
/// `gamma · (x - mean) / sqrt(variance + epsilon) + beta`.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::LayerNormalization;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// // Every sample by its own mean and deviation.
/// let model = Sequential::new([2]).add(LayerNormalization::new()).build(1, &device)?;
/// let x = Tensor::<2>::from_floats([[1.0, 3.0], [10.0, 30.0]], &device);
/// let y = model.predict(x)?.into_vec()?;
/// assert!(y.iter().zip([-1.0, 1.0, -1.0, 1.0]).all(|(y, expected)| (y - expected).abs() < 1e-3), "{y:?}");
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: `[batch_size, ...]`, the same
///
/// # Source
/// Ba et al., "Layer Normalization", 2016;
/// <https://keras.io/api/layers/normalization_layers/layer_normalization/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LayerNormalization {
    axis: Axes,
    epsilon: f64,
    center: bool,
    scale: bool,
    #[serde(skip)]
    weights: LayerWeights<Self>,
}

layer_weights!(LayerNormalization {
    gamma: Initializer::Ones,
        with_gamma_initializer, with_gamma_regularizer, with_gamma_constraint;
    beta: Initializer::Zeros,
        with_beta_initializer, with_beta_regularizer, with_beta_constraint;
});

impl LayerNormalization {
    /// Over the last axis, with an epsilon of 1e-3, `gamma` and `beta`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Normalizes over several axes at once, which have to be the last ones; the batch axis is 0.
    #[must_use = "returns the changed layer"]
    pub fn with_axis(mut self, axis: impl Into<Axes>) -> Self {
        self.axis = axis.into();
        self
    }

    /// Sets what is added to the variance.
    #[must_use = "returns the changed layer"]
    pub fn with_epsilon(mut self, epsilon: f64) -> Self {
        self.epsilon = epsilon;
        self
    }

    /// Drops `beta`.
    #[must_use = "returns the changed layer"]
    pub fn without_center(mut self) -> Self {
        self.center = false;
        self
    }

    /// Drops `gamma`.
    #[must_use = "returns the changed layer"]
    pub fn without_scale(mut self) -> Self {
        self.scale = false;
        self
    }

    /// How many of the last axes are normalized over, of a batch with `rank` axes, if it is the last ones.
    fn num_axes(&self, rank: usize) -> Option<usize> {
        let axes = self.axis.within(rank)?;
        let count = axes.len();
        let is_last = count >= 1 && count < rank && axes.into_iter().eq(rank - count..rank);
        is_last.then_some(count)
    }

    /// The sizes of the axes that are normalized over.
    fn normalized(&self, input: &Shape) -> Shape {
        let num_axes = self.num_axes(input.rank() + 1).unwrap_or_default();
        let axes = input.axes();
        axes[axes.len() - num_axes..].to_vec().into()
    }
}

impl Default for LayerNormalization {
    fn default() -> Self {
        Self {
            axis: Axes::One(-1),
            epsilon: 1e-3,
            center: true,
            scale: true,
            weights: LayerWeights::default(),
        }
    }
}

impl Layer for LayerNormalization {
    const CLASS_NAME: &'static str = "LayerNormalization";

    weights_in_spec!();

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        check_number("epsilon", self.epsilon, "above 0", |epsilon| epsilon > 0.0)?;
        if self.num_axes(input.rank() + 1).is_none() {
            let expected = format!(
                "the last of the axes 1 to {} (0 is the batch)",
                input.rank()
            );
            return Err(LayerProblem::argument("axis", expected, &self.axis));
        }
        self.normalized(input).known()?;
        Ok(input.clone())
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let shape = self.normalized(&inputs[0]).known().unwrap_or_default();
        let weight = |name| self.weights.spec(name, shape.clone()).stored(Storage::Flat);
        let gamma = self.scale.then(|| weight("gamma"));
        let beta = self.center.then(|| weight("beta"));
        gamma.into_iter().chain(beta).collect()
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        let shape = x.shape();
        let num_axes = self.num_axes(shape.len()).unwrap_or_default();
        let (rows, row) = shape.split_at(shape.len() - num_axes);
        let [rows, elements] = [rows, row].map(|axes| axes.iter().product());
        let x = x.reshaped(&[rows, elements]).expect_rank::<2>();
        let (variance, mean) = x.clone().var_mean_bias(1);
        let mut y = (x - mean) / (variance + self.epsilon).sqrt();
        if let Some(gamma) = call.find::<1>("gamma") {
            y = y * gamma.unsqueeze();
        }
        if let Some(beta) = call.find::<1>("beta") {
            y = y + beta.unsqueeze();
        }
        Ok(AnyTensor::from(y).reshaped(&shape).into())
    }
}
