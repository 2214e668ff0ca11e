//! Callbacks in real trainings, on the embedded sample.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test that cannot go on should panic; exact numbers are meant where they are compared"
)]

use std::sync::{Arc, Mutex};

use burn::tensor::Device;
use firebrick_data::{MnistDataset, mnist_sample};
use firebrick_model::layers::{BatchNormalization, Dense, Layer};
use firebrick_model::{Activation, Network, SavedModel, Sequential, WeightValue};
use firebrick_scheduler::TimeBased;
use firebrick_trainer::callbacks::{
    CsvLogger, EarlyStopping, JsonlLogger, LambdaCallback, LearningRateScheduler, ModelCheckpoint,
    MonitorMode, ProgressBar, ReduceLrOnPlateau, SaveFreq, TensorBoard, TerminateOnNan, UpdateFreq,
};
use firebrick_trainer::losses::SparseCategoricalCrossentropy;
use firebrick_trainer::metrics::Direction;
use firebrick_trainer::{
    Compile, Display, Fit, Flow, Logs, Metric, Optimizer, Pass, RunDirectory, StopReason,
    TrainError, Trainer, Training, Weights,
};

fn sample() -> (MnistDataset, MnistDataset) {
    let data = mnist_sample().unwrap();
    (
        data.train.first(200).unwrap(),
        data.test.first(100).unwrap(),
    )
}

/// A frozen layer, moving statistics, and a layer that learns.
fn network(units: usize) -> Network {
    Sequential::new([784])
        .add(Dense::new(units).with_activation(Activation::Relu).frozen())
        .add(BatchNormalization::new().with_momentum(0.5))
        .add(Dense::new(10).with_activation(Activation::Softmax))
        .build(3, &Device::flex())
        .unwrap()
}

fn compile(learning_rate: f64) -> Compile {
    Compile::new(Optimizer::sgd(), SparseCategoricalCrossentropy::new())
        .with_learning_rate(learning_rate)
        .with_metrics([Metric::accuracy()])
}

fn trainer(learning_rate: f64) -> Trainer<Network> {
    compile(learning_rate).model(network(12))
}

/// Four batches an epoch.
fn quiet(epochs: usize) -> Fit {
    Fit::new(epochs)
        .with_batch_size(50)
        .with_display(Display::Quiet)
}

fn values(model: &Network) -> Vec<WeightValue> {
    model.get_weights().unwrap()
}

/// The weights at the end of every epoch.
type Kept = Arc<Mutex<Vec<Vec<WeightValue>>>>;

fn keeping() -> (LambdaCallback, Kept) {
    let kept = Kept::default();
    let keep = Arc::clone(&kept);
    let callback = LambdaCallback::new().with_on_epoch_end(move |training, _| {
        let model: Network = training.model().unwrap();
        keep.lock().unwrap().push(values(&model));
        Ok(Flow::Continue)
    });
    (callback, kept)
}

#[test]
fn restored_weights_are_those_of_before_bit_for_bit_and_go_on_learning() {
    let (train, _) = sample();
    let mut stored: Option<Weights> = None;
    let restoring = LambdaCallback::new().with_on_epoch_end(move |training, _| {
        match training.epoch() {
            1 => stored = Some(training.weights()),
            2 => training.restore(stored.as_ref().unwrap())?,
            _ => {}
        }
        Ok(Flow::Continue)
    });
    let (keeping, kept) = keeping();
    let mut trainer = trainer(0.1);
    let before = values(trainer.model());
    let fit = quiet(3).with_callback(restoring).with_callback(keeping);
    trainer.fit(&train, &fit).unwrap();
    let kept = kept.lock().unwrap();
    assert_eq!(kept[0], kept[1], "restored after the second epoch");
    let moved = |from: &[WeightValue], to: &[WeightValue]| -> Vec<bool> {
        from.iter().zip(to).map(|(from, to)| from != to).collect()
    };
    // Kernel and bias, frozen; gamma, beta and the moving statistics; kernel and bias.
    let expected = [false, false, true, true, true, true, true, true];
    assert_eq!(moved(&before, &kept[0]), expected);
    assert_eq!(moved(&kept[1], &kept[2]), expected);
    assert_eq!(values(trainer.model()), kept[2]);
    let history = trainer.fit(&train, &quiet(1)).unwrap();
    assert_eq!(history.epochs().len(), 1);
    assert_eq!(moved(&kept[2], &values(trainer.model())), expected);
}

