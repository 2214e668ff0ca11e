use burn::tensor::Tensor;
use firebrick_host::kernels::Standardize;
use serde::{Deserialize, Serialize};

use super::checks::check_number;
use super::layer_weights::{LayerWeights, layer_weights, weights_in_spec};
use super::over_axes::{sample_axes, sizes_of};
use crate::initializer::Initializer;
use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer::WeightSpec;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use crate::single::single;
use firebrick_tensor::{AnyTensor, Axes};

/// Gives every group of channels of a sample mean 0 and standard deviation 1, then every channel its own:
/// `gamma · (x - mean) / sqrt(variance + epsilon) + beta`.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::GroupNormalization;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// // Two groups of two channels.
/// let model = Sequential::new([4]).add(GroupNormalization::new().with_groups(2)).build(1, &device)?;
/// let x = Tensor::<2>::from_floats([[1.0, 3.0, 10.0, 30.0]], &device);
/// let y = model.predict(x)?.into_vec()?;
/// assert!(y.iter().zip([-1.0, 1.0, -1.0, 1.0]).all(|(y, expected)| (y - expected).abs() < 1e-3), "{y:?}");
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: `[batch_size, ..., channels]`, or with the channels along another axis
///
/// # Source
/// Wu and He, "Group Normalization", ECCV 2018;
/// <https://keras.io/api/layers/normalization_layers/group_normalization/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupNormalization {
    /// -1 for as many as there are channels.
    groups: i64,
    axis: i64,
    epsilon: f64,
    center: bool,
    scale: bool,
    #[serde(skip)]
    weights: LayerWeights<Self>,
}

layer_weights!(GroupNormalization {
    gamma: Initializer::Ones,
        with_gamma_initializer, with_gamma_regularizer, with_gamma_constraint;
    beta: Initializer::Zeros,
        with_beta_initializer, with_beta_regularizer, with_beta_constraint;
});

impl GroupNormalization {
    /// 32 groups of the channels, which lie along the last axis, with an epsilon of 1e-3, `gamma` and `beta`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many groups the channels are divided into.
    #[must_use = "returns the changed layer"]
    pub fn with_groups(mut self, groups: usize) -> Self {
        self.groups = i64::try_from(groups).unwrap_or(i64::MAX);
        self
    }

    /// Makes every channel a group of its own: instance normalization, Keras' `groups=-1`.
    #[must_use = "returns the changed layer"]
    pub fn by_channel(mut self) -> Self {
        self.groups = -1;
        self
    }

    /// Sets the axis of the channels; the batch axis, which it cannot be, is 0.
    #[must_use = "returns the changed layer"]
    pub fn with_axis(mut self, axis: i64) -> Self {
        self.axis = axis;
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

    /// The axis of the channels, and how many there are.
    fn channels(&self, input: &Shape) -> Result<(usize, usize), LayerProblem> {
        let axes = sample_axes(&Axes::One(self.axis), input)?;
        Ok((axes[0], sizes_of(&axes, input)?[0]))
    }

    /// How many groups there are of so many channels, if they can be divided.
    fn num_groups(&self, channels: usize) -> Option<usize> {
        if self.groups == -1 {
            return Some(channels);
        }
        let groups = usize::try_from(self.groups).ok()?;
        (groups > 0 && channels.is_multiple_of(groups)).then_some(groups)
    }

    /// Normalizes `[batch_size, channels, elements]`.
    fn normalized(&self, x: Tensor<3>, call: &Call) -> Tensor<3> {
        let [batch_size, channels, elements] = x.dims();
        let groups = self.num_groups(channels).unwrap_or(1);
        let group = channels / groups * elements;
        let (variance, mean) = x
            .clone()
            .reshape([batch_size, groups, group])
            .var_mean_bias(2);
        let by_channel = |statistic: Tensor<3>| {
            statistic
                .expand([batch_size, groups, channels / groups])
                .reshape([batch_size, channels, 1])
        };
        let scaled = |weight: Tensor<1>| weight.reshape([1, channels, 1]);
        let mut y = (x - by_channel(mean)) / by_channel((variance + self.epsilon).sqrt());
        if let Some(gamma) = call.find("gamma") {
            y = y * scaled(gamma);
        }
        if let Some(beta) = call.find("beta") {
            y = y + scaled(beta);
        }
        y
    }
}

impl Default for GroupNormalization {
    fn default() -> Self {
        Self {
            groups: 32,
            axis: -1,
            epsilon: 1e-3,
            center: true,
            scale: true,
            weights: LayerWeights::default(),
        }
    }
}

impl Layer for GroupNormalization {
    const CLASS_NAME: &'static str = "GroupNormalization";

    weights_in_spec!();

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        check_number("epsilon", self.epsilon, "above 0", |epsilon| epsilon > 0.0)?;
        let (_, channels) = self.channels(input)?;
        if self.num_groups(channels).is_none() {
            let expected = format!("-1 or a divisor of the {channels} channels");
            return Err(LayerProblem::argument("groups", expected, &self.groups));
        }
        Ok(input.clone())
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let channels = self
            .channels(&inputs[0])
            .map_or(0, |(_, channels)| channels);
        let weight = |name| self.weights.spec(name, vec![channels]);
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
        let (axis, channels) = self.channels(&shape[1..].into())?;
        let mut order: Vec<usize> = (0..shape.len()).collect();
        order[1..=axis].rotate_right(1);
        let turned: Vec<usize> = order.iter().map(|&axis| shape[axis]).collect();
        let elements = turned[2..].iter().product();
        let x = x
            .permuted(&order)
            .reshaped(&[shape[0], channels, elements])
            .expect_rank::<3>();
        let y = AnyTensor::from(self.normalized(x, call)).reshaped(&turned);
        let mut back: Vec<usize> = (0..shape.len()).collect();
        back[1..=axis].rotate_left(1);
        Ok(y.permuted(&back).into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        let (axis, channels) = self.channels(&inputs[0]).ok()?;
        let sizes = inputs[0].known().ok()?;
        let len = sizes.iter().product();
        let of_group = len / self.num_groups(channels)?;
        // Groups lie one behind the other with the channels first, and a weight for each channel is for the last axis.
        let mut first: Vec<usize> = (0..sizes.len()).collect();
        first[..axis].rotate_right(1);
        let mut last: Vec<usize> = (0..sizes.len()).collect();
        last.rotate_left(1);
        let mut back: Vec<usize> = (0..sizes.len()).collect();
        back[axis - 1..].rotate_right(1);
        let turned = |order: &[usize], sizes: &[usize]| -> Vec<usize> {
            order.iter().map(|&axis| sizes[axis]).collect()
        };
        let channels_first = turned(&first, &sizes);
        let channels_last = turned(&last, &channels_first);
        let standardize = Standardize::by_deviation(len, of_group, single(self.epsilon));
        let form = HostForm::turning(&sizes, &first)?
            .then(standardize, [])
            .followed_by(HostForm::turning(&channels_first, &last)?);
        let (gamma, beta) = (self.scale.then_some("gamma"), self.center.then_some("beta"));
        let form = form.scaled_and_shifted((len, channels), gamma, beta);
        Some(form.followed_by(HostForm::turning(&channels_last, &back)?))
    }
}
