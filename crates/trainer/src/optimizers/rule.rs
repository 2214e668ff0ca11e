//! From an update rule to one of Burn's optimizers, by two paths: tensor operations on any device, and a single pass
//! over weights, gradient and state where they lie in the host's memory.

mod whole;

use burn::module::ParamGroup;
use burn::optim::{LearningRate, ModuleOptimizer, Optimizer};
use burn::tensor::{DType, Device, Tensor, TensorData};
use firebrick_host::each_span;
use firebrick_host::vectorized::dispatch;
use firebrick_tensor::{HostFloats, is_host_cpu};

use super::quantity::Quantity;
use crate::RecordState;
use whole::WholeUpdater;
pub(crate) use whole::{WholeRule, norm};

/// Keras' formula of one optimizer, with `SLOTS` numbers of state for each weight.
pub(crate) trait Rule<const SLOTS: usize>: Clone + Send + Sync + 'static {
    /// What depends on rate and time alone, computed once an update.
    type Rates: Copy + Send + Sync;

    /// The rates of the update `time`, counted from 1.
    fn rates(&self, learning_rate: f64, time: u64) -> Self::Rates;

    /// What is subtracted from the weight, and its state from now on; `#[inline(always)]`, so that it is compiled for the
    /// processor that is there.
    fn step<Q: Quantity>(
        &self,
        rates: Self::Rates,
        gradient: Q,
        slots: [Q; SLOTS],
    ) -> (Q, [Q; SLOTS]);

    /// What the state is before the first update.
    fn initial(&self) -> f64 {
        0.0
    }
}

/// Where an update is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Path {
    /// In one pass on the host where the device allows it.
    Fastest,
    /// By tensor operations.
    #[cfg_attr(
        not(test),
        allow(dead_code, reason = "other devices get there by themselves")
    )]
    Tensors,
}

/// How a rule is to work, and on which weights.
pub(crate) struct Work {
    pub(crate) path: Path,
    pub(crate) weight_decay: f64,
    /// What the learning rate is multiplied with.
    pub(crate) rate_factor: f64,
    /// What moves the other weights, and those that the rule is for; all, if nothing is there.
    pub(crate) beside: Option<(ModuleOptimizer, ParamGroup)>,
}

impl Work {
    /// A rule for each number of a weight.
    pub(crate) fn by_number<R: Rule<SLOTS>, const SLOTS: usize>(self, rule: R) -> ModuleOptimizer {
        let Self {
            path,
            weight_decay,
            rate_factor,
            beside,
        } = self;
        let updater = Updater {
            rule,
            weight_decay,
            rate_factor,
            path,
        };
        place(beside, updater)
    }

    /// One of Burn's optimizers, by the weight decay and the factor of the rate.
    pub(crate) fn by_burn<O: Optimizer>(
        self,
        optimizer: impl FnOnce(f64, f64) -> O,
    ) -> ModuleOptimizer {
        place(self.beside, optimizer(self.weight_decay, self.rate_factor))
    }

    /// A rule for weights as a whole.
    pub(crate) fn by_whole<R: WholeRule>(self, rule: R) -> ModuleOptimizer {
        let updater = WholeUpdater::new(rule, self.weight_decay, self.rate_factor);
        place(self.beside, updater)
    }
}

fn place(
    beside: Option<(ModuleOptimizer, ParamGroup)>,
    updater: impl Optimizer,
) -> ModuleOptimizer {
    match beside {
        None => updater.into(),
        Some((others, weights)) => others.with_group(weights, updater, None),
    }
}

/// A rule as Burn's optimizer.
#[derive(Clone)]
pub(crate) struct Updater<R, const SLOTS: usize> {
    rule: R,
    weight_decay: f64,
    rate_factor: f64,
    path: Path,
}

/// The state of one parameter.
#[derive(RecordState, Clone)]
pub(crate) struct State<const D: usize> {
    /// Updates so far.
    time: u64,
    slots: Vec<Tensor<D>>,
}

impl<R: Rule<SLOTS>, const SLOTS: usize> Updater<R, SLOTS> {
    fn by_tensors<const D: usize>(
        &self,
        rates: R::Rates,
        kept: f64,
        (tensor, grad): (Tensor<D>, Tensor<D>),
        slots: [Tensor<D>; SLOTS],
    ) -> (Tensor<D>, [Tensor<D>; SLOTS]) {
        let (step, slots) = self.rule.step(rates, grad, slots);
        let weights = if self.weight_decay == 0.0 {
            tensor
        } else {
            tensor.mul_scalar(kept)
        };
        (weights - step, slots)
    }