#[test]
fn weights_of_another_network_are_an_error() {
    let (train, _) = sample();
    let foreign = Arc::new(Mutex::new(None));
    let give = Arc::clone(&foreign);
    let giving = LambdaCallback::new().with_on_train_end(move |training, _| {
        *give.lock().unwrap() = Some(training.weights());
        Ok(Flow::Continue)
    });
    compile(0.1)
        .model(network(7))
        .fit(&train, &quiet(1).with_callback(giving))
        .unwrap();
    let taking = LambdaCallback::new().with_on_epoch_end(move |training, _| {
        training.restore(foreign.lock().unwrap().as_ref().unwrap())?;
        Ok(Flow::Continue)
    });
    let error = trainer(0.1).fit(&train, &quiet(1).with_callback(taking));
    assert!(
        matches!(error, Err(TrainError::ForeignWeights)),
        "{error:?}"
    );
}

#[test]
fn early_stopping_leaves_the_best_weights_in_the_trainer_and_in_the_run() {
    let parent = tempfile::tempdir().unwrap();
    let run = RunDirectory::create(&parent.path().join("run")).unwrap();
    let (train, test) = sample();
    // The rate leaps after the second epoch, so that it gets worse from there on.
    let leaping = LearningRateScheduler::new(|epoch, _| if epoch <= 2 { 0.05 } else { 200.0 });
    let stopping = EarlyStopping::new("val_loss")
        .with_patience(2)
        .with_restore_best_weights();
    let stopping = Arc::new(Mutex::new(stopping));
    let (keeping, kept) = keeping();
    let fit = quiet(20)
        .with_validation(&test)
        .with_run_directory(run.clone())
        .with_callback(leaping)
        .with_callback(keeping)
        .with_shared_callback(stopping.clone());
    let mut trainer = trainer(0.05);
    let history = trainer.fit(&train, &fit).unwrap();
    let best_epoch = history
        .best_epoch("val_loss", Direction::Down)
        .unwrap()
        .epoch;
    let expected = StopReason::Callback {
        name: "EarlyStopping".to_owned(),
        epoch: best_epoch + 2,
    };
    assert_eq!(history.stop_reason, expected);
    let best_loss = history["val_loss"][best_epoch - 1];
    let stopping = stopping.lock().unwrap();
    assert_eq!(stopping.stopped_epoch(), Some(best_epoch + 2));
    assert_eq!(stopping.best_epoch(), Some(best_epoch));
    assert_eq!(stopping.best(), Some(best_loss));
    let kept = kept.lock().unwrap();
    let best = &kept[best_epoch - 1];
    assert_ne!(Some(best), kept.last());
    assert_eq!(&values(trainer.model()), best);
    let saved = SavedModel::read(&run.file(RunDirectory::MODEL)).unwrap();
    let saved = saved.into_network(&Device::flex()).unwrap();
    assert_eq!(&values(&saved), best);
    let evaluated = trainer.evaluate(&test).unwrap();
    assert!((evaluated.loss() - best_loss).abs() < 1e-6);
}

