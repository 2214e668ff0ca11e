//! Fitting, stopping and failing, on the embedded sample.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test that cannot go on should panic; exact numbers are meant where they are compared"
)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use burn::module::{Module, ModuleVisitor, Param};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};
use firebrick_data::{Mnist, MnistDataset, ValidationSplit, mnist_sample};
use firebrick_model::{Activation, AnyTensor, Mlp, MlpConfig, Model, ModelError};
use firebrick_scheduler::{Schedule, TimeBased};
use firebrick_trainer::callbacks::{Flow, LambdaCallback};
use firebrick_trainer::losses::{MeanSquaredError, SparseCategoricalCrossentropy};
use firebrick_trainer::{
    Compile, Display, Fit, Metric, MismatchError, NonFiniteCause, Optimizer, StopHandle,
    StopReason, TrainError,
};

fn sample() -> Mnist {
    mnist_sample().unwrap()
}

fn mlp(seed: u64) -> Mlp {
    let config = MlpConfig::new(784, 10).with_hidden([32]);
    config.init(seed, &Device::flex()).unwrap()
}

fn sgd(learning_rate: f64) -> Compile {
    Compile::new(Optimizer::sgd(), SparseCategoricalCrossentropy::new())
        .with_learning_rate(learning_rate)
        .with_metrics([Metric::accuracy()])
}

fn quiet(epochs: usize) -> Fit {
    Fit::new(epochs)
        .with_batch_size(50)
        .with_display(Display::Quiet)
}

/// All weights of a module in order.
fn weights(module: &impl Module) -> Vec<f32> {
    struct Collect(Vec<f32>);
    impl ModuleVisitor for Collect {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.0.extend(param.val().into_data().iter::<f32>());
        }
    }
    let mut collect = Collect(Vec::new());
    module.visit(&mut collect);
    collect.0
}

/// The weights after each step from the end of the first epoch, of 20 steps, to that step of the second, where nothing goes wrong.
fn weights_from_the_first_epoch_to(step: u64, data: &MnistDataset) -> Vec<Vec<f32>> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    let fit = quiet(2).with_callback(LambdaCallback::new().with_on_train_batch_end(
        move |training| {
            if (20..=step).contains(&training.iterations()) {
                let model: Mlp = training.model().unwrap();
                kept.lock().unwrap().push(weights(&model));
            }
            Ok(Flow::Continue)
        },
    ));
    sgd(0.1).model(mlp(3)).fit(data, &fit).unwrap();
    std::mem::take(&mut seen.lock().unwrap())
}

#[test]
fn an_mlp_learns_with_an_integer_time_based_rate() {
    let data = sample();
    let (train, validation) = data
        .train
        .split(&ValidationSplit::Tail { fraction: 0.1 })
        .unwrap();
    let compile = sgd(0.1).with_schedule(TimeBased::new(3).unwrap());
    let mut trainer = compile.model(mlp(42));
    let fit = quiet(8).with_batch_size(20).with_validation(&validation);
    let history = trainer.fit(&train, &fit).unwrap();

    assert_eq!(history.stop_reason, StopReason::Completed);
    let epochs: Vec<usize> = history.epochs().iter().map(|record| record.epoch).collect();
    assert_eq!(epochs, [1, 2, 3, 4, 5, 6, 7, 8]);
    let last = history.last().unwrap();
    assert_eq!(last.learning_rate, 1.0);
    assert!(last.get("accuracy") > Some(0.9), "{last:?}");
    assert!(last.get("val_accuracy") > Some(0.8), "{last:?}");
    assert!(trainer.evaluate(&data.test).unwrap().get("accuracy") > Some(0.8));
}

