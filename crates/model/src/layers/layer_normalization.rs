use burn::tensor::Tensor;
use burn::tensor::module::layer_norm;
use firebrick_host::kernels::Standardize;
use serde::{Deserialize, Serialize};

use super::checks::check_number;
use super::layer_weights::{LayerWeights, layer_weights, weights_in_spec};
use super::over_axes::{over_axes, over_axes_on_host, sample_axes, sizes_of};
use crate::initializer::Initializer;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer::{HostForm, Storage, WeightSpec};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use crate::single::single;
use firebrick_tensor::Axes;

/// Gives every sample (and position) mean `beta` and standard deviation `gamma` over its last axis, or over others:
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
    rms_scaling: bool,
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

    /// Sets the axes that are normalized over, all at once; the batch axis, which cannot be among them, is 0.
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

    /// Divides by the standard deviation without taking the mean away: `gamma · x / sqrt(variance + epsilon)`, without `beta`.
    ///
    /// Keras calls it wrong and keeps it for models of old; the root mean square has
    /// [`RMSNormalization`](super::RMSNormalization).
    #[must_use = "returns the changed layer"]
    pub fn with_rms_scaling(mut self) -> Self {
        self.rms_scaling = true;
        self
    }
}

impl Default for LayerNormalization {
    fn default() -> Self {
        Self {
            axis: Axes::One(-1),
            epsilon: 1e-3,
            center: true,
            scale: true,
            rms_scaling: false,
            weights: LayerWeights::default(),
        }
    }
}

impl Layer for LayerNormalization {
    const CLASS_NAME: &'static str = "LayerNormalization";

    weights_in_spec!();

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        check_number("epsilon", self.epsilon, "above 0", |epsilon| epsilon > 0.0)?;
        sizes_of(&sample_axes(&self.axis, input)?, input)?;
        Ok(input.clone())
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let axes = sample_axes(&self.axis, &inputs[0]).unwrap_or_default();
        let shape = sizes_of(&axes, &inputs[0]).unwrap_or_default();
        let weight = |name| self.weights.spec(name, shape.clone()).stored(Storage::Flat);
        let gamma = (self.scale || self.rms_scaling).then(|| weight("gamma"));
        let beta = (self.center && !self.rms_scaling).then(|| weight("beta"));
        gamma.into_iter().chain(beta).collect()
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        let axes = sample_axes(&self.axis, &x.shape()[1..].into())?;
        let gamma = call.find::<1>("gamma");
        let y = over_axes(x, &axes, |x| {
            let gamma = gamma.unwrap_or_else(|| {
                let [_, elements] = x.dims();
                Tensor::ones([elements], &x.device())
            });
            if self.rms_scaling {
                let (variance, _) = x.clone().var_mean_bias(1);
                return x / (variance + self.epsilon).sqrt() * gamma.unsqueeze();
            }
            layer_norm(x, gamma, call.find("beta"), self.epsilon)
        });
        Ok(y.into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        if self.rms_scaling {
            return None;
        }
        let form = over_axes_on_host(&self.axis, &inputs[0], |len, size| {
            let standardize = Standardize::by_deviation(len, size, single(self.epsilon));
            let (gamma, beta) = (self.scale.then_some("gamma"), self.center.then_some("beta"));
            HostForm::of(standardize, []).scaled_and_shifted((len, size), gamma, beta)
        });
        form.map(HostForm::passing_mask)
    }
}
