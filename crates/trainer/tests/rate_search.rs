//! Looking for a learning rate: what is measured, what is suggested, and that nothing is changed by it; see
//! `data/make_rate_search.py`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::tensor::Device;
use firebrick_data::{ArrayDataset, mnist_sample};
use firebrick_model::layers::{BatchNormalization, Dense, Dropout};
use firebrick_model::{Activation, Initializer, Sequential};
use firebrick_trainer::losses::{MeanSquaredError, SparseCategoricalCrossentropy};
use firebrick_trainer::{Compile, Display, Fit, Optimizer, RateCurve, RateSearch};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    inputs: Vec<[f32; 2]>,
    targets: Vec<f32>,
    start: f64,
    end: f64,
    steps: usize,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    optimizer: String,
    losses: Vec<f64>,
    smoothed: Vec<f64>,
    steepest: f64,
    steepest_line: f64,
    minimum: f64,
}

fn is_near(received: f64, expected: f64) -> bool {
    (received - expected).abs() <= 2e-3 * expected.abs()
}

#[test]
fn losses_are_those_of_keras_and_what_is_made_of_them_that_of_fastai_but_for_the_steepest() {
    let golden: Golden = serde_json::from_str(include_str!("data/rate_search.json")).unwrap();
    let data = ArrayDataset::new(golden.inputs, golden.targets).unwrap();
    let search = RateSearch::new()
        .between(golden.start, golden.end)
        .with_num_steps(golden.steps);
    assert_eq!(golden.cases.len(), 2);
    for case in golden.cases {
        let layer = Dense::new(1).with_kernel_initializer(Initializer::Ones);
        let network = Sequential::new([2]).add(layer);
        let trainer = Compile::by_name(&case.optimizer, "mse", [])
            .unwrap()
            .model(network.build(1, &Device::flex()).unwrap());
        let fit = Fit::new(1)
            .with_batch_size(4)
            .without_shuffle()
            .with_display(Display::Quiet);
        let curve = trainer.find_rate(&data, &fit, &search).unwrap();
        let points = curve.points();
        assert_eq!(points.len(), case.losses.len(), "{}", case.optimizer);
        for (place, point) in points.iter().enumerate() {
            let (loss, smoothed) = (case.losses[place], case.smoothed[place]);
            assert!(is_near(point.loss, loss), "{place}: {point:?} for {loss}");
            assert!(
                is_near(point.smoothed, smoothed),
                "{place}: {point:?} for {smoothed}"
            );
        }
        assert!(is_near(curve.steepest().unwrap(), case.steepest_line));
        // Between two neighbours the mean falls most where nothing has been learned yet: one batch is easier than another.
        assert!(case.steepest < curve.steepest().unwrap() / 100.0);
        assert!(is_near(curve.minimum().unwrap(), case.minimum));
        assert_eq!(curve.has_exploded(), case.losses.len() < golden.steps);
    }
}

/// A loss that stays at 2.3 up to a rate of 1e-3, falls up to 1, then rises; batches are easier or harder by up to `noise`.
fn noisy(noise: f64, seed: u64) -> RateCurve {
    let mut state = seed;
    let rates = RateSearch::new().rates().unwrap().into_iter();
    RateCurve::of(rates.map(|rate| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let share = f64::from(u32::try_from(state >> 32).unwrap()) / f64::from(u32::MAX);
        let fallen = ((rate.log10() + 3.0) / 3.0).clamp(0.0, 1.0);
        let risen = rate.log10().max(0.0) * 40.0;
        let loss = 2.3 - 1.8 * fallen + risen;
        (rate, loss + noise * (2.0 * share - 1.0))
    }))
}

#[test]
fn the_loss_falls_fastest_where_it_falls_however_unlike_the_batches_are() {
    for noise in [0.0, 0.1, 0.3, 0.6] {
        for seed in 0..40 {
            let steepest = noisy(noise, seed).steepest().unwrap();
            assert!(
                (1e-3..1.5).contains(&steepest),
                "{noise}, {seed}: {steepest:.1e}"
            );
        }
    }
}

