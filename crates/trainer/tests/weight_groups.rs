//! Weights that learn at a rate or with a weight decay of their own.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use burn::tensor::Device;
use firebrick_data::ArrayDataset;
use firebrick_model::layers::{Dense, Embedding, Flatten};
use firebrick_model::{Model, Network, Sequential, WeightValue};
use firebrick_trainer::losses::MeanSquaredError;
use firebrick_trainer::{Compile, Display, Fit, Optimizer, TrainError, WeightGroup};

/// Two layers whose biases are not 0.
fn network() -> Network {
    let layers = Sequential::new([2]).add(Dense::new(3)).add(Dense::new(1));
    let mut network = layers.build(7, &Device::flex()).unwrap();
    let ones = |length: usize| WeightValue::new([length], vec![1.0; length]).unwrap();
    network.set_weight("dense/bias", ones(3)).unwrap();
    network.set_weight("dense_1/bias", ones(1)).unwrap();
    network
}

fn data() -> ArrayDataset {
    ArrayDataset::new([[0.5, 1.0], [1.0, -1.0]], [0.5, 2.0]).unwrap()
}

/// The network after one step of gradient descent.
fn after_a_step(change: impl FnOnce(Compile) -> Compile) -> Result<Network, TrainError> {
    let optimizer = Optimizer::sgd().with_weight_decay(0.5)?;
    let compile = Compile::new(optimizer, MeanSquaredError::new()).with_learning_rate(0.1);
    let mut trainer = change(compile).model(network());
    trainer.fit(&data(), &Fit::new(1).with_display(Display::Quiet))?;
    Ok(trainer.into_model())
}

fn values(network: &Network, path: &str) -> Vec<f32> {
    network.weight(path).unwrap().into_values()
}

#[test]
fn a_pattern_takes_weights_out_of_the_weight_decay() {
    let usual = after_a_step(|compile| compile).unwrap();
    let apart = after_a_step(|compile| compile.exclude_from_weight_decay(["*/bias"])).unwrap();
    for path in ["dense/kernel", "dense_1/kernel"] {
        assert_eq!(values(&usual, path), values(&apart, path), "{path}");
    }
    for path in ["dense/bias", "dense_1/bias"] {
        let (usual, apart) = (values(&usual, path), values(&apart, path));
        for (usual, apart) in usual.into_iter().zip(apart) {
            // 0.1 · 0.5 · 1, the share that a bias of 1 loses.
            assert!(
                (apart - usual - 0.05).abs() < 1e-6,
                "{path}: {apart}, {usual}"
            );
        }
    }
}

#[test]
fn factors_of_all_groups_of_a_weight_count() {
    let groups = |factors: &[(&str, f64)]| {
        let group = |&(pattern, factor): &(&str, f64)| {
            WeightGroup::new(pattern)
                .with_learning_rate_factor(factor)
                .unwrap()
        };
        let groups: Vec<WeightGroup> = factors.iter().map(group).collect();
        after_a_step(|compile| compile.with_weight_groups(groups)).unwrap()
    };
    let start = network();
    let usual = groups(&[]);
    let halved = groups(&[("dense/*", 0.5), ("*/bias", 0.5)]);
    for (path, factor) in [
        ("dense/kernel", 0.5),
        ("dense/bias", 0.25),
        ("dense_1/kernel", 1.0),
        ("dense_1/bias", 0.5),
    ] {
        let moved = |network: &Network| {
            let moves = values(network, path).into_iter().zip(values(&start, path));
            moves
                .map(|(after, before)| after - before)
                .collect::<Vec<f32>>()
        };
        for (own, usual) in moved(&halved).into_iter().zip(moved(&usual)) {
            assert!(
                usual != 0.0 && (own - factor * usual).abs() < 1e-6,
                "{path}: {own}, {usual}"
            );
        }
    }
    let still = groups(&[("dense/*", 0.0)]);
    assert_eq!(
        values(&still, "dense/kernel"),
        values(&start, "dense/kernel")
    );
    assert_ne!(
        values(&still, "dense_1/kernel"),
        values(&start, "dense_1/kernel")
    );
}

#[test]
fn a_pattern_without_weights_names_the_nearest() {
    let error = after_a_step(|compile| compile.exclude_from_weight_decay(["dens/bias"]));
    let message = error.err().unwrap().to_string();
    assert_eq!(
        message,
        "no weight is like `dens/bias`, the nearest are dense/bias, dense_1/bias, dense/kernel; give the path of a weight, \
         with `*` for any text"
    );
    for factor in [-1.0, f64::NAN] {
        assert!(
            WeightGroup::new("*")
                .with_learning_rate_factor(factor)
                .is_err()
        );
        assert!(WeightGroup::new("*").with_weight_decay(factor).is_err());
    }
}

#[test]
fn muon_leaves_embeddings_to_adam() {
    let layers = Sequential::new([2])
        .add(Embedding::new(4, 3))
        .add(Flatten::new())
        .add(Dense::new(1));
    let data = ArrayDataset::new([[0.0, 1.0], [2.0, 3.0]], [0.5, 2.0]).unwrap();
    let trained = |optimizer: Optimizer| {
        let compile = Compile::new(optimizer, MeanSquaredError::new()).with_learning_rate(0.01);
        let mut trainer = compile.model(layers.clone().build(7, &Device::flex()).unwrap());
        trainer
            .fit(&data, &Fit::new(1).with_display(Display::Quiet))
            .unwrap();
        values(&trainer.into_model(), "embedding/embeddings")
    };
    let adam = trained(Optimizer::adamw());
    assert_eq!(trained(Optimizer::muon()), adam);
    assert_ne!(
        trained(Optimizer::muon().without_excluded_embeddings().unwrap()),
        adam
    );
}

#[test]
fn every_weight_has_the_path_that_one_reads_it_by() {
    let network = network();
    let paths = network.weight_paths();
    assert_eq!(paths.len(), 4);
    for weight in paths {
        assert!(network.weight(&weight.path).is_ok(), "{}", weight.path);
    }
}
