//! The directory a run leaves.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::collections::BTreeSet;
use std::path::Path;

use burn::tensor::Device;
use firebrick_data::mnist_sample;
use firebrick_model::{MlpConfig, SavedModel, catch_panic};
use firebrick_trainer::losses::SparseCategoricalCrossentropy;
use firebrick_trainer::{
    Compile, Display, EpochRecord, Fit, History, Logs, Metric, Optimizer, RunDirectory, StopReason,
    TrainError,
};

fn names(directory: &Path) -> BTreeSet<String> {
    std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
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

#[test]
fn replacing_a_run_removes_its_files_and_no_others() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("run");
    let run = RunDirectory::create(&path).unwrap();
    run.write(RunDirectory::HISTORY, b"old").unwrap();
    run.write("notes.md", b"mine").unwrap();
    RunDirectory::create_or_replace(&path).unwrap();
    assert_eq!(names(&path), BTreeSet::from(["notes.md".to_owned()]));
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