#[test]
fn a_loss_that_falls_nowhere_suggests_no_rate() {
    let rates = RateSearch::new().rates().unwrap().into_iter();
    let curve = RateCurve::of(rates.map(|rate| (rate, 1.0 + rate)));
    assert_eq!(curve.steepest(), None);
    let text = curve.to_string();
    assert!(
        text.contains("steepest   none          the loss falls nowhere"),
        "{text}"
    );
}

#[test]
fn a_training_goes_on_as_if_nobody_had_looked() {
    let data = mnist_sample().unwrap().test;
    let fit = |epochs| {
        Fit::new(epochs)
            .with_batch_size(50)
            .with_validation_split(0.2)
            .with_display(Display::Quiet)
    };
    let trained = |looks: bool| {
        let network = Sequential::new([784])
            .add(Dense::new(8).with_activation(Activation::Relu))
            .add(BatchNormalization::new())
            .add(Dropout::new(0.3))
            .add(Dense::new(10).with_activation(Activation::Softmax));
        let optimizer = Optimizer::adam().with_ema(0.9).unwrap();
        let mut trainer = Compile::new(optimizer, SparseCategoricalCrossentropy::new())
            .with_learning_rate(0.01)
            .model(network.build(3, &Device::flex()).unwrap());
        let look = |trainer: &firebrick_trainer::Trainer<_>| {
            if looks {
                let curve = trainer.find_rate(&data, &fit(1), &RateSearch::new());
                assert!(curve.unwrap().points().len() > 10);
            }
        };
        look(&trainer);
        let first = trainer.fit(&data, &fit(2)).unwrap();
        look(&trainer);
        let second = trainer.fit(&data, &fit(2)).unwrap();
        look(&trainer);
        let figures = [first, second].map(|history| {
            let names = ["loss", "val_loss", "learning_rate"];
            names.map(|name| history[name].to_vec())
        });
        (figures, trainer.model().get_weights().unwrap())
    };
    assert_eq!(trained(true), trained(false));
}

#[test]
fn rates_that_do_not_rise_are_refused() {
    let rates = |start, end, steps| {
        let search = RateSearch::new().between(start, end).with_num_steps(steps);
        search.rates().unwrap_err().to_string()
    };
    for (message, expected) in [
        (
            rates(0.0, 1.0, 9),
            "the start of the search for a rate is 0",
        ),
        (
            rates(0.1, 0.1, 9),
            "the end of the search for a rate is 0.1",
        ),
        (
            rates(0.1, f64::NAN, 9),
            "the end of the search for a rate is NaN",
        ),
        (
            rates(0.1, 1.0, 1),
            "num_steps of the search for a rate is 1",
        ),
    ] {
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_loss_that_is_no_number_is_the_end_of_the_curve_and_no_error() {
    let data = ArrayDataset::new([[1.0], [2.0], [3.0], [4.0]], [1.0, 2.0, 3.0, 4.0]).unwrap();
    let network = Sequential::new([1]).add(Dense::new(1));
    let trainer = Compile::new(Optimizer::sgd(), MeanSquaredError::new())
        .model(network.build(1, &Device::flex()).unwrap());
    let fit = Fit::new(1).with_display(Display::Quiet);
    let search = RateSearch::new().between(1e-3, 1e38).with_num_steps(12);
    let curve = trainer.find_rate(&data, &fit, &search).unwrap();
    assert!(curve.has_exploded());
    assert!(curve.points().len() < 12);
    let text = curve.to_string();
    assert!(text.ends_with("the loss explodes here\n"), "{text}");

    let curve = RateCurve::of([(0.1, 1.0), (0.2, f64::NAN), (0.4, 1.0)]);
    assert_eq!(curve.points().len(), 2);
    assert_eq!((curve.steepest(), curve.minimum()), (None, None));
    assert!(curve.panel().curves[0].values.len() == 1);
}
