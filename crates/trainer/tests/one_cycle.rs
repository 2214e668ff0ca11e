//! A cycle of rates that a fit has of its own.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test that cannot go on should panic; rates are computed alike"
)]

use burn::tensor::Device;
use firebrick_data::ArrayDataset;
use firebrick_model::layers::Dense;
use firebrick_model::{Network, Sequential};
use firebrick_scheduler::{OneCycle, Schedule, TimeBased};
use firebrick_trainer::callbacks::Flow;
use firebrick_trainer::callbacks::LambdaCallback;
use firebrick_trainer::{CheckpointInterval, Checkpoints, Compile, Display, Fit, History, Trainer};

const STEPS: usize = 3;

fn data() -> ArrayDataset {
    let inputs: Vec<[f32; 1]> = (0..6_u8).map(|number| [f32::from(number) / 6.0]).collect();
    ArrayDataset::new(inputs, vec![1.0; 6]).unwrap()
}

fn trainer() -> Trainer<Network> {
    let network = Sequential::new([1]).add(Dense::new(1));
    Compile::by_name("adam", "mse", [])
        .unwrap()
        .with_schedule(TimeBased::new(9).unwrap().with_scale(0.001).unwrap())
        .model(network.build(1, &Device::flex()).unwrap())
}

fn fit(epochs: usize) -> Fit {
    Fit::new(epochs)
        .with_batch_size(2)
        .with_display(Display::Quiet)
}

fn rates(history: &History) -> Vec<f64> {
    history["learning_rate"].to_vec()
}

/// The rates at the ends of epochs of a cycle.
fn cycle(max: f64, epochs: usize) -> Vec<f64> {
    let cycle = OneCycle::new(max, (epochs * STEPS) as u64).unwrap();
    let last = |epoch: usize| cycle.learning_rate((epoch * STEPS - 1) as u64);
    (1..=epochs).map(last).collect()
}

#[test]
fn each_fit_has_a_cycle_of_its_own_and_the_schedule_comes_back() {
    let mut trainer = trainer();
    let before = rates(&trainer.fit(&data(), &fit(1)).unwrap());
    assert_eq!(before, [0.007]);
    for (max, epochs) in [(0.1, 4), (0.2, 2)] {
        let history = trainer
            .fit(&data(), &fit(epochs).with_one_cycle(max))
            .unwrap();
        assert_eq!(rates(&history), cycle(max, epochs));
    }
    // 21 steps are done, and the schedule is at its end since the ninth.
    let after = rates(&trainer.fit(&data(), &fit(1)).unwrap());
    assert_eq!(after, [0.001]);
}

#[test]
fn a_cycle_that_was_broken_off_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = || Checkpoints::every(CheckpointInterval::Epochs(1)).in_folder(folder.path());
    let stopping = |at: usize| {
        LambdaCallback::new().with_on_train_batch_end(move |training| {
            let here = (training.epoch(), training.batch());
            Ok(if here == (at, 2) {
                Flow::Stop
            } else {
                Flow::Continue
            })
        })
    };
    let whole_fit = || fit(4).with_one_cycle(0.1).with_callback(stopping(0));
    // The second fit of its trainer, so that the cycle does not begin with the first step.
    let begun = || {
        let mut trainer = trainer();
        trainer.fit(&data(), &fit(1)).unwrap();
        trainer
    };
    let mut whole = begun();
    let history = whole.fit(&data(), &whole_fit()).unwrap();
    begun()
        .fit(&data(), &whole_fit().with_checkpoints(checkpoints()))
        .unwrap();
    let mut newest: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "bpk"))
        .collect();
    newest.sort();
    // One that is not the last.
    let from = &newest[newest.len() - 2];
    let mut resumed = trainer();
    let again = resumed.resume(&data(), &whole_fit(), from).unwrap();
    assert_eq!(rates(&again), rates(&history));
    assert_eq!(
        resumed.model().get_weights().unwrap(),
        whole.model().get_weights().unwrap()
    );

    let longer = fit(6).with_one_cycle(0.1).with_callback(stopping(0));
    let error = trainer().resume(&data(), &longer, from).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("a cycle of rates ends with its epochs"),
        "{error}"
    );
}

#[test]
fn a_rate_that_is_none_is_refused() {
    for rate in [0.0, -0.1, f64::NAN, f64::INFINITY] {
        let error = trainer()
            .fit(&data(), &fit(1).with_one_cycle(rate))
            .unwrap_err();
        let expected = format!("one_cycle is {rate}, expected a number above 0");
        assert!(error.to_string().contains(&expected), "{error}");
    }
}
