use burn::tensor::Tensor;
use burn::tensor::module::{batch_norm, batch_norm_train};
use serde::{Deserialize, Serialize};

use super::checks::check_number;
use super::layer_weights::{LayerWeights, layer_weights, weights_in_spec};
use crate::initializer::Initializer;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer::WeightSpec;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use firebrick_tensor::AnyTensor;

/// Gives every channel mean `beta` and standard deviation `gamma`:
/// `gamma · (x - mean) / sqrt(variance + epsilon) + beta`.
///
/// In training, mean and variance are those of the batch, and the moving ones follow:
/// `moving = momentum · moving + (1 - momentum) · batch`. Otherwise, and in a frozen layer, they are
/// the moving ones.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::BatchNormalization;
/// use firebrick::models::{Draws, Mode, Sequential};
///
/// let device = Device::flex();
/// let model = Sequential::new([1]).add(BatchNormalization::new()).build(1, &device)?;
/// let x = Tensor::<2>::from_floats([[1.0], [3.0]], &device);
/// // By the moving mean and variance, 0 and 1 at first; in training by those of the batch, 2 and 1.
/// let at_first = model.predict(x.clone())?.into_vec()?;
/// let in_training = model.forward(x, Mode::Training(Draws::new(1, 0))).into_vec()?;
/// assert!((at_first[0] - 1.0).abs() < 1e-3 && (at_first[1] - 3.0).abs() < 2e-3);
/// assert!((in_training[0] + 1.0).abs() < 1e-3 && (in_training[1] - 1.0).abs() < 1e-3);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: `[batch_size, ..., channels]`
///
/// # Source
/// Ioffe and Szegedy, "Batch Normalization", ICML 2015;
/// <https://keras.io/api/layers/normalization_layers/batch_normalization/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BatchNormalization {
    momentum: f64,
    epsilon: f64,
    center: bool,
    scale: bool,
    #[serde(skip)]
    weights: LayerWeights<Self>,
}

layer_weights!(BatchNormalization {
    gamma: Initializer::Ones,
        with_gamma_initializer, with_gamma_regularizer, with_gamma_constraint;
    beta: Initializer::Zeros,
        with_beta_initializer, with_beta_regularizer, with_beta_constraint;
    moving_mean: Initializer::Zeros, with_moving_mean_initializer;
    moving_variance: Initializer::Ones, with_moving_variance_initializer;
});

impl BatchNormalization {
    /// A momentum of 0.99 and an epsilon of 1e-3, with `gamma` and `beta`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how slowly the moving statistics follow, from 0 to 1.
    #[must_use = "returns the changed layer"]
    pub fn with_momentum(mut self, momentum: f64) -> Self {
        self.momentum = momentum;
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

    /// Normalizes `[batch_size, channels, ...]`.
    fn normalized<const D: usize>(&self, x: Tensor<D>, call: &Call) -> Tensor<D> {
        let device = x.device();
        let [mean, variance] = ["moving_mean", "moving_variance"]
            .map(|name| call.weight::<1>(name).to_device(&device));
        let gamma = call.find("gamma").unwrap_or_else(|| mean.ones_like());
        let beta = call.find("beta").unwrap_or_else(|| mean.zeros_like());
        if !call.follows_statistics() {
            return batch_norm(x, gamma, beta, mean, variance, self.epsilon);
        }
        let result = batch_norm_train(x, gamma, beta, self.epsilon);
        let follow = |moving: Tensor<1>, batch: Tensor<1>| {
            (moving * self.momentum + batch.detach() * (1.0 - self.momentum)).detach()
        };
        call.update("moving_mean", follow(mean, result.mean));
        call.update("moving_variance", follow(variance, result.variance));
        result.output
    }
}

impl Default for BatchNormalization {
    fn default() -> Self {
        Self {
            momentum: 0.99,
            epsilon: 1e-3,
            center: true,
            scale: true,
            weights: LayerWeights::default(),
        }
    }
}

impl Layer for BatchNormalization {
    const CLASS_NAME: &'static str = "BatchNormalization";

    weights_in_spec!();

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        check_number("momentum", self.momentum, "from 0 to 1", |momentum| {
            (0.0..=1.0).contains(&momentum)
        })?;
        check_number("epsilon", self.epsilon, "above 0", |epsilon| epsilon > 0.0)?;
        input.features()?;
        Ok(input.clone())
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let channels = inputs[0].last().unwrap_or_default();
        [
            ("gamma", self.scale),
            ("beta", self.center),
            ("moving_mean", true),
            ("moving_variance", true),
        ]
        .into_iter()
        .filter(|(_, is_there)| *is_there)
        .map(|(name, _)| self.weights.spec(name, vec![channels]))
        .collect()
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        /// With the channels brought behind the batch axis.
        macro_rules! channels_first {
            ($x:expr, $rank:literal) => {{
                let y = self.normalized($x.expect_channels_first::<$rank>(), call);
                AnyTensor::from_channels_first(y)
            }};
        }
        let x = inputs.into_values()?;
        let y = match x.rank() {
            2 => self.normalized(x.expect_rank::<2>(), call).into(),
            3 => channels_first!(x, 3),
            4 => channels_first!(x, 4),
            5 => channels_first!(x, 5),
            _ => channels_first!(x, 6),
        };
        Ok(y.into())
    }
}
