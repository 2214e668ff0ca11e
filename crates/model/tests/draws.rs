//! What layers draw at random: a function of the seed, the step and the layer's name alone.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test that cannot go on should panic; what is drawn is exact"
)]

use std::collections::BTreeMap;

use burn::module::Module;
use burn::optim::{GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::{Device, Tensor};
use firebrick_model::layers::{Dense, Dropout, GaussianNoise, Layer, NewLayer, SpatialDropout2D};
use firebrick_model::{AnyModel, AnyTensor, Draws, Mode, Model, Network, Sequential, WeightValue};
use serde::Deserialize;

/// Networks of one layer each that draws.
fn layers() -> [NewLayer; 3] {
    [
        Dropout::new(0.5).named("drawing"),
        SpatialDropout2D::new(0.5).named("drawing"),
        GaussianNoise::new(0.5).named("drawing"),
    ]
}

fn alone(layer: NewLayer) -> Network {
    let network = Sequential::from_layers([2, 2, 64], [layer]);
    network.build(1, &Device::flex()).unwrap()
}

fn ones(shape: [usize; 4], device: &Device) -> AnyTensor {
    Tensor::<4>::ones(shape, device).into()
}

fn run(model: &Network, draws: Draws) -> Vec<f32> {
    let ones = ones([3, 2, 2, 64], &Device::flex());
    let outputs = model.forward(ones, Mode::Training(draws));
    outputs.into_vec().unwrap()
}

/// See `data/make_draws.py`.
#[derive(Deserialize)]
struct Golden {
    seed: u64,
    step: u64,
    path: String,
    /// The elements that a dropout drops, by its rate.
    dropped: BTreeMap<String, Vec<usize>>,
    /// How many normal numbers are drawn.
    count: usize,
    /// The first of them, and all that a first word does not decide, by their places.
    numbers: BTreeMap<usize, f32>,
}

#[test]
fn the_numbers_are_those_of_the_algorithms_written_out_elsewhere() {
    let golden: Golden = serde_json::from_str(include_str!("data/draws.json")).unwrap();
    let device = Device::flex();
    let draws = Draws::new(golden.seed, golden.step).at(&golden.path);
    for (rate, dropped) in golden.dropped {
        let factors = draws.dropout([64], rate.parse().unwrap(), &device);
        let factors: Vec<f32> = factors.into_data().iter().collect();
        let places: Vec<usize> = (0..64).filter(|&place| factors[place] == 0.0).collect();
        assert_eq!(places, dropped, "{rate}");
    }
    let numbers = draws.normal([golden.count], 1.0, &device).into_data();
    let numbers: Vec<f32> = numbers.iter().collect();
    assert!(golden.numbers.len() > 200);
    for (place, number) in golden.numbers {
        assert_eq!(numbers[place], number, "{place}");
    }
}

#[test]
fn the_same_seed_step_and_name_draw_the_same_and_all_others_others() {
    for layer in layers() {
        let model = alone(layer.clone());
        let drawn = run(&model, Draws::new(42, 7));
        assert_eq!(run(&model, Draws::new(42, 7)), drawn);
        // Another start of the network, and numbers drawn from the device in between, change nothing.
        Device::flex().seed(9);
        let rebuilt = Sequential::from_layers([2, 2, 64], [layer.clone()]);
        let rebuilt = rebuilt.build(2, &Device::flex()).unwrap();
        assert_eq!(run(&rebuilt, Draws::new(42, 7)), drawn);
        assert_ne!(run(&model, Draws::new(42, 8)), drawn);
        assert_ne!(run(&model, Draws::new(43, 7)), drawn);
        assert_ne!(run(&alone(layer.named("other")), Draws::new(42, 7)), drawn);
    }
}

#[test]
fn two_layers_of_a_network_draw_apart() {
    let device = Device::flex();
    let network = Sequential::new([1000])
        .add(Dropout::new(0.5))
        .add(Dropout::new(0.5));
    let model = network.build(1, &device).unwrap();
    let x = Tensor::<2>::ones([1, 1000], &device);
    let y = model.forward(x, Mode::Training(Draws::new(1, 1)));
    let y = y.into_vec().unwrap();
    let kept = y.iter().filter(|&&y| y > 0.0).count();
    // A quarter if they go their own ways, half if they drop the same: six standard deviations.
    assert!((168..332).contains(&kept), "{kept}");
    assert!(y.iter().all(|y| [0.0, 4.0].contains(y)));
}

#[test]
fn a_dropout_keeps_its_share_and_the_mean() {
    let device = Device::flex();
    for rate in [0.05, 0.1, 0.3, 0.5, 0.8] {
        let model = Sequential::new([1 << 18]).add(Dropout::new(rate));
        let model = model.build(1, &device).unwrap();
        let x = Tensor::<2>::ones([1, 1 << 18], &device);
        let y = model.forward(x, Mode::Training(Draws::new(5, 0)));
        let y = y.into_vec().unwrap();
        let (count, dropped) = (
            y.len() as f64,
            y.iter().filter(|&&y| y == 0.0).count() as f64,
        );
        // Five standard deviations of a binomial number, and what they are in the mean.
        let deviation = (count * rate * (1.0 - rate)).sqrt();
        assert!(
            (dropped - count * rate).abs() < 5.0 * deviation,
            "{rate}: {dropped}"
        );
        let mean = y.iter().map(|&y| f64::from(y)).sum::<f64>() / count;
        let allowed = 5.0 * deviation / (count * (1.0 - rate)) + 1e-6;
        assert!((mean - 1.0).abs() < allowed, "{rate}: {mean}");
    }
}

#[test]
fn a_spatial_dropout_drops_by_sample_and_channel_in_either_order_of_the_axes() {
    let model = alone(SpatialDropout2D::new(0.5).into());
    let y = run(&model, Draws::new(3, 3));
    let of = |sample: usize, channel: usize| -> Vec<f32> {
        (0..4)
            .map(|pixel| y[(sample * 4 + pixel) * 64 + channel])
            .collect()
    };
    let mut dropped = [0; 3];
    for (sample, dropped) in dropped.iter_mut().enumerate() {
        for channel in 0..64 {
            let pixels = of(sample, channel);
            assert!(pixels == [0.0; 4] || pixels == [2.0; 4], "{pixels:?}");
            *dropped += usize::from(pixels[0] == 0.0);
        }
    }
    assert!(
        dropped.iter().all(|count| (8..56).contains(count)),
        "{dropped:?}"
    );
    assert_ne!(y[..256], y[256..512], "every sample has its own");
}

#[test]
fn a_gaussian_noise_has_its_mean_and_deviation() {
    let device = Device::flex();
    let model = Sequential::new([1 << 16]).add(GaussianNoise::new(0.3));
    let model = model.build(1, &device).unwrap();
    let x = Tensor::<2>::zeros([1, 1 << 16], &device);
    let y = model.forward(x, Mode::Training(Draws::new(5, 0)));
    let y = y.into_vec().unwrap();
    let mean_of =
        |f: &dyn Fn(f64) -> f64| y.iter().map(|&y| f(f64::from(y))).sum::<f64>() / y.len() as f64;
    let (mean, variance) = (mean_of(&|y| y), mean_of(&|y| y * y));
    assert!(mean.abs() < 5.0 * 0.3 / 256.0, "{mean}");
    assert!(
        (variance.sqrt() / 0.3 - 1.0).abs() < 5.0 / 362.0,
        "{variance}"
    );
}

#[test]
fn a_step_is_the_same_whatever_the_number_of_threads() {
    let gradients = |threads: usize| -> Vec<WeightValue> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(|| {
            let model = Sequential::new([32])
                .add(Dropout::new(0.2))
                .add(Dense::new(64))
                .add(GaussianNoise::new(0.1))
                .add(Dropout::new(0.5))
                .add(Dense::new(3));
            let model = AnyModel::from(model.build(7, &Device::flex()).unwrap()).train();
            let x = Tensor::<2>::ones([64, 32], &Device::flex().autodiff());
            let y = model.forward_training(x.into(), Draws::new(11, 5)).unwrap();
            let loss = y.into_rank::<2>().unwrap().square().mean();
            let gradients = GradientsParams::from_grads(loss.backward(), &model);
            let AnyModel::Network(model) = moved(model, gradients) else {
                panic!("a sequential network");
            };
            model.get_weights().unwrap()
        })
    };
    let expected = gradients(1);
    assert_eq!(gradients(1), expected);
    assert_eq!(gradients(4), expected);
}

fn moved(model: AnyModel, gradients: GradientsParams) -> AnyModel {
    let mut sgd: ModuleOptimizer = SgdConfig::new().init();
    sgd.step(1.0, model, gradients)
}

#[test]
fn without_a_step_every_call_draws_anew() {
    let model = Sequential::new([100])
        .add(Dropout::new(0.5))
        .build(1, &Device::flex())
        .unwrap()
        .train();
    let run = || {
        let x = Tensor::<2>::ones([1, 100], &Device::flex().autodiff());
        Model::forward(&model, x.into())
            .unwrap()
            .into_vec()
            .unwrap()
    };
    assert_ne!(run(), run());
}
