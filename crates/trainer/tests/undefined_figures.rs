//! Figures that say nothing, and callbacks that watch them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::sync::{Arc, Mutex};

use burn::tensor::Device;
use firebrick_data::ArrayDataset;
use firebrick_model::Sequential;
use firebrick_model::layers::Dense;
use firebrick_trainer::callbacks::{EarlyStopping, ModelCheckpoint, ReduceLrOnPlateau};
use firebrick_trainer::losses::MeanSquaredError;
use firebrick_trainer::metrics::{Direction, R2Score};
use firebrick_trainer::{Compile, Display, Fit, History, Optimizer, RunDirectory, StopReason};

const EPOCHS: usize = 6;

/// Trains on six rows, validated by these targets, with callbacks that watch the score of the validation.
fn trained(
    validation: &[f64],
    stopping: &Arc<Mutex<EarlyStopping>>,
    run: &RunDirectory,
) -> History {
    let inputs = |count: usize| -> Vec<f64> { (0..count).map(|row| row as f64 / 6.0).collect() };
    let targets: Vec<f64> = inputs(6).iter().map(|x| 3.0 * x - 1.0).collect();
    let train = ArrayDataset::new(inputs(6), targets).unwrap();
    let validation = ArrayDataset::new(inputs(validation.len()), validation.to_vec()).unwrap();
    let network = Sequential::new([1]).add(Dense::new(1));
    let model = network.build(1, &Device::flex()).unwrap();
    let compile =
        Compile::new(Optimizer::sgd(), MeanSquaredError::new()).with_metrics([R2Score::new()]);
    let checkpoint = ModelCheckpoint::new("best.bpk")
        .unwrap()
        .with_monitor("val_r2_score")
        .with_save_best_only();
    let plateau = ReduceLrOnPlateau::new("val_r2_score").with_patience(1);
    let fit = Fit::new(EPOCHS)
        .with_display(Display::Quiet)
        .with_validation(&validation)
        .with_run_directory(run.clone())
        .with_shared_callback(stopping.clone())
        .with_callback(checkpoint)
        .with_callback(plateau);
    compile.model(model).fit(&train, &fit).unwrap().clone()
}

fn watching() -> Arc<Mutex<EarlyStopping>> {
    let stopping = EarlyStopping::new("val_r2_score")
        .with_patience(2)
        .with_restore_best_weights();
    Arc::new(Mutex::new(stopping))
}

#[test]
fn nothing_is_chosen_by_a_score_that_is_undefined() {
    let folder = tempfile::tempdir().unwrap();
    for (name, validation) in [("single", &[0.5][..]), ("constant", &[0.5; 4])] {
        let run = RunDirectory::create(&folder.path().join(name)).unwrap();
        let stopping = watching();
        let history = trained(validation, &stopping, &run);
        assert_eq!(history["val_r2_score"], [0.0; EPOCHS], "as it is shown");
        assert_eq!(history.stop_reason, StopReason::Completed);
        assert_eq!(stopping.lock().unwrap().best(), None);
        assert!(history.best_epoch("val_r2_score", Direction::Up).is_none());
        assert!(!run.file("checkpoints/best.bpk").exists());
        let rates = history.epochs().iter().map(|epoch| epoch.learning_rate);
        assert_eq!(rates.collect::<Vec<_>>(), [0.01; EPOCHS]);
    }
}

#[test]
fn a_score_of_targets_that_differ_is_chosen_by() {
    let folder = tempfile::tempdir().unwrap();
    let run = RunDirectory::create(&folder.path().join("run")).unwrap();
    let stopping = watching();
    let history = trained(&[-1.0, -0.5, 0.1], &stopping, &run);
    let best = history.best_epoch("val_r2_score", Direction::Up).unwrap();
    assert_eq!(stopping.lock().unwrap().best_epoch(), Some(best.epoch));
    assert!(run.file("checkpoints/best.bpk").exists());
}