#[test]
fn epochs_without_a_validation_are_waited_through() {
    let (train, test) = sample();
    let stopping = EarlyStopping::new("val_loss")
        .with_mode(MonitorMode::Min)
        .with_min_delta(1e9)
        .with_patience(1);
    let checkpoint = |folder: &std::path::Path| {
        let name = folder.join("m-{epoch}-{val_loss:.1e}.bpk");
        ModelCheckpoint::new(name.to_str().unwrap()).unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    let fit = quiet(20)
        .with_steps_per_epoch(3)
        .with_validation(&test)
        .with_validation_freq(3)
        .with_callback(stopping)
        .with_callback(checkpoint(folder.path()));
    let history = trainer(0.01).fit(&train, &fit).unwrap();
    // Nothing improves by so much: the second validation stops.
    assert_eq!(history.epochs().len(), 6);
    assert_eq!(history["val_loss"].len(), 2);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

/// The rate of every step of two epochs of four batches.
fn rates(compile: Compile, callback: LambdaCallback) -> Vec<f64> {
    let rates = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&rates);
    let noting = LambdaCallback::new().with_on_train_batch_begin(move |training| {
        noted.lock().unwrap().push(training.learning_rate());
        Ok(Flow::Continue)
    });
    let (train, _) = sample();
    let fit = quiet(2).with_callback(callback).with_callback(noting);
    let history = compile.model(network(12)).fit(&train, &fit).unwrap();
    let rates = std::mem::take(&mut *rates.lock().unwrap());
    assert_eq!(history.last().unwrap().learning_rate, rates[7]);
    rates
}

#[test]
fn a_schedule_can_be_scaled_or_replaced_on_the_way() {
    let falling =
        || compile(1.0).with_schedule(TimeBased::new(8).unwrap().with_scale(0.5).unwrap());
    let scaling = LambdaCallback::new().with_on_epoch_end(|training, _| {
        training.scale_learning_rate(0.5);
        Ok(Flow::Continue)
    });
    assert_eq!(
        rates(falling(), scaling),
        [4.0, 3.5, 3.0, 2.5, 1.0, 0.75, 0.5, 0.25]
    );
    let setting = LambdaCallback::new().with_on_epoch_begin(|training| {
        if training.epoch() == 2 {
            training.set_learning_rate(0.125);
        }
        Ok(Flow::Continue)
    });
    assert_eq!(
        rates(falling(), setting),
        [4.0, 3.5, 3.0, 2.5, 0.125, 0.125, 0.125, 0.125]
    );
}

#[test]
fn a_plateau_lowers_the_rates_of_any_schedule() {
    let (train, _) = sample();
    let plateau = ReduceLrOnPlateau::new("loss")
        .with_mode(MonitorMode::Max)
        .with_factor(0.25)
        .unwrap()
        .with_patience(1);
    let fit = quiet(3).with_callback(plateau);
    let schedule = TimeBased::new(40).unwrap().with_scale(0.001).unwrap();
    let mut trainer = compile(1.0).with_schedule(schedule).model(network(12));
    let history = trainer.fit(&train, &fit).unwrap();
    let rates: Vec<f64> = history
        .epochs()
        .iter()
        .map(|epoch| epoch.learning_rate)
        .collect();
    // The last steps of the epochs, 4, 8 and 12; a falling loss is worse here.
    for (rate, expected) in rates.iter().zip([0.037, 0.033, 0.029 * 0.25]) {
        assert!((rate - expected).abs() < 1e-12, "{rates:?}");
    }
}

#[test]
fn a_rate_that_is_none_is_an_error_that_names_the_epoch() {
    let (train, _) = sample();
    let scheduler =
        LearningRateScheduler::new(|epoch, rate| if epoch == 2 { f64::NAN } else { rate });
    let mut trainer = trainer(0.1);
    let error = trainer
        .fit(&train, &quiet(3).with_callback(scheduler))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "LearningRateScheduler received the learning rate NaN for epoch 2, expected a finite number of \
         at least 0; correct its function"
    );
    assert_eq!(trainer.history().epochs().len(), 1);
}

/// A callback that does this in a hook, in its second epoch where it has one.
fn in_hook(
    hook: &str,
    does: impl Fn(&mut Training<'_>) -> Result<Flow, TrainError> + Send + 'static,
) -> LambdaCallback {
    let second = move |training: &mut Training<'_>| match training.epoch() {
        2 => does(training),
        _ => Ok(Flow::Continue),
    };
    let callback = LambdaCallback::new();
    match hook {
        "epoch_begin" => callback.with_on_epoch_begin(second),
        "epoch_end" => callback.with_on_epoch_end(move |training, _| second(training)),
        "train_batch_begin" => callback.with_on_train_batch_begin(second),
        "train_batch_end" => callback.with_on_train_batch_end(second),
        "test_begin" => callback.with_on_test_begin(second),
        "test_end" => callback.with_on_test_end(move |training, _| second(training)),
        "test_batch_begin" => callback.with_on_test_batch_begin(second),
        "test_batch_end" => callback.with_on_test_batch_end(second),
        other => panic!("{other}"),
    }
}

const HOOKS: [&str; 8] = [
    "epoch_begin",
    "epoch_end",
    "train_batch_begin",
    "train_batch_end",
    "test_begin",
    "test_end",
    "test_batch_begin",
    "test_batch_end",
];

