//! Training, validation, evaluation and prediction under the same hooks.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::sync::{Arc, Mutex};

use burn::tensor::{Device, Tensor};
use firebrick_data::{ArrayDataset, BatchSource, Subset};
use firebrick_model::layers::Dense;
use firebrick_model::{Network, Sequential};
use firebrick_trainer::losses::MeanSquaredError;
use firebrick_trainer::{
    Callback, Compile, Display, Fit, Flow, HookResult, Logs, Metric, Optimizer, Pass, StopReason,
    Trainer, Training,
};

/// Where to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    TrainBatch(usize),
    TestBegin,
    TestBatchBegin(usize),
    TestBatchEnd(usize),
    PredictBatch(usize),
}

/// Stops at a place, and counts what it sees.
struct Stopping {
    at: Place,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug, Default, PartialEq)]
struct Seen {
    train_batches: usize,
    test_batches: usize,
    predict_batches: usize,
    /// Figures of `on_test_end`.
    tests: Vec<Logs>,
}

impl Stopping {
    fn flow(&self, here: Place) -> Flow {
        if self.at == here {
            Flow::Stop
        } else {
            Flow::Continue
        }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }
}

impl Callback for Stopping {
    fn name(&self) -> &'static str {
        "Stopping"
    }

    fn on_train_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
        self.seen().train_batches += 1;
        Ok(self.flow(Place::TrainBatch(training.batch())))
    }

    fn on_test_begin(&mut self, _: &mut Training<'_>) -> HookResult {
        Ok(self.flow(Place::TestBegin))
    }

    fn on_test_batch_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        Ok(self.flow(Place::TestBatchBegin(training.batch())))
    }

    fn on_test_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
        self.seen().test_batches += 1;
        Ok(self.flow(Place::TestBatchEnd(training.batch())))
    }

    fn on_test_end(&mut self, _: &mut Training<'_>, logs: &Logs) -> HookResult {
        self.seen().tests.push(logs.clone());
        Ok(Flow::Continue)
    }

    fn on_predict_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
        self.seen().predict_batches += 1;
        Ok(self.flow(Place::PredictBatch(training.batch())))
    }
}

fn stopping(at: Place) -> (Stopping, Arc<Mutex<Seen>>) {
    let seen = Arc::<Mutex<Seen>>::default();
    let own = Arc::clone(&seen);
    (Stopping { at, seen: own }, seen)
}

/// Ten points, five batches of two.
fn points() -> Arc<dyn BatchSource> {
    let inputs: Vec<[f32; 1]> = (0..10_u8).map(|x| [f32::from(x) / 10.0]).collect();
    let targets: Vec<f32> = (0..10_u8).map(|x| f32::from(x * x) / 50.0).collect();
    Arc::new(ArrayDataset::new(inputs, targets).unwrap())
}

/// The first of them.
fn first(count: usize) -> Arc<dyn BatchSource> {
    Arc::new(Subset::new(points(), (0..count).collect()).unwrap())
}

fn trainer() -> Trainer<Network> {
    let network = Sequential::new([1]).add(Dense::new(1));
    let model = network.build(5, &Device::flex()).unwrap();
    Compile::new(Optimizer::sgd(), MeanSquaredError::new())
        .with_metrics(["mean_absolute_error".parse::<Metric>().unwrap()])
        .model(model)
}

fn quiet(epochs: usize) -> Fit {
    Fit::new(epochs)
        .with_batch_size(2)
        .with_display(Display::Quiet)
        .with_validation(&points())
}

#[test]
fn a_callback_ends_a_validation_as_it_does_an_evaluation() {
    for (at, batches) in [
        (Place::TestBegin, 1),
        (Place::TestBatchBegin(2), 2),
        (Place::TestBatchEnd(3), 3),
    ] {
        let (callback, in_fit) = stopping(at);
        let mut own = trainer();
        let history = own
            .fit(&points(), &quiet(4).with_callback(callback))
            .unwrap();
        let reason = StopReason::Callback {
            name: "Stopping".to_owned(),
            epoch: 1,
        };
        assert_eq!(history.stop_reason, reason);
        let in_fit = in_fit.lock().unwrap();
        assert_eq!((in_fit.train_batches, in_fit.test_batches), (5, batches));
        // The epoch is recorded with the figures of the samples up to there.
        let record = history.last().unwrap();
        let figures = &in_fit.tests[0];
        for (name, value) in figures.iter() {
            assert_eq!(record.get(&format!("val_{name}")), Some(value));
        }

        let (callback, alone) = stopping(at);
        let pass = Pass::new().with_batch_size(2).with_callback(callback);
        let evaluation = own.evaluate_with(&points(), &pass).unwrap();
        let alone = alone.lock().unwrap();
        assert_eq!(alone.test_batches, batches, "{at:?}");
        assert_eq!(evaluation.samples, 2 * batches);
        assert_eq!(&evaluation.figures, figures);
        assert_eq!(alone.tests, in_fit.tests);
        let whole = own.evaluate_with(&first(2 * batches), &Pass::new().with_batch_size(2));
        assert_eq!(whole.unwrap().figures, evaluation.figures);
    }
}

#[test]
fn a_training_that_is_stopped_in_an_epoch_is_validated_whole() {
    let (callback, seen) = stopping(Place::TrainBatch(2));
    let history = trainer().fit(&points(), &quiet(4).with_callback(callback));
    let seen = seen.lock().unwrap();
    assert_eq!((seen.train_batches, seen.test_batches), (2, 5));
    let history = history.unwrap();
    assert_eq!(history.epochs().len(), 1);
    assert_eq!(history["val_loss"], [seen.tests[0].get("loss").unwrap()]);
}

#[test]
fn a_prediction_that_is_stopped_has_the_answers_up_to_there() {
    let trainer = trainer();
    let (callback, seen) = stopping(Place::PredictBatch(3));
    let pass = Pass::new().with_batch_size(2).with_callback(callback);
    let some = trainer.predict_data_with(&points(), &pass).unwrap();
    assert_eq!(some.shape(), [6, 1]);
    assert_eq!(seen.lock().unwrap().predict_batches, 3);
    let all = trainer.predict_data(&points()).unwrap();
    assert_eq!(some.into_vec().unwrap(), all.into_vec().unwrap()[..6]);
    // No sample has an answer of no row, in one batch.
    let (callback, seen) = stopping(Place::PredictBatch(3));
    let none = Tensor::<2>::zeros([0, 1], &Device::flex());
    let pass = Pass::new().with_callback(callback);
    assert_eq!(trainer.predict_with(none, &pass).unwrap().shape(), [0, 1]);
    assert_eq!(seen.lock().unwrap().predict_batches, 1);
}