#[test]
fn the_same_seed_gives_the_same_weights_bit_for_bit() {
    let data = sample();
    let run = |seed: u64| {
        let mut trainer = sgd(0.5).model(mlp(seed));
        let history = trainer.fit(&data.train, &quiet(2).with_seed(seed)).unwrap();
        let losses: Vec<u64> = history
            .epochs()
            .iter()
            .map(|r| r.loss().to_bits())
            .collect();
        let bits: Vec<u32> = weights(trainer.model())
            .iter()
            .map(|w| w.to_bits())
            .collect();
        (losses, bits)
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}

/// A network that is no `Mlp`: two paths, one of them nonlinear.
#[derive(Module, Debug)]
struct TwoPaths {
    left: Linear,
    right: Linear,
    out: Linear,
}

impl Model for TwoPaths {
    fn forward(&self, inputs: AnyTensor) -> Result<AnyTensor, ModelError> {
        let x: Tensor<2> = inputs.into_rank()?;
        let left = self.left.forward(x.clone());
        Ok(self.out.forward(left + self.right.forward(x).tanh()).into())
    }

    fn output_activation(&self) -> Activation {
        Activation::Softmax
    }
}

#[test]
fn a_hand_written_module_is_trained_by_the_same_code() {
    let device = Device::flex();
    device.seed(1);
    let linear = |inputs, outputs| LinearConfig::new(inputs, outputs).init(&device);
    let model = TwoPaths {
        left: linear(784, 16),
        right: linear(784, 16),
        out: linear(16, 10),
    };
    let before = weights(&model);
    let data = sample();
    let mut trainer = sgd(0.1).model(model);
    let history = trainer.fit(&data.train, &quiet(6)).unwrap();
    assert!(history.last().unwrap().loss() < 0.7 * history["loss"][0]);
    assert!(trainer.evaluate(&data.test).unwrap().get("accuracy") > Some(0.75));
    assert_ne!(weights(trainer.model()), before);
}

#[test]
fn figures_are_means_over_samples_with_a_smaller_last_batch() {
    // At a rate this small the weights stay, and the epoch's means are those of one evaluation.
    let data = sample().train.first(130).unwrap();
    let mut trainer = sgd(1e-12).model(mlp(3));
    let expected = trainer.evaluate(&data).unwrap();
    let fit = quiet(1).with_batch_size(100).with_validation(&data);
    let history = trainer.fit(&data, &fit).unwrap();
    let record = history.last().unwrap();
    assert!(
        (record.loss() - expected.loss()).abs() < 1e-6,
        "{record:?} {}",
        expected.loss()
    );
    assert!((record.get("val_loss").unwrap() - expected.loss()).abs() < 1e-6);
    assert_eq!(record.get("accuracy"), expected.get("accuracy"));
    assert_eq!(record.get("val_accuracy"), expected.get("accuracy"));
}

#[test]
fn a_loss_that_is_no_number_names_epoch_and_batch_and_keeps_what_was_learned() {
    /// Learns for 25 steps, then leaps.
    struct Leap;
    impl Schedule for Leap {
        fn learning_rate(&self, step: u64) -> f64 {
            if step < 25 {
                0.1
            } else {
                f64::from(f32::MAX) * 10.0
            }
        }
    }
    let data = sample();
    let mut trainer = sgd(0.1).with_custom_schedule(Leap).model(mlp(3));
    let error = trainer.fit(&data.train, &quiet(3)).unwrap_err();
    match error {
        TrainError::NonFiniteLoss {
            epoch,
            batch,
            learning_rate,
            cause,
            ..
        } => {
            // 20 batches an epoch; step 25 is the sixth of the second epoch and spoils the next.
            assert_eq!((epoch, batch), (2, 7));
            assert!(learning_rate > Some(1e30));
            assert_eq!(*cause, NonFiniteCause::Updates);
        }
        other => panic!("{other}"),
    }
    assert_eq!(trainer.history().epochs().len(), 1);
    // Those of the end of the first epoch, unless it took so long since then that somebody looked.
    let good = weights_from_the_first_epoch_to(25, &data.train);
    assert!(good.contains(&weights(trainer.model())), "other weights");
    // And with them it can go on.
    assert!(trainer.fit(&data.train, &quiet(1)).is_ok());
}

#[test]
fn weights_spoiled_by_the_very_last_step_are_found() {
    /// Learns for 39 steps, then leaps.
    struct Leap;
    impl Schedule for Leap {
        fn learning_rate(&self, step: u64) -> f64 {
            if step < 39 {
                0.1
            } else {
                f64::from(f32::MAX) * 10.0
            }
        }
    }
    let data = sample();
    let good = weights_from_the_first_epoch_to(39, &data.train);
    for validation in [true, false] {
        let mut trainer = sgd(0.1).with_custom_schedule(Leap).model(mlp(3));
        let mut fit = quiet(2);
        if validation {
            fit = fit.with_validation(&data.test);
        }
        let error = trainer.fit(&data.train, &fit).unwrap_err();
        assert!(
            matches!(error, TrainError::Diverged { epoch: 2, .. }),
            "{error}"
        );
        assert_eq!(trainer.history().epochs().len(), 1);
        assert!(good.contains(&weights(trainer.model())), "other weights");
    }
}

#[test]
fn a_fit_can_be_used_again_after_a_stop() {
    let data = sample().train.first(100).unwrap();
    let handle = StopHandle::new();
    let schedule = StopAt {
        step: 0,
        handle: handle.clone(),
    };
    let mut trainer = sgd(0.1).with_custom_schedule(schedule).model(mlp(3));
    let stopped = quiet(5).with_stop_handle(handle);
    assert_eq!(trainer.fit(&data, &stopped).unwrap().epochs().len(), 0);
    let fit = quiet(2);
    assert_eq!(trainer.fit(&data, &fit).unwrap().epochs().len(), 2);
    assert_eq!(trainer.fit(&data, &fit).unwrap().epochs().len(), 2);
}

#[test]
fn a_single_class_is_an_error_before_training() {
    let data = sample();
    let zeros = firebrick_data::IdxLabels::new(vec![0; 50]).unwrap();
    let pixels: Vec<u8> = (0..50)
        .flat_map(|row| data.train.image(row).to_vec())
        .collect();
    let images = firebrick_data::IdxImages::new(pixels, 28, 28).unwrap();
    let single = MnistDataset::new(images, zeros).unwrap();
    let error = sgd(0.1).model(mlp(3)).fit(&single, &quiet(1)).unwrap_err();
    assert!(
        matches!(
            error,
            TrainError::Mismatch(MismatchError::TooFewClasses { num_classes: 1 })
        ),
        "{error}"
    );
}

/// Asks for a stop at a given step.
struct StopAt {
    step: u64,
    handle: StopHandle,
}

impl Schedule for StopAt {
    fn learning_rate(&self, step: u64) -> f64 {
        if step == self.step {
            self.handle.stop("the test");
        }
        0.1
    }
}

#[test]
fn a_stop_ends_the_training_after_the_batch_and_is_no_error() {
    let data = sample();
    let stop_at = |step: u64| {
        let handle = StopHandle::new();
        let schedule = StopAt {
            step,
            handle: handle.clone(),
        };
        let mut trainer = sgd(0.1).with_custom_schedule(schedule).model(mlp(3));
        let fit = quiet(50)
            .with_stop_handle(handle)
            .with_validation(&data.test);
        let history = trainer.fit(&data.train, &fit).unwrap();
        (history, weights(trainer.model()))
    };
    // 20 batches an epoch.
    let (history, early) = stop_at(0);
    assert_eq!(history.epochs().len(), 0);
    let expected = StopReason::Interrupted {
        by: "the test".to_owned(),
        epoch: 1,
        batches: 1,
    };
    assert_eq!(history.stop_reason, expected);
    assert_ne!(early, weights(&mlp(3)), "the batch that was done counts");

    let (history, late) = stop_at(45);
    assert_eq!(history.epochs().len(), 2);
    let expected = StopReason::Interrupted {
        by: "the test".to_owned(),
        epoch: 3,
        batches: 6,
    };
    assert_eq!(history.stop_reason, expected);
    assert_ne!(early, late);
    assert_eq!(
        history.stop_reason.to_string(),
        "stopped by the test in epoch 3 after 6 batches"
    );
}

#[test]
fn a_second_fit_goes_on_where_the_first_ended() {
    let data = sample().train.first(200).unwrap();
    let compile = || {
        let optimizer = Optimizer::sgd().with_momentum(0.9).unwrap();
        let schedule = TimeBased::new(40).unwrap().with_scale(0.001).unwrap();
        Compile::new(optimizer, MeanSquaredError::new()).with_schedule(schedule)
    };
    let mut at_once = compile().model(mlp(5));
    at_once.fit(&data, &quiet(4)).unwrap();
    let mut in_two = compile().model(mlp(5));
    in_two.fit(&data, &quiet(1)).unwrap();
    let history = in_two.fit(&data, &quiet(3)).unwrap();
    assert_eq!(weights(at_once.model()), weights(in_two.model()));
    assert_eq!(history.last().unwrap().learning_rate, 25.0 * 0.001);
}

#[test]
fn data_that_does_not_fit_the_network_is_an_error_before_training() {
    let data = sample();
    let device = Device::flex();
    let narrow = MlpConfig::new(100, 10).init(1, &device).unwrap();
    let error = sgd(0.1)
        .model(narrow)
        .fit(&data.train, &quiet(1))
        .unwrap_err();
    assert!(
        matches!(
            error,
            TrainError::Mismatch(MismatchError::InputMismatch { ref shapes, .. }) if *shapes == [[784]]
        ),
        "{error}"
    );

    let few = MlpConfig::new(784, 9).init(1, &device).unwrap();
    let error = sgd(0.1).model(few).fit(&data.train, &quiet(1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the network has 9 outputs, the data has 10 classes; build the network for 10 classes"
    );
}

#[test]
fn zero_epochs_and_zero_batches_are_errors() {
    let data = sample().train;
    let mut trainer = sgd(0.1).model(mlp(1));
    let error = trainer.fit(&data, &quiet(0)).unwrap_err();
    assert_eq!(error.to_string(), "epochs is 0, expected at least 1");
    let error = trainer
        .fit(&data, &quiet(1).with_batch_size(0))
        .unwrap_err();
    assert_eq!(error.to_string(), "batch_size is 0, expected at least 1");
}

/// Panics once it has seen a number of batches of 50 samples.
#[derive(Module, Debug)]
struct Brittle {
    inner: Linear,
    #[module(skip)]
    batches_left: Arc<AtomicUsize>,
}

impl Model for Brittle {
    fn forward(&self, inputs: AnyTensor) -> Result<AnyTensor, ModelError> {
        if inputs.shape()[0] == 50 {
            let left = self.batches_left.fetch_sub(1, Ordering::Relaxed);
            assert!(left > 0, "this module is worn out");
        }
        Ok(self.inner.forward(inputs.into_rank::<2>()?).into())
    }

    fn output_activation(&self) -> Activation {
        Activation::Softmax
    }
}

fn brittle(batches: usize) -> Brittle {
    let device = Device::flex();
    let values: Vec<f32> = (0..7840).map(|i| (i as f32 * 0.37).sin() * 0.05).collect();
    let kernel = Tensor::<1>::from_floats(&values[..], &device).reshape([784, 10]);
    Brittle {
        inner: Linear {
            weight: Param::from_tensor(kernel),
            bias: None,
        },
        batches_left: Arc::new(AtomicUsize::new(batches)),
    }
}

#[test]
fn a_panic_inside_a_module_is_an_error_and_the_weights_are_kept() {
    // 20 batches an epoch.
    let data = sample().train;
    let after = |batches, epochs| {
        let mut trainer = sgd(0.1).model(brittle(batches));
        let error = trainer.fit(&data, &quiet(epochs)).err();
        (
            error.map(|error| error.to_string()),
            weights(trainer.model()),
        )
    };
    let (error, kept) = after(0, 1);
    assert!(error.unwrap().contains("this module is worn out"));
    assert_eq!(kept, weights(&brittle(0)), "nothing was learned");

    let (error, two_epochs) = after(1000, 2);
    assert_eq!(error, None);
    let (error, kept) = after(50, 5);
    assert!(error.unwrap().contains("this module is worn out"));
    assert_eq!(kept, two_epochs, "the third epoch was not finished");
}