#[test]
fn an_error_or_a_panic_of_a_hook_ends_the_training_and_loses_nothing() {
    let (train, test) = sample();
    let mut one_epoch = trainer(0.1);
    one_epoch
        .fit(&train, &quiet(1).with_validation(&test))
        .unwrap();
    let mut two_epochs = trainer(0.1);
    two_epochs
        .fit(&train, &quiet(2).with_validation(&test))
        .unwrap();
    for hook in HOOKS {
        let failing = in_hook(hook, |_| Err(TrainError::ForeignWeights));
        let panicking = in_hook(hook, |_| panic!("no more of this"));
        for (callback, message) in [
            (failing, "the weights belong to a model of another type"),
            (
                panicking,
                "the callback LambdaCallback panicked: no more of this",
            ),
        ] {
            let mut trainer = trainer(0.1);
            let fit = quiet(3).with_validation(&test).with_callback(callback);
            let error = trainer.fit(&train, &fit).unwrap_err().to_string();
            assert!(error.starts_with(message), "{hook}: {error}");
            let expected = StopReason::Failed { epoch: 2 };
            assert_eq!(trainer.history().stop_reason, expected, "{hook}");
            let clean = if hook == "epoch_end" {
                &two_epochs
            } else {
                &one_epoch
            };
            assert_eq!(
                trainer.history().epochs().len(),
                clean.history().epochs().len()
            );
            assert_eq!(values(trainer.model()), values(clean.model()), "{hook}");
            trainer.fit(&train, &quiet(1)).unwrap();
        }
    }
}

#[test]
fn a_stop_from_any_hook_ends_the_training_in_order() {
    let (train, test) = sample();
    for (hook, batches) in HOOKS.into_iter().zip([1, 4, 1, 1, 4, 4, 4, 4]) {
        let done = Arc::new(Mutex::new((0, false)));
        let (counted, ended) = (Arc::clone(&done), Arc::clone(&done));
        let counting = LambdaCallback::new()
            .with_on_train_batch_end(move |training| {
                counted.lock().unwrap().0 = training.batch();
                Ok(Flow::Continue)
            })
            .with_on_train_end(move |_, logs| {
                ended.lock().unwrap().1 = logs.get("val_loss").is_some();
                Ok(Flow::Continue)
            });
        let fit = quiet(4)
            .with_validation(&test)
            .with_callback(in_hook(hook, |_| Ok(Flow::Stop)))
            .with_callback(counting);
        let history = trainer(0.1).fit(&train, &fit).unwrap();
        let expected = StopReason::Callback {
            name: "LambdaCallback".to_owned(),
            epoch: 2,
        };
        assert_eq!(history.stop_reason, expected, "{hook}");
        // The epoch that was cut short is validated and recorded.
        assert_eq!(history["val_loss"].len(), 2, "{hook}");
        assert_eq!(*done.lock().unwrap(), (batches, true), "{hook}");
    }
}

#[test]
fn a_stop_before_the_first_epoch_learns_nothing_and_one_after_the_last_changes_nothing() {
    let (train, _) = sample();
    let first = LambdaCallback::new().with_on_train_begin(|_| Ok(Flow::Stop));
    let mut unlearned = trainer(0.1);
    let before = values(unlearned.model());
    let history = unlearned
        .fit(&train, &quiet(2).with_callback(first))
        .unwrap();
    assert!(history.epochs().is_empty());
    let reason = history.stop_reason.to_string();
    assert_eq!(reason, "stopped by LambdaCallback before the first epoch");
    assert_eq!(values(unlearned.model()), before);

    let last = LambdaCallback::new().with_on_train_end(|_, _| Ok(Flow::Stop));
    let history = trainer(0.1)
        .fit(&train, &quiet(2).with_callback(last))
        .unwrap();
    assert_eq!(history.stop_reason, StopReason::Completed);
}

#[test]
fn a_stop_in_an_evaluation_or_a_prediction_ends_it_after_the_batch() {
    let (train, _) = sample();
    let trainer = trainer(0.1);
    let pass = |callback: LambdaCallback| Pass::new().with_batch_size(50).with_callback(callback);
    let stop_at = |batch: usize| {
        move |training: &mut Training<'_>| {
            let is_there = training.batch() == batch;
            Ok(if is_there { Flow::Stop } else { Flow::Continue })
        }
    };
    let stopping = pass(LambdaCallback::new().with_on_test_batch_end(stop_at(2)));
    let part = trainer.evaluate_with(&train, &stopping).unwrap();
    assert_eq!(part.samples, 100);
    let expected = trainer.evaluate(&train.first(100).unwrap()).unwrap();
    assert!((part.loss() - expected.loss()).abs() < 1e-6);
    assert_eq!(part.classes, expected.classes);

    let stopping = pass(LambdaCallback::new().with_on_predict_batch_begin(stop_at(3)));
    let answers = trainer.predict_data_with(&train, &stopping).unwrap();
    assert_eq!(answers.shape(), [150, 10]);
    let at_once = pass(LambdaCallback::new().with_on_predict_begin(|_| Ok(Flow::Stop)));
    assert_eq!(
        trainer.predict_data_with(&train, &at_once).unwrap().shape(),
        [50, 10]
    );
}

