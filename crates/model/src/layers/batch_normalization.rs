mod renorm;
mod statistics;

use burn::tensor::module::{batch_norm, batch_norm_train};
use burn::tensor::{Bool, Tensor};
use firebrick_host::kernels;
use serde::{Deserialize, Serialize};

use super::checks::check_number;
use super::layer_weights::{LayerWeights, layer_weights, weights_in_spec};
use super::over_axes::{over_axes_on_host, sample_axes, sizes_of};
use crate::initializer::Initializer;
use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer::WeightSpec;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use firebrick_tensor::{AnyTensor, Axes};

pub use self::renorm::RenormClipping;
use self::statistics::Statistics;

/// Gives every channel mean `beta` and standard deviation `gamma`:
/// `gamma · (x - mean) / sqrt(variance + epsilon) + beta`.
///
/// In training, mean and variance are those of the batch, and the moving ones follow:
/// `moving = momentum · moving + (1 - momentum) · batch`. Otherwise, and in a frozen layer, they are
/// the moving ones. Steps that are masked do not count for the statistics of a batch.
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
/// - input and output: `[batch_size, ..., channels]`, or with the channels along another axis
///
/// # Source
/// Ioffe and Szegedy, "Batch Normalization", ICML 2015;
/// <https://keras.io/api/layers/normalization_layers/batch_normalization/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BatchNormalization {
    axis: i64,
    momentum: f64,
    epsilon: f64,
    center: bool,
    scale: bool,
    renorm: bool,
    renorm_clipping: Option<RenormClipping>,
    renorm_momentum: f64,
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
    /// Of the last axis, with a momentum of 0.99, an epsilon of 1e-3, `gamma` and `beta`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the axis of the channels; the batch axis, which it cannot be, is 0.
    #[must_use = "returns the changed layer"]
    pub fn with_axis(mut self, axis: i64) -> Self {
        self.axis = axis;
        self
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

    /// Brings what is normalized in training nearer to what it is normalized to afterwards, for small batches: batch
    /// renormalization.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::layers; }
    /// use firebrick::layers::{BatchNormalization, RenormClipping};
    ///
    /// let layer = BatchNormalization::new().with_renorm(RenormClipping::new().with_rmax(3.0).with_dmax(5.0));
    /// ```
    ///
    /// # Source
    /// Ioffe, "Batch Renormalization", NIPS 2017
    #[must_use = "returns the changed layer"]
    pub fn with_renorm(mut self, clipping: RenormClipping) -> Self {
        self.renorm = true;
        self.renorm_clipping = Some(clipping);
        self
    }

    /// Sets how slowly the statistics of the renormalization follow, from 0 to 1; 0.99 by default.
    #[must_use = "returns the changed layer"]
    pub fn with_renorm_momentum(mut self, momentum: f64) -> Self {
        self.renorm_momentum = momentum;
        self
    }

    /// The axis of the channels, and how many there are.
    fn channels(&self, input: &Shape) -> Result<(usize, usize), LayerProblem> {
        let axes = sample_axes(&Axes::One(self.axis), input)?;
        Ok((axes[0], sizes_of(&axes, input)?[0]))
    }

    /// Normalizes a batch with its channels along an axis.
    fn along<const D: usize>(
        &self,
        x: AnyTensor,
        axis: usize,
        mask: Option<Tensor<2, Bool>>,
        call: &Call,
    ) -> AnyTensor
    where
        AnyTensor: From<Tensor<D>>,
    {
        let shape = x.shape();
        // 1 where an element counts.
        let counts = mask.filter(|_| call.follows_statistics()).map(|mask| {
            let mut steps = [1; D];
            steps[..2].copy_from_slice(&shape[..2]);
            let shape: [usize; D] = std::array::from_fn(|axis| shape[axis]);
            mask.float().reshape(steps).expand(shape)
        });
        if axis == D - 1 {
            let channels_first = |x: AnyTensor| x.expect_channels_first::<D>();
            let counts = counts.map(|counts| channels_first(counts.into()));
            return AnyTensor::from_channels_first(self.normalized(
                channels_first(x),
                counts,
                call,
            ));
        }
        let mut order: [usize; D] = std::array::from_fn(|axis| axis);
        order[1..=axis].rotate_right(1);
        let mut back: [usize; D] = std::array::from_fn(|axis| axis);
        back[1..=axis].rotate_left(1);
        let counts = counts.map(|counts| counts.permute(order));
        let x = x.expect_rank::<D>().permute(order);
        self.normalized(x, counts, call).permute(back).into()
    }

    /// Normalizes `[batch_size, channels, ...]`.
    fn normalized<const D: usize>(
        &self,
        x: Tensor<D>,
        counts: Option<Tensor<D>>,
        call: &Call,
    ) -> Tensor<D> {
        let device = x.device();
        let [mean, variance] = ["moving_mean", "moving_variance"]
            .map(|name| call.weight::<1>(name).to_device(&device));
        let gamma = call.find("gamma").unwrap_or_else(|| mean.ones_like());
        let beta = call.find("beta").unwrap_or_else(|| mean.zeros_like());
        if !call.follows_statistics() {
            return batch_norm(x, gamma, beta, mean, variance, self.epsilon);
        }
        if self.renorm || counts.is_some() {
            let batch = Statistics::of(&x, counts);
            let normalized = batch.normalize(x, self.epsilon);
            let normalized = if self.renorm {
                self.renormalized(normalized, &batch, call)
            } else {
                self.follow([mean, variance], [batch.mean, batch.variance], call);
                normalized
            };
            return normalized * along_channels(gamma) + along_channels(beta);
        }
        let result = batch_norm_train(x, gamma, beta, self.epsilon);
        self.follow([mean, variance], [result.mean, result.variance], call);
        result.output
    }

    /// Brings the moving statistics nearer to those of a batch.
    fn follow(&self, moving: [Tensor<1>; 2], batch: [Tensor<1>; 2], call: &Call) {
        let names = ["moving_mean", "moving_variance"];
        for (name, (moving, batch)) in names.into_iter().zip(moving.into_iter().zip(batch)) {
            call.update(name, nearer(moving, batch, self.momentum));
        }
    }
}

