use burn::optim::{LearningRate, Optimizer};
use burn::tensor::{Device, Tensor};

use crate::RecordState;

/// Adam as in Keras: `w -= rate · sqrt(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (sqrt(v) + ε)`.
///
/// Burn's own scales ε by `sqrt(1 - β₂ᵗ)` and has 1e-5 for it by default.
///
/// # Source
/// Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2014, section 2 (the efficient
/// form before its section 2.1)
#[derive(Clone, Debug)]
pub(crate) struct Adam {
    beta_1: f64,
    beta_2: f64,
    epsilon: f64,
}

/// The moments of one parameter's gradient.
#[derive(RecordState, Clone)]
pub(crate) struct AdamState<const D: usize> {
    time: u64,
    moment_1: Tensor<D>,
    moment_2: Tensor<D>,
}

impl Adam {
    pub(crate) fn new(beta_1: f64, beta_2: f64, epsilon: f64) -> Self {
        Self {
            beta_1,
            beta_2,
            epsilon,
        }
    }
}

impl Optimizer for Adam {
    type State<const D: usize> = AdamState<D>;

    fn step<const D: usize>(
        &self,
        lr: LearningRate,
        tensor: Tensor<D>,
        grad: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        let fresh_1 = grad.clone().mul_scalar(1.0 - self.beta_1);
        let fresh_2 = grad.square().mul_scalar(1.0 - self.beta_2);
        let state = match state {
            Some(state) => AdamState {
                time: state.time + 1,
                moment_1: state.moment_1.mul_scalar(self.beta_1) + fresh_1,
                moment_2: state.moment_2.mul_scalar(self.beta_2) + fresh_2,
            },
            None => AdamState {
                time: 1,
                moment_1: fresh_1,
                moment_2: fresh_2,
            },
        };
        let time = state.time as f64;
        let rate = lr * (1.0 - self.beta_2.powf(time)).sqrt() / (1.0 - self.beta_1.powf(time));
        let scale = state.moment_2.clone().sqrt().add_scalar(self.epsilon);
        let step = state.moment_1.clone().mul_scalar(rate) / scale;
        (tensor - step, Some(state))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        AdamState {
            time: state.time,
            moment_1: state.moment_1.to_device(device),
            moment_2: state.moment_2.to_device(device),
        }
    }
}