#[test]
fn an_evaluation_and_a_prediction_change_nothing() {
    let (train, _) = sample();
    let trainer = trainer(0.1);
    let restoring = LambdaCallback::new().with_on_test_begin(|training| {
        assert!(training.learning_rate().is_nan());
        assert_eq!((training.epoch(), training.params().steps), (0, Some(4)));
        let weights = training.weights();
        training.restore(&weights)?;
        Ok(Flow::Continue)
    });
    let pass = Pass::new().with_batch_size(50).with_callback(restoring);
    let error = trainer.evaluate_with(&train, &pass);
    assert!(
        matches!(error, Err(TrainError::NothingLearned)),
        "{error:?}"
    );
    let error = trainer.evaluate_with(&train, &Pass::new().with_batch_size(0));
    assert!(
        matches!(error, Err(TrainError::Setting { .. })),
        "{error:?}"
    );
}

fn files(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn checkpoints_lie_in_the_run_and_weights_alone_have_no_description() {
    let parent = tempfile::tempdir().unwrap();
    let run = RunDirectory::create(&parent.path().join("run")).unwrap();
    let (train, test) = sample();
    let checkpoint = |name: &str| ModelCheckpoint::new(name).unwrap();
    let by_batches = checkpoint("batches/{epoch}-{batch:02d}.bpk").with_save_weights_only();
    let by_batches = by_batches.with_save_freq(SaveFreq::Batches(3)).unwrap();
    let by_epochs = checkpoint("epoch-{epoch}-{val_accuracy:.2f}.bpk");
    let by_epochs = by_epochs.with_save_freq(SaveFreq::Epochs(2)).unwrap();
    let fit = quiet(2)
        .with_validation(&test)
        .with_run_directory(run.clone())
        .with_callback(by_batches)
        .with_callback(by_epochs);
    let mut trainer = trainer(0.1);
    let history = trainer.fit(&train, &fit).unwrap();

    let folder = run.file(RunDirectory::CHECKPOINTS);
    let whole = format!("epoch-2-{:.2}.bpk", history["val_accuracy"][1]);
    assert_eq!(files(&folder), ["batches".to_owned(), whole.clone()]);
    assert_eq!(files(&folder.join("batches")), ["1-03.bpk", "2-02.bpk"]);
    let whole = SavedModel::read(&folder.join(whole)).unwrap();
    let whole = whole.into_network(&Device::flex()).unwrap();
    assert_eq!(values(&whole), values(trainer.model()));
    let weights = SavedModel::read(&folder.join("batches/2-02.bpk")).unwrap();
    assert_eq!(weights.description(), None);
    let weights = weights.load_into(network(12)).unwrap();
    assert_ne!(values(&weights), values(trainer.model()));

    std::fs::write(folder.join("notes.md"), "mine").unwrap();
    // As long as somebody has the run, it is nobody else's.
    let path = run.path().to_owned();
    drop((fit, run));
    let run = RunDirectory::create_or_replace(&path).unwrap();
    assert_eq!(files(run.path()), [".lock", ".previous", "checkpoints"]);
    assert_eq!(files(&folder), ["notes.md"]);
}

#[test]
fn a_name_that_cannot_be_filled_is_an_error_before_the_first_epoch() {
    let (train, test) = sample();
    let checkpoint = |name: &str| ModelCheckpoint::new(name).unwrap();
    let by_batches = |name: &str| {
        checkpoint(name)
            .with_save_freq(SaveFreq::Batches(1))
            .unwrap()
    };
    for (callback, words) in [
        (
            checkpoint("{val_los:.2f}.bpk"),
            "ModelCheckpoint watches `val_los`",
        ),
        (
            checkpoint("{batch}.bpk"),
            "`{batch}` is known only where it saves between epochs",
        ),
        (
            by_batches("{val_loss:.2f}.bpk"),
            "`val_loss` is not known between epochs",
        ),
        (
            by_batches("a.bpk").with_save_best_only(),
            "`val_loss` is not known between epochs",
        ),
    ] {
        let mut trainer = trainer(0.1);
        let fit = quiet(1).with_validation(&test).with_callback(callback);
        let error = trainer.fit(&train, &fit).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        assert!(trainer.history().epochs().is_empty());
    }
}

#[test]
fn a_place_that_cannot_be_written_to_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("file");
    std::fs::write(&blocked, "x").unwrap();
    let (train, _) = sample();
    let inside = |name: &str| blocked.join(name).to_str().unwrap().to_owned();
    for (fit, words) in [
        (
            quiet(1).with_callback(ModelCheckpoint::new(inside("a.bpk")).unwrap()),
            "cannot create `",
        ),
        (
            quiet(1).with_callback(JsonlLogger::new(inside("log.jsonl"))),
            "cannot open `",
        ),
        (
            quiet(1).with_callback(TensorBoard::new(inside("logs"))),
            "cannot create an event file in `",
        ),
    ] {
        let error = trainer(0.1).fit(&train, &fit).unwrap_err().to_string();
        assert!(
            error.starts_with(words) && error.contains("/file"),
            "{error}"
        );
    }
}

