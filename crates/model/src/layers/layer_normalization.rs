use burn::module::{Module, Param};
use burn::tensor::Tensor;
use firebrick_spec::{Spec, SpecError};
use serde::{Deserialize, Serialize};

use super::checks::check_number;
use super::layer_weights::{LayerWeights, WeightArguments, layer_weights};
use super::weights::Storage;
use super::{Apply, Describe, LayerProblem, WeightSpec, Weights};
use crate::initializer::Initializer;
use crate::mode::Mode;
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
    #[serde(flatten)]
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

    /// How many of the last axes are normalized over, if it is the last ones.
    fn num_axes(&self, input: &[usize]) -> Option<usize> {
        let rank = input.len() + 1;
        let axes = self.axis.within(rank)?;
        let count = axes.len();
        let is_last = count >= 1 && count < rank && axes.into_iter().eq(rank - count..rank);
        is_last.then_some(count)
    }

    /// The sizes of the axes that are normalized over.
    fn normalized<'a>(&self, input: &'a [usize]) -> &'a [usize] {
        &input[input.len() - self.num_axes(input).unwrap_or_default()..]
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

impl Describe for LayerNormalization {
    type Built = BuiltLayerNormalization;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        check_number("epsilon", self.epsilon, "above 0", |epsilon| epsilon > 0.0)?;
        if self.num_axes(input).is_none() {
            let expected = format!("the last of the axes 1 to {} (0 is the batch)", input.len());
            return Err(LayerProblem::argument("axis", expected, &self.axis));
        }
        Ok(input.to_vec())
    }

    fn weights(&self, input: &[usize]) -> Vec<WeightSpec> {
        let weight = |name| {
            let shape = self.normalized(input).to_vec();
            self.weights.spec(name, shape).stored(Storage::Flat)
        };
        let gamma = self.scale.then(|| weight("gamma"));
        let beta = self.center.then(|| weight("beta"));
        gamma.into_iter().chain(beta).collect()
    }

    fn from_spec(spec: &Spec, thing: &str) -> Result<Self, SpecError> {
        LayerWeights::read(spec, thing, |layer: &mut Self| &mut layer.weights)
    }

    fn argument_names() -> Vec<String> {
        LayerWeights::<Self>::argument_names(&["axis", "epsilon", "center", "scale"])
    }

    fn weight_arguments(&self) -> &[WeightArguments] {
        self.weights.arguments()
    }

    fn build(&self, input: &[usize], weights: &mut Weights) -> BuiltLayerNormalization {
        BuiltLayerNormalization {
            gamma: weights.next_if(self.scale),
            beta: weights.next_if(self.center),
            elements: self.normalized(input).iter().product(),
            epsilon: self.epsilon,
        }
    }
}

/// A [`LayerNormalization`] layer with its weights.
#[derive(Module, Debug)]
pub(crate) struct BuiltLayerNormalization {
    gamma: Option<Param<Tensor<1>>>,
    beta: Option<Param<Tensor<1>>>,
    elements: usize,
    epsilon: f64,
}

impl Apply for BuiltLayerNormalization {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        let shape = x.shape();
        let rows = shape.iter().product::<usize>() / self.elements;
        let x = x.reshaped(&[rows, self.elements]).expect_rank::<2>();
        let (variance, mean) = x.clone().var_mean_bias(1);
        let mut y = (x - mean) / (variance + self.epsilon).sqrt();
        if let Some(gamma) = &self.gamma {
            y = y * gamma.val().unsqueeze();
        }
        if let Some(beta) = &self.beta {
            y = y + beta.val().unsqueeze();
        }
        AnyTensor::from(y).reshaped(&shape)
    }
}
