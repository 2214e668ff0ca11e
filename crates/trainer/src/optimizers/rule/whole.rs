//! Update rules that look at a weight as a whole: at its length, its rows, or its own value.

use burn::optim::{LearningRate, Optimizer};
use burn::tensor::{Device, Tensor};

use super::State;

/// The formula of an optimizer whose step of a number depends on more than its gradient and its state.
pub(crate) trait WholeRule: Clone + Send + Sync + 'static {
    /// What the state is before the first update.
    fn initial<const D: usize>(&self, weights: &Tensor<D>) -> Vec<Tensor<D>>;

    /// The weights and the state after an update: by its rate, and its number, counted from 1.
    fn update<const D: usize>(
        &self,
        rate_and_time: (f64, u64),
        weights: Tensor<D>,
        gradient: Tensor<D>,
        slots: Vec<Tensor<D>>,
    ) -> (Tensor<D>, Vec<Tensor<D>>);

    /// The weight decay of a weight of so many axes.
    fn weight_decay(&self, given: f64, _num_axes: usize) -> f64 {
        given
    }
}

/// Such a rule as Burn's optimizer.
#[derive(Clone)]
pub(crate) struct WholeUpdater<R> {
    rule: R,
    weight_decay: f64,
    rate_factor: f64,
}

impl<R: WholeRule> WholeUpdater<R> {
    pub(crate) fn new(rule: R, weight_decay: f64, rate_factor: f64) -> Self {
        Self {
            rule,
            weight_decay,
            rate_factor,
        }
    }
}

impl<R: WholeRule> Optimizer for WholeUpdater<R> {
    type State<const D: usize> = State<D>;

    fn step<const D: usize>(
        &self,
        lr: LearningRate,
        tensor: Tensor<D>,
        grad: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        let fresh = self.rule.initial(&tensor);
        let (time, slots) = match state {
            // State from elsewhere, of another number of slots, is no state of this rule.
            Some(State { time, slots }) if slots.len() == fresh.len() => (time + 1, slots),
            Some(State { time, .. }) => (time + 1, fresh),
            None => (1, fresh),
        };
        let lr = lr * self.rate_factor;
        let decay = self.rule.weight_decay(self.weight_decay, D);
        let weights = if decay == 0.0 {
            tensor
        } else {
            tensor.mul_scalar(1.0 - lr * decay)
        };
        let (weights, slots) = self.rule.update((lr, time), weights, grad, slots);
        (weights, Some(State { time, slots }))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        let slots = state.slots.into_iter();
        State {
            time: state.time,
            slots: slots.map(|slot| slot.to_device(device)).collect(),
        }
    }
}

/// The length of all numbers of a tensor together, as a tensor of one number.
pub(crate) fn norm<const D: usize>(tensor: Tensor<D>) -> Tensor<D> {
    tensor.square().sum().sqrt().reshape([1; D])
}