#[test]
fn every_epoch_is_a_line_and_a_cut_one_spoils_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs/history.jsonl");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, "{\"epoch\":1}\n{\"epo").unwrap();
    let (train, _) = sample();
    let fit = quiet(2).with_callback(JsonlLogger::new(&path).with_append());
    let history = trainer(0.5).fit(&train, &fit).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[1]), (4, "{\"epo"));
    let last: serde_json::Value = serde_json::from_str(lines[3]).unwrap();
    assert_eq!(last["epoch"], 2);
    assert_eq!(last["learning_rate"], 0.5);
    assert_eq!(
        last["accuracy"].as_f64(),
        history.last().unwrap().get("accuracy")
    );
    let fit = quiet(1).with_callback(JsonlLogger::new(&path));
    trainer(0.5).fit(&train, &fit).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 1);
}

#[test]
fn the_figures_for_tensorboard_lie_in_two_folders() {
    let folder = tempfile::tempdir().unwrap();
    let (train, test) = sample();
    let logger = TensorBoard::new(folder.path())
        .with_update_freq(UpdateFreq::Batches(2))
        .unwrap()
        .with_write_steps_per_second();
    let fit = quiet(2).with_validation(&test).with_callback(logger);
    trainer(0.1).fit(&train, &fit).unwrap();
    let bytes = |name: &str| {
        let folder = folder.path().join(name);
        let names = files(&folder);
        assert_eq!(names.len(), 1, "{names:?}");
        std::fs::read(folder.join(&names[0])).unwrap()
    };
    let count = |bytes: &[u8], tag: &str| {
        let windows = bytes.windows(tag.len());
        windows.filter(|window| *window == tag.as_bytes()).count()
    };
    let (train, validation) = (bytes("train"), bytes("validation"));
    for (tag, in_train, in_validation) in [
        ("epoch_loss", 2, 2),
        ("epoch_accuracy", 2, 2),
        ("epoch_learning_rate", 2, 0),
        ("epoch_steps_per_second", 2, 0),
        ("batch_loss", 4, 0),
        ("evaluation_loss_vs_iterations", 0, 2),
        ("val_", 0, 0),
    ] {
        assert_eq!(
            (count(&train, tag), count(&validation, tag)),
            (in_train, in_validation),
            "{tag}"
        );
    }
    assert!(
        TensorBoard::new("logs")
            .with_update_freq(UpdateFreq::Batches(0))
            .is_err()
    );
}

#[test]
fn figures_of_the_last_epoch_come_with_the_end_of_the_training() {
    let (train, _) = sample();
    let seen = Arc::new(Mutex::new(Logs::new()));
    let see = Arc::clone(&seen);
    let callback = LambdaCallback::new().with_on_train_end(move |training, logs| {
        assert_eq!(training.iterations(), 8);
        *see.lock().unwrap() = logs.clone();
        Ok(Flow::Continue)
    });
    let history = trainer(0.1)
        .fit(&train, &quiet(2).with_callback(callback))
        .unwrap();
    assert_eq!(*seen.lock().unwrap(), history.last().unwrap().figures);
}

