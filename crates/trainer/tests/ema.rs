//! The moving average of the weights: when it stands in for them, and that they come back.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test that cannot go on should panic; exact numbers are meant where they are compared"
)]

use std::sync::{Arc, Mutex};

use burn::tensor::Device;
use firebrick_data::{Mnist, mnist_sample};
use firebrick_model::layers::{BatchNormalization, Dense};
use firebrick_model::{Activation, Network, Sequential, WeightValue};
use firebrick_trainer::callbacks::SwapEmaWeights;
use firebrick_trainer::losses::SparseCategoricalCrossentropy;
use firebrick_trainer::{
    Callback, Compile, Display, Fit, Flow, HookResult, Logs, Optimizer, StopReason, Trainer,
    Training,
};

type Seen = Arc<Mutex<Vec<(String, Vec<Vec<f32>>)>>>;

/// Takes the weights down at every hook of an epoch's end, and may stop there.
struct Witness {
    name: &'static str,
    stops_in: Option<usize>,
    seen: Seen,
}

impl Witness {
    fn see(&self, hook: &str, training: &Training<'_>) {
        let model: Network = training.model().unwrap();
        let weights = model.get_weights().unwrap().into_iter();
        let weights = weights.map(WeightValue::into_values).collect();
        let at = format!("{} {hook} {}", self.name, training.epoch());
        self.seen.lock().unwrap().push((at, weights));
    }
}

impl Callback for Witness {
    fn name(&self) -> &'static str {
        self.name
    }

    fn on_epoch_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        self.see("epoch_begin", training);
        Ok(Flow::Continue)
    }

    fn on_test_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        self.see("test_begin", training);
        Ok(Flow::Continue)
    }

    fn on_test_end(&mut self, training: &mut Training<'_>, _: &Logs) -> HookResult {
        self.see("test_end", training);
        Ok(Flow::Continue)
    }

    fn on_epoch_end(&mut self, training: &mut Training<'_>, _: &Logs) -> HookResult {
        self.see("epoch_end", training);
        Ok(if self.stops_in == Some(training.epoch()) {
            Flow::Stop
        } else {
            Flow::Continue
        })
    }

    fn on_train_end(&mut self, training: &mut Training<'_>, _: &Logs) -> HookResult {
        self.see("train_end", training);
        Ok(Flow::Continue)
    }
}

fn trainer(optimizer: Optimizer) -> Trainer<Network> {
    let network = Sequential::new([784])
        .add(Dense::new(8))
        .add(BatchNormalization::new().with_momentum(0.5))
        .add(Dense::new(10).with_activation(Activation::Softmax));
    let model = network.build(3, &Device::flex()).unwrap();
    Compile::new(optimizer, SparseCategoricalCrossentropy::new())
        .with_learning_rate(0.01)
        .model(model)
}

fn averaging() -> Optimizer {
    Optimizer::adam().with_ema(0.9).unwrap()
}

fn fit(data: &Mnist, epochs: usize) -> Fit {
    Fit::new(epochs)
        .with_batch_size(100)
        .with_validation(&data.test)
        .with_display(Display::Quiet)
}

/// What was seen first under this name.
fn at<'a>(seen: &'a [(String, Vec<Vec<f32>>)], moment: &str) -> &'a [Vec<f32>] {
    let found = seen.iter().find(|(own, _)| own == moment);
    &found.unwrap_or_else(|| panic!("{moment}")).1
}

fn watched(swap: SwapEmaWeights, stops_in: Option<usize>) -> (Seen, Trainer<Network>) {
    let data = mnist_sample().unwrap();
    let seen = Seen::default();
    let witness = |name, stops_in| Witness {
        name,
        stops_in,
        seen: Arc::clone(&seen),
    };
    let fit = fit(&data, 3)
        .with_callback(witness("before", None))
        .with_callback(swap)
        .with_callback(witness("behind", stops_in));
    let mut trainer = trainer(averaging());
    trainer.fit(&data.train, &fit).unwrap();
    (seen, trainer)
}

