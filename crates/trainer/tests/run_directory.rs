//! The directory a run leaves.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use burn::tensor::Device;
use firebrick_data::mnist_sample;
use firebrick_model::{MlpConfig, SavedModel, catch_panic};
use firebrick_trainer::callbacks::LambdaCallback;
use firebrick_trainer::losses::SparseCategoricalCrossentropy;
use firebrick_trainer::{
    Compile, Display, EpochRecord, Fit, Flow, History, Logs, Metric, Optimizer, RunDirectory,
    StopReason, TrainError,
};

/// The files of a directory, but for the lock on it.
fn names(directory: &Path) -> BTreeSet<String> {
    std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != ".lock")
        .collect()
}

fn compile() -> Compile {
    Compile::new(Optimizer::adam(), SparseCategoricalCrossentropy::new())
        .with_learning_rate(0.01)
        .with_metrics([Metric::accuracy()])
}

fn record(epoch: usize) -> EpochRecord {
    let mut figures: Logs = [("loss", 1.0 / 3.0), ("accuracy", 0.875)]
        .into_iter()
        .collect();
    if epoch > 1 {
        figures.insert("val_loss", 1e-9);
        figures.insert("val_accuracy", 1.0);
    }
    EpochRecord {
        epoch,
        learning_rate: 0.1,
        figures,
        seconds: 0.25,
    }
}

fn history(epochs: usize) -> History {
    let mut history = History::default();
    for epoch in 1..=epochs {
        history.push(record(epoch));
    }
    history
}

#[test]
fn a_history_gives_every_column_of_its_file_by_name() {
    let history = history(2);
    assert_eq!(history["learning_rate"], [0.1, 0.1]);
    assert_eq!(history["seconds"], [0.25, 0.25]);
    assert_eq!(history.get("learning_rat"), None);
    let names: Vec<&str> = history.names().collect();
    let all = [&names[..], &["learning_rate", "seconds"]]
        .concat()
        .join(", ");
    let panic = catch_panic(|| history["learning_rat"].len()).unwrap_err();
    assert_eq!(
        panic,
        format!("the history has no figure `learning_rat`; it has {all}")
    );
}

#[test]
fn a_fit_leaves_settings_history_curves_and_model_and_no_other_file() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("runs/first");
    let run = RunDirectory::create(&path).unwrap();
    let data = mnist_sample().unwrap();
    let model = MlpConfig::new(784, 10)
        .with_hidden([16])
        .init(1, &Device::flex())
        .unwrap();
    let mut trainer = compile().model(model);
    let fit = Fit::new(3)
        .with_display(Display::Quiet)
        .with_validation(&data.test)
        .with_run_directory(run.clone());
    let history = trainer.fit(&data.train, &fit).unwrap();

    let expected = [
        "config.toml",
        "curves.png",
        "curves.svg",
        "events.jsonl",
        "history.csv",
        "log.txt",
        "model.bpk",
    ];
    assert_eq!(names(&path), expected.map(str::to_owned).into());
    let read = History::read_csv(&run.file(RunDirectory::HISTORY)).unwrap();
    assert_eq!(read.epochs(), history.epochs());
    let saved = SavedModel::read(&run.file(RunDirectory::MODEL)).unwrap();
    let loaded = saved.into_mlp(&Device::flex()).unwrap();
    let again = compile().model(loaded);
    assert_eq!(
        again.evaluate(&data.test).unwrap(),
        trainer.evaluate(&data.test).unwrap()
    );
}

#[test]
fn a_file_that_cannot_be_written_ends_the_training_and_keeps_the_weights() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("run");
    let run = RunDirectory::create(&path).unwrap();
    // A directory where the model should go cannot be replaced by a file.
    std::fs::create_dir(run.file(RunDirectory::MODEL)).unwrap();
    let data = mnist_sample().unwrap().train;
    let model = MlpConfig::new(784, 10).init(1, &Device::flex()).unwrap();
    let mut trainer = compile().model(model);
    let before = trainer.evaluate(&data).unwrap();
    let fit = Fit::new(5)
        .with_display(Display::Quiet)
        .with_run_directory(run);
    let error = trainer.fit(&data, &fit).unwrap_err().to_string();
    assert!(
        error.contains("cannot write") && error.contains("model.bpk"),
        "{error}"
    );
    assert_eq!(trainer.history().epochs().len(), 1);
    assert_eq!(
        trainer.history().stop_reason,
        StopReason::Failed { epoch: 1 }
    );
    assert!(
        trainer.evaluate(&data).unwrap().loss() < before.loss(),
        "the epoch is not lost"
    );
}