#[test]
fn a_table_goes_on_with_its_own_columns() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    let (train, test) = sample();
    let logger = || CsvLogger::new(&path).with_separator(b';').with_append();
    trainer(0.1)
        .fit(&train, &quiet(2).with_callback(logger()))
        .unwrap();
    let fit = quiet(1).with_validation(&test).with_callback(logger());
    trainer(0.1).fit(&train, &fit).unwrap();
    let table = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 4, "{table}");
    assert_eq!(lines[0], "epoch;accuracy;loss;val_accuracy;val_loss");
    assert!(
        lines[1].starts_with("0;") && lines[1].ends_with(";NA;NA"),
        "{table}"
    );
    assert!(
        lines[2].starts_with("1;") && lines[3].starts_with("0;"),
        "{table}"
    );
    assert!(!lines[3].contains("NA"), "{table}");

    std::fs::write(&path, "epoch;loss\r\n").unwrap();
    let error = trainer(0.1).fit(&train, &quiet(1).with_callback(logger()));
    let error = error.unwrap_err().to_string();
    assert!(
        error.ends_with(
            "has no column for `accuracy`, it has loss; write to another file, or without `with_append`"
        ),
        "{error}"
    );
}

/// Set where this test is its own child, whose output is looked at.
const CHILD: &str = "FIREBRICK_PROGRESS_BAR";

#[test]
fn a_progress_bar_shows_trainings_and_passes() {
    let (train, test) = sample();
    if std::env::var_os(CHILD).is_some() {
        let mut trainer = trainer(0.1);
        let fit = quiet(2).with_validation(&test);
        trainer
            .fit(&train, &fit.with_callback(ProgressBar::new()))
            .unwrap();
        let pass = || {
            Pass::new()
                .with_batch_size(40)
                .with_callback(ProgressBar::new())
        };
        trainer.evaluate_with(&train, &pass()).unwrap();
        trainer.predict_data_with(&test, &pass()).unwrap();
        return;
    }
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "callbacks::a_progress_bar_shows_trainings_and_passes",
            "--nocapture",
        ])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    let begins_with = |words: &str| shown.lines().filter(|line| line.starts_with(words)).count();
    assert_eq!(
        (begins_with("Epoch 1/2"), begins_with("Epoch 2/2")),
        (1, 1),
        "{shown}"
    );
    let bar = "━".repeat(20);
    // Two epochs of four batches, an evaluation of five, a prediction of three.
    for (start, expected) in [("4/4", 2), ("5/5", 1), ("3/3", 1)] {
        assert_eq!(begins_with(&format!("{start} {bar}")), expected, "{shown}");
    }
    let line = |start: &str| shown.lines().find(|line| line.starts_with(start)).unwrap();
    for figure in [" - accuracy: ", " - loss: ", " - val_loss: "] {
        assert!(line("4/4").contains(figure), "{shown}");
    }
    assert!(
        line("5/5").contains(" - loss: ") && !line("5/5").contains("learning_rate"),
        "{shown}"
    );
    assert!(line("3/3").ends_with("/step"), "{shown}");
}

#[test]
fn a_training_whose_loss_is_no_number_can_still_leave_its_best_weights() {
    let (train, _) = sample();
    let leaping = LearningRateScheduler::new(|epoch, rate| if epoch < 3 { rate } else { 1e38 });
    // The loss falls, so that by this measure the first epoch is the best.
    let stopping = EarlyStopping::new("loss")
        .with_mode(MonitorMode::Max)
        .with_patience(9)
        .with_restore_best_weights();
    let (keeping, kept) = keeping();
    let fit = quiet(5)
        .with_callback(leaping)
        .with_callback(keeping)
        .with_callback(TerminateOnNan::new());
    let mut trainer = trainer(0.1);
    let history = trainer
        .fit(&train, &fit.clone().with_callback(stopping))
        .unwrap();
    let expected = StopReason::Callback {
        name: "TerminateOnNan".to_owned(),
        epoch: 3,
    };
    assert_eq!(history.stop_reason, expected);
    assert_eq!(history.epochs().len(), 2);
    assert!(history["loss"][1] < history["loss"][0]);
    assert_eq!(values(trainer.model()), kept.lock().unwrap()[0]);

    let mut without = self::trainer(0.1);
    without.fit(&train, &fit).unwrap();
    assert_eq!(values(without.model()), kept.lock().unwrap()[1]);
}