#[test]
fn a_validation_sees_the_average_and_the_weights_come_back_bit_by_bit() {
    let (seen, _) = watched(SwapEmaWeights::new(), None);
    let seen = seen.lock().unwrap();
    for epoch in 1..=3 {
        let weights = at(&seen, &format!("before test_begin {epoch}"));
        let average = at(&seen, &format!("behind test_begin {epoch}"));
        let moved: Vec<bool> = weights.iter().zip(average).map(|(w, a)| w != a).collect();
        // Kernel and bias; gamma, beta and the moving statistics, which are no average; kernel and bias.
        let expected = [true, true, true, true, false, false, true, true];
        assert_eq!(moved, expected, "epoch {epoch}");
        assert_eq!(at(&seen, &format!("before test_end {epoch}")), average);
        assert_eq!(at(&seen, &format!("behind test_end {epoch}")), weights);
        assert_eq!(at(&seen, &format!("behind epoch_end {epoch}")), weights);
    }
}

#[test]
fn swapping_changes_what_is_validated_and_nothing_of_what_is_learned() {
    let data = mnist_sample().unwrap();
    let mut plain = trainer(averaging());
    let plainly = plain.fit(&data.train, &fit(&data, 3)).unwrap();
    for swap in [
        SwapEmaWeights::new(),
        SwapEmaWeights::new().with_swap_on_epoch(),
    ] {
        let mut swapping = trainer(averaging());
        let swapped = fit(&data, 3).with_callback(swap);
        let history = swapping.fit(&data.train, &swapped).unwrap();
        assert_eq!(history["loss"], plainly["loss"]);
        assert_ne!(history["val_loss"], plainly["val_loss"]);
        let weights = |trainer: &Trainer<Network>| trainer.model().get_weights().unwrap();
        assert_eq!(weights(&swapping), weights(&plain));
        // The weights are the average now, which the last validation saw.
        let evaluated = swapping.evaluate(&data.test).unwrap().loss();
        assert!((evaluated - history["val_loss"][2]).abs() < 1e-6);
    }
}

#[test]
fn a_stop_at_the_end_of_an_epoch_leaves_the_average_in_either_mode() {
    for swap in [
        SwapEmaWeights::new(),
        SwapEmaWeights::new().with_swap_on_epoch(),
    ] {
        let (seen, trainer) = watched(swap, Some(2));
        let stop = &trainer.history().stop_reason;
        assert!(matches!(stop, StopReason::Callback { epoch: 2, .. }));
        let seen = seen.lock().unwrap();
        let average = at(&seen, "behind test_begin 2");
        let weights = at(&seen, "before epoch_end 2");
        assert_ne!(weights, average);
        assert_eq!(at(&seen, "behind test_end 2"), weights);
        assert_eq!(at(&seen, "before train_end 2"), average);
        let left = trainer.model().get_weights().unwrap().into_iter();
        let left: Vec<Vec<f32>> = left.map(WeightValue::into_values).collect();
        assert_eq!(left, average);
    }
}

#[test]
fn swapped_at_the_end_of_an_epoch_the_weights_are_back_when_the_next_begins() {
    let (seen, _) = watched(SwapEmaWeights::new().with_swap_on_epoch(), None);
    let seen = seen.lock().unwrap();
    let weights = at(&seen, "before epoch_end 1");
    let average = at(&seen, "behind epoch_end 1");
    assert_ne!(weights, average);
    assert_eq!(at(&seen, "before epoch_begin 2"), average);
    assert_eq!(at(&seen, "behind epoch_begin 2"), weights);
}

#[test]
fn gathered_gradients_wait_for_the_next_fit() {
    let data = mnist_sample().unwrap();
    let optimizer = Optimizer::sgd().with_gradient_accumulation_steps(3);
    let mut trainer = trainer(optimizer.unwrap());
    let one_batch = fit(&data, 1).with_steps_per_epoch(1);
    let kernel = |trainer: &Trainer<Network>| trainer.model().weight("dense/kernel");
    let mut kernels = vec![kernel(&trainer).unwrap()];
    for _ in 0..6 {
        trainer.fit(&data.train, &one_batch).unwrap();
        kernels.push(kernel(&trainer).unwrap());
    }
    let moved: Vec<bool> = kernels.windows(2).map(|pair| pair[0] != pair[1]).collect();
    assert_eq!(moved, [false, false, true, false, false, true]);
}

#[test]
fn swapping_without_an_average_is_explained_before_anything_is_learned() {
    let data = mnist_sample().unwrap();
    let mut trainer = trainer(Optimizer::adam());
    let fit = fit(&data, 1).with_callback(SwapEmaWeights::new());
    assert_eq!(
        trainer.fit(&data.train, &fit).unwrap_err().to_string(),
        "SwapEmaWeights needs the moving average of the weights, which this optimizer does not keep; give it one by \
         `with_ema`"
    );
}