#[test]
fn a_run_that_is_there_stays_untouched() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("run");
    let run = RunDirectory::create(&path).unwrap();
    run.write(RunDirectory::CONFIG, b"epochs = 1\n").unwrap();
    let error = RunDirectory::create(&path).unwrap_err();
    assert!(matches!(error, TrainError::RunExists { .. }), "{error}");
    assert_eq!(run.read(RunDirectory::CONFIG).unwrap(), "epochs = 1\n");
}

/// A directory with the files of a run that has ended, and one of somebody else's.
fn ended_run(path: &Path) {
    let run = RunDirectory::create(path).unwrap();
    for name in RunDirectory::FILES {
        run.write(name, b"old").unwrap();
    }
    for folder in ["checkpoints", "tensorboard/train"] {
        std::fs::create_dir_all(path.join(folder)).unwrap();
    }
    for name in [
        "notes.md",
        "checkpoints/best.bpk",
        "tensorboard/train/events.out.tfevents.1",
    ] {
        run.write(name, b"old").unwrap();
    }
}

/// Every file below, with its contents.
fn contents(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.append(&mut contents(&path));
        } else {
            files.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    files
}

/// Trains into a directory, at a rate that a network survives or not.
fn fit_into(run: &RunDirectory, learning_rate: f64) -> Result<History, TrainError> {
    let model = MlpConfig::new(784, 10).init(1, &Device::flex()).unwrap();
    let fit = Fit::new(1)
        .with_display(Display::Quiet)
        .with_run_directory(run.clone());
    compile()
        .with_learning_rate(learning_rate)
        .model(model)
        .fit(&mnist_sample().unwrap().train, &fit)
}

#[test]
fn a_run_that_is_replaced_is_aside_until_the_new_one_has_a_model() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("run");
    ended_run(&path);
    let run = RunDirectory::create_or_replace(&path).unwrap();
    let aside = [".previous", "notes.md"].map(str::to_owned);
    assert_eq!(names(&path), aside.into());
    assert!(run.is_replacing());
    fit_into(&run, 0.01).unwrap();
    assert!(!run.is_replacing());
    drop(run);
    let files = contents(&path);
    assert_eq!(files.len(), 7, "{:?}", files.keys());
    assert_eq!(files[&path.join("notes.md")], b"old");
    assert!(SavedModel::read(&path.join("model.bpk")).is_ok());
}

#[test]
fn a_run_that_is_replaced_comes_back_where_nothing_is_learned() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("run");
    ended_run(&path);
    let before = contents(&path);

    let run = RunDirectory::create_or_replace(&path).unwrap();
    run.write(RunDirectory::CONFIG, b"new").unwrap();
    let error = fit_into(&run, f64::MAX).unwrap_err();
    assert!(
        matches!(
            error,
            TrainError::NonFiniteLoss { .. } | TrainError::Diverged { .. }
        ),
        "{error}"
    );
    drop(run);
    assert_eq!(contents(&path), before);

    // Nothing at all was done.
    drop(RunDirectory::create_or_replace(&path).unwrap());
    assert_eq!(contents(&path), before);
}

#[test]
fn a_directory_is_one_trainings_at_a_time() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("run");
    let run = RunDirectory::create(&path).unwrap();
    let busy = |result: Result<(), TrainError>| {
        let error = result.unwrap_err();
        assert!(matches!(error, TrainError::RunBusy { .. }), "{error}");
        let text = error.to_string();
        assert!(
            text.contains("run` is being written into by another training of this program"),
            "{text}"
        );
    };
    busy(RunDirectory::create_or_replace(&path).map(drop));
    // Looking at it is no training.
    let opened = RunDirectory::open(&path).unwrap();
    busy(fit_into(&opened, 0.01).map(drop));
    fit_into(&run, 0.01).unwrap();
    drop(run);
    fit_into(&opened, 0.01).unwrap();
    assert!(!path.join(".lock").exists());
    // Two of them at once, by a callback in the course of the first.
    let within = Arc::new(Mutex::new(None));
    let inner = (opened.clone(), Arc::clone(&within));
    let callback = LambdaCallback::new().with_on_train_end(move |_, _| {
        *inner.1.lock().unwrap() = Some(fit_into(&inner.0, 0.01).map(drop));
        Ok(Flow::Continue)
    });
    let model = MlpConfig::new(784, 10).init(1, &Device::flex()).unwrap();
    let fit = Fit::new(1)
        .with_display(Display::Quiet)
        .with_callback(callback)
        .with_run_directory(opened);
    compile()
        .model(model)
        .fit(&mnist_sample().unwrap().train, &fit)
        .unwrap();
    busy(within.lock().unwrap().take().unwrap());
}