/// What follows a batch, after the batch.
fn nearer(moving: Tensor<1>, batch: Tensor<1>, momentum: f64) -> Tensor<1> {
    (moving * momentum + batch.detach() * (1.0 - momentum)).detach()
}

/// A number for each channel of `[batch_size, channels, ...]`.
fn along_channels<const D: usize>(numbers: Tensor<1>) -> Tensor<D> {
    let [channels] = numbers.dims();
    let mut shape = [1; D];
    shape[1] = channels;
    numbers.reshape(shape)
}

impl Default for BatchNormalization {
    fn default() -> Self {
        Self {
            axis: -1,
            momentum: 0.99,
            epsilon: 1e-3,
            center: true,
            scale: true,
            renorm: false,
            renorm_clipping: None,
            renorm_momentum: 0.99,
            weights: LayerWeights::default(),
        }
    }
}

impl Layer for BatchNormalization {
    const CLASS_NAME: &'static str = "BatchNormalization";

    weights_in_spec!();

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        for (name, momentum) in [
            ("momentum", self.momentum),
            ("renorm_momentum", self.renorm_momentum),
        ] {
            check_number(name, momentum, "from 0 to 1", |momentum| {
                (0.0..=1.0).contains(&momentum)
            })?;
        }
        check_number("epsilon", self.epsilon, "above 0", |epsilon| epsilon > 0.0)?;
        self.check_renorm()?;
        self.channels(input)?;
        Ok(input.clone())
    }

    fn weights(&self, inputs: &[Shape]) -> Vec<WeightSpec> {
        let channels = self
            .channels(&inputs[0])
            .map_or(0, |(_, channels)| channels);
        let own = [
            ("gamma", self.scale),
            ("beta", self.center),
            ("moving_mean", true),
            ("moving_variance", true),
        ];
        let own = own.into_iter().filter(|(_, is_there)| *is_there);
        own.map(|(name, _)| self.weights.spec(name, vec![channels]))
            .chain(self.renorm_weights(channels))
            .collect()
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let (x, mask) = inputs.into_one()?.into_parts();
        let (axis, _) = self.channels(&x.shape()[1..].into())?;
        let y = match x.rank() {
            2 => self.along::<2>(x, axis, mask, call),
            3 => self.along::<3>(x, axis, mask, call),
            4 => self.along::<4>(x, axis, mask, call),
            5 => self.along::<5>(x, axis, mask, call),
            _ => self.along::<6>(x, axis, mask, call),
        };
        Ok(y.into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        if self.renorm {
            return None;
        }
        over_axes_on_host(&Axes::One(self.axis), &inputs[0], |len, channels| {
            let kernel = kernels::BatchNormalization::new(len, channels, self.epsilon);
            let kernel = match (self.scale, self.center) {
                (true, true) => kernel,
                (true, false) => kernel.without_shift(),
                (false, true) => kernel.without_scale(),
                (false, false) => kernel.without_scale().without_shift(),
            };
            let moving = ["moving_mean", "moving_variance"];
            let own = [("gamma", self.scale), ("beta", self.center)];
            let own = own
                .into_iter()
                .filter_map(|(name, is_there)| is_there.then_some(name));
            HostForm::of(kernel, own.chain(moving)).with_moving(moving, self.momentum)
        })
    }
}
