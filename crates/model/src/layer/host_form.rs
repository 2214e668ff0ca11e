use firebrick_host::Kernel;
use firebrick_host::kernels::{ByDrawn, Elementwise, Softmax};

use crate::activation::Activation;
use crate::draws::Draws;

/// How a layer runs over plain memory: kernels one after the other, the first of which reads what enters the layer.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Dense, HostForm, Layer};
/// use firebrick::models::Activation;
///
/// let dense = Dense::new(3).with_activation(Activation::Relu);
/// let form: Option<HostForm> = dense.host_form(&[[4].into()]);
/// assert!(form.is_some());
/// ```
#[derive(Debug)]
pub struct HostForm {
    pub(crate) steps: Vec<HostStep>,
    /// What comes last, which a loss may compute instead.
    pub(crate) activation: Activation,
}

/// A kernel, and what it needs beside what arrives.
#[derive(Debug)]
pub(crate) struct HostStep {
    pub(crate) kernel: Box<dyn Kernel>,
    /// Names of weights, in the kernel's order.
    pub(crate) weights: Vec<String>,
    pub(crate) drawn: Option<HostDrawn>,
}

/// What is drawn for a kernel in training.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HostDrawn {
    pub(crate) rate: f64,
    pub(crate) seed: Option<u64>,
    /// Floats of a row.
    pub(crate) len: usize,
}

impl HostDrawn {
    /// A factor for each float of so many rows.
    pub(crate) fn values(&self, draws: Draws, rows: usize) -> Vec<f32> {
        draws
            .with_seed(self.seed)
            .dropout_factors(rows * self.len, self.rate)
    }
}

impl HostForm {
    /// What enters leaves, in another shape perhaps.
    pub fn unchanged() -> Self {
        Self {
            steps: Vec::new(),
            activation: Activation::Linear,
        }
    }

    /// A kernel with the weights of these names.
    pub fn of<'a>(
        kernel: impl Into<Box<dyn Kernel>>,
        weights: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self::unchanged().then(kernel, weights)
    }

    /// What a dropout of `len` floats a row does.
    pub(crate) fn dropout(len: usize, rate: f64, seed: Option<u64>) -> Self {
        let mut form = Self::of(ByDrawn::new(len), []);
        form.steps[0].drawn = Some(HostDrawn { rate, seed, len });
        form
    }

    /// A kernel more.
    #[must_use = "returns the changed form"]
    pub fn then<'a>(
        mut self,
        kernel: impl Into<Box<dyn Kernel>>,
        weights: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        self.steps.push(HostStep {
            kernel: kernel.into(),
            weights: weights.into_iter().map(str::to_owned).collect(),
            drawn: None,
        });
        self
    }

    /// Sets the activation that comes last.
    #[must_use = "returns the changed form"]
    pub fn ending_with(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }
}

/// An activation over rows of `len` floats, whose last axis has `last`; `Ok(None)` for one that changes nothing.
///
/// # Errors
/// One that has no kernel.
pub(crate) fn activation_kernel(
    activation: Activation,
    len: usize,
    last: usize,
) -> Result<Option<Box<dyn Kernel>>, Activation> {
    #[allow(clippy::cast_possible_truncation, reason = "weights are as precise")]
    let kernel = match activation {
        Activation::Linear => return Ok(None),
        Activation::Sigmoid => Elementwise::sigmoid(len),
        Activation::Relu => Elementwise::relu(len),
        Activation::Tanh => Elementwise::tanh(len),
        Activation::Silu => Elementwise::silu(len),
        Activation::Elu { alpha } => Elementwise::elu(len, alpha as f32),
        Activation::Selu => Elementwise::selu(len),
        Activation::LeakyRelu { negative_slope } => {
            Elementwise::leaky_relu(len, negative_slope as f32)
        }
        Activation::Softplus => Elementwise::softplus(len),
        Activation::Softsign => Elementwise::softsign(len),
        Activation::Exponential => Elementwise::exponential(len),
        Activation::HardSigmoid => Elementwise::hard_sigmoid(len),
        Activation::Relu6 => Elementwise::relu6(len),
        Activation::Softmax => return Ok(Some(Softmax::new(len, last).into())),
        other => return Err(other),
    };
    Ok(Some(kernel.into()))
}