#[test]
fn what_killed_trainings_left_is_removed_when_the_run_is_made_anew() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("run");
    ended_run(&path);
    for name in [".firebrick-4000000-0", "checkpoints/.firebrick-4000000-1"] {
        std::fs::write(path.join(name), "half of it").unwrap();
    }
    std::fs::write(path.join(".lock"), "process = 4000000\nsince = 1\n").unwrap();
    drop(RunDirectory::create_or_replace(&path).unwrap());
    let left: Vec<PathBuf> = contents(&path)
        .into_keys()
        .filter(|file| file.file_name().unwrap().to_str().unwrap().starts_with('.'))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn numbered_runs_take_the_first_free_number() {
    let parent = tempfile::tempdir().unwrap();
    let name = |run: RunDirectory| run.path().file_name().unwrap().to_owned();
    let make = || RunDirectory::create_numbered(parent.path(), "mnist").unwrap();
    assert_eq!(name(make()), "mnist-1");
    assert_eq!(name(make()), "mnist-2");
    std::fs::remove_dir(parent.path().join("mnist-1")).unwrap();
    assert_eq!(name(make()), "mnist-1");
    assert_eq!(name(make()), "mnist-3");
}

#[test]
fn a_place_that_cannot_hold_a_run_is_named() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let error = RunDirectory::create(&file.join("run"))
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("cannot create `") && error.contains("file/run"),
        "{error}"
    );
    let error = RunDirectory::open(parent.path()).unwrap_err().to_string();
    assert!(error.contains("no run is there"), "{error}");
}

#[test]
fn a_history_survives_being_written_down_exactly() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("history.csv");
    history(2).write_csv(&path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(
        text,
        "epoch,learning_rate,loss,accuracy,val_loss,val_accuracy,seconds\n\
         1,0.1,0.3333333333333333,0.875,,,0.25\n\
         2,0.1,0.3333333333333333,0.875,0.000000001,1,0.25\n"
    );
    assert_eq!(History::read_csv(&path).unwrap(), history(2));
    history(0).write_csv(&path).unwrap();
    assert_eq!(History::read_csv(&path).unwrap(), history(0));
}

#[test]
fn a_file_that_holds_no_history_says_what_is_wrong() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("history.csv");
    let error = |text: &str| {
        std::fs::write(&path, text).unwrap();
        History::read_csv(&path).unwrap_err().to_string()
    };
    let header = "epoch,learning_rate,loss,accuracy,val_loss,val_accuracy,seconds";
    assert!(error("a,b\n1,2\n").contains("its first line is `a,b`"));
    let message = error(&format!("{header}\n1,0.1,x,0.5,,,1\n"));
    assert!(message.contains("line 2 has `x` for loss"), "{message}");
    let message = error(&format!("{header}\n1,0.1\n"));
    assert!(message.contains("line: 2"), "{message}");
    std::fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
    assert!(History::read_csv(&path).is_err());
}

#[test]
fn a_fit_describes_its_run_anew_but_leaves_the_settings_of_others() {
    let parent = tempfile::tempdir().unwrap();
    let run = RunDirectory::create(&parent.path().join("run")).unwrap();
    let data = mnist_sample().unwrap().train.first(64).unwrap();
    let model = MlpConfig::new(784, 10).init(1, &Device::flex()).unwrap();
    let mut trainer = compile().model(model);
    let mut settings = |epochs: usize, own: Option<&str>| {
        if let Some(own) = own {
            run.write(RunDirectory::CONFIG, own.as_bytes()).unwrap();
        }
        let fit = Fit::new(epochs)
            .with_display(Display::Quiet)
            .with_run_directory(run.clone());
        trainer.fit(&data, &fit).unwrap();
        run.read(RunDirectory::CONFIG).unwrap()
    };
    assert!(settings(1, None).contains("\nepochs = 1\n"));
    assert!(settings(2, None).contains("\nepochs = 2\n"));
    assert_eq!(settings(3, Some("seed = 5\n")), "seed = 5\n");
}
