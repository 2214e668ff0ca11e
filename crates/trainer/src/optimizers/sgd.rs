use burn::optim::{LearningRate, Optimizer};
use burn::tensor::{Device, Tensor};

use crate::RecordState;

/// Gradient descent with Keras' momentum.
///
/// Burn's own differs: its rate multiplies the velocity when it is applied, not when it is
/// gathered, and a dampening of 0.1 is its default.
#[derive(Clone, Debug)]
pub(crate) struct Sgd {
    momentum: f64,
    nesterov: bool,
}

/// The velocity of one parameter.
#[derive(RecordState, Clone)]
pub(crate) struct SgdState<const D: usize> {
    velocity: Tensor<D>,
}

impl Sgd {
    pub(crate) fn new(momentum: f64, nesterov: bool) -> Self {
        Self { momentum, nesterov }
    }
}

impl Optimizer for Sgd {
    type State<const D: usize> = SgdState<D>;

    fn step<const D: usize>(
        &self,
        lr: LearningRate,
        tensor: Tensor<D>,
        grad: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        let step = grad.mul_scalar(-lr);
        if self.momentum == 0.0 {
            return (tensor + step, None);
        }
        let velocity = match state {
            Some(SgdState { velocity }) => velocity.mul_scalar(self.momentum) + step.clone(),
            None => step.clone(),
        };
        let change = if self.nesterov {
            velocity.clone().mul_scalar(self.momentum) + step
        } else {
            velocity.clone()
        };
        (tensor + change, Some(SgdState { velocity }))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        SgdState {
            velocity: state.velocity.to_device(device),
        }
    }
}