    /// The same in one pass, on all cores where there are many weights; the gradient's memory becomes that of the new weights.
    fn on_host<const D: usize>(
        &self,
        rates: R::Rates,
        kept: f64,
        (tensor, grad): (Tensor<D>, Tensor<D>),
        slots: [Tensor<D>; SLOTS],
    ) -> (Tensor<D>, [Tensor<D>; SLOTS]) {
        let device = grad.device();
        let weights = HostFloats::of(tensor);
        let mut out = grad.into_data();
        let mut data = slots.map(Tensor::into_data);
        let slots = data.each_mut().map(floats_mut);
        each_span(
            weights.as_slice(),
            floats_mut(&mut out),
            slots,
            |weights, out, slots| self.update_span(rates, kept, weights, out, slots),
        );
        let slots = data.map(|slot| Tensor::from_data(slot, &device));
        (Tensor::from_data(out, &device), slots)
    }

    /// Puts new weights in the place of their gradients.
    fn update_span(
        &self,
        rates: R::Rates,
        kept: f64,
        weights: &[f32],
        out: &mut [f32],
        mut slots: [&mut [f32]; SLOTS],
    ) {
        /// As many as the widest vectors have.
        const LANES: usize = 16;
        let whole = weights.len() - weights.len() % LANES;
        let rule = (self.rule.clone(), rates, kept);
        let (weights, last_weights) = weights.split_at(whole);
        let (out, last_out) = out.split_at_mut(whole);
        let first = slots.each_mut().map(|slot| &mut slot[..whole]);
        dispatch(
            #[inline(always)]
            || update_chunks::<R, SLOTS, LANES>(&rule, weights, out, first),
        );
        let last = slots.map(|slot| &mut slot[whole..]);
        update_chunks::<R, SLOTS, 1>(&rule, last_weights, last_out, last);
    }
}

/// Moves so many weights at a time, in arrays whose length the compiler knows.
#[inline(always)]
fn update_chunks<R: Rule<SLOTS>, const SLOTS: usize, const LANES: usize>(
    (rule, rates, kept): &(R, R::Rates, f64),
    weights: &[f32],
    out: &mut [f32],
    slots: [&mut [f32]; SLOTS],
) {
    let mut slots = slots.map(|slot| slot.as_chunks_mut::<LANES>().0);
    let (weights, out) = (
        weights.as_chunks::<LANES>().0,
        out.as_chunks_mut::<LANES>().0,
    );
    for (chunk, (weights, out)) in weights.iter().zip(out).enumerate() {
        let mut states = [[0.0; LANES]; SLOTS];
        for (state, slot) in states.iter_mut().zip(&slots) {
            *state = slot[chunk];
        }
        for lane in 0..LANES {
            let mut state = [0.0; SLOTS];
            for slot in 0..SLOTS {
                state[slot] = states[slot][lane];
            }
            let (step, state) = rule.step(*rates, out[lane], state);
            out[lane] = weights[lane].scale(*kept) - step;
            for slot in 0..SLOTS {
                states[slot][lane] = state[slot];
            }
        }
        for (state, slot) in states.iter().zip(&mut slots) {
            slot[chunk] = *state;
        }
    }
}

impl<R: Rule<SLOTS>, const SLOTS: usize> Optimizer for Updater<R, SLOTS> {
    type State<const D: usize> = State<D>;

    fn step<const D: usize>(
        &self,
        lr: LearningRate,
        tensor: Tensor<D>,
        grad: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        let fresh = || std::array::from_fn(|_| grad.full_like(self.rule.initial()));
        let (time, slots) = match state {
            // State from elsewhere, of another number of slots, is no state of this rule.
            Some(State { time, slots }) => (time + 1, slots.try_into().unwrap_or_else(|_| fresh())),
            None => (1, fresh()),
        };
        let lr = lr * self.rate_factor;
        let rates = self.rule.rates(lr, time);
        let kept = 1.0 - lr * self.weight_decay;
        let is_plain = tensor.dtype() == DType::F32 && grad.dtype() == DType::F32;
        let is_host = self.path == Path::Fastest && is_plain && is_host_cpu(&grad.device());
        let (tensor, slots) = if is_host {
            self.on_host(rates, kept, (tensor, grad), slots)
        } else {
            self.by_tensors(rates, kept, (tensor, grad), slots)
        };
        let slots = slots.into();
        (tensor, Some(State { time, slots }))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        let slots = state.slots.into_iter();
        State {
            time: state.time,
            slots: slots.map(|slot| slot.to_device(device)).collect(),
        }
    }
}

#[allow(
    clippy::expect_used,
    reason = "the element type was looked at before; the state has that of the gradient"
)]
fn floats_mut(data: &mut TensorData) -> &mut [f32] {
    data.as_mut_slice().expect("32-bit floats")
}
