//! Weights of a file for another network.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::path::PathBuf;

use burn::tensor::Device;
use firebrick_model::layers::{BatchNormalization, Dense, Layer};
use firebrick_model::{
    LoadWeights, MlpConfig, Network, SavedModel, Sequential, WeightValue, save_model, save_weights,
};

fn network(classes: usize, seed: u64) -> Network {
    Sequential::new([4])
        .add(Dense::new(3).named("body"))
        .add(BatchNormalization::new().named("normal"))
        .add(Dense::new(classes).named("head"))
        .build(seed, &Device::flex())
        .unwrap()
}

/// A file of a network of ten classes, in a folder.
fn saved(folder: &tempfile::TempDir) -> (Network, PathBuf) {
    let mut model = network(10, 1);
    let mean = WeightValue::new([3], vec![1.0, 2.0, 3.0]).unwrap();
    model.set_weight("normal/moving_mean", mean).unwrap();
    let path = folder.path().join("model.bpk");
    save_model(&model, &path).unwrap();
    (model, path)
}

fn weight(model: &Network, path: &str) -> WeightValue {
    model.weight(path).unwrap()
}

#[test]
fn all_weights_go_into_a_network_of_the_same_layers() {
    let folder = tempfile::tempdir().unwrap();
    let (model, path) = saved(&folder);
    let mut other = network(10, 2);
    let loaded = other.load_weights(&path, LoadWeights::new()).unwrap();
    assert_eq!(loaded.to_string(), "8 of 8 weights");
    assert_eq!(other.get_weights().unwrap(), model.get_weights().unwrap());
    // The weights alone have the same places.
    other.save_weights(&path).unwrap();
    let mut third = network(10, 3);
    third.load_weights(&path, LoadWeights::new()).unwrap();
    assert_eq!(third.get_weights().unwrap(), model.get_weights().unwrap());
}

#[test]
fn another_head_stays_as_it_is_if_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (model, path) = saved(&folder);
    let start = network(3, 2);
    let mut other = start.clone();
    let error = other.load_weights(&path, LoadWeights::new()).unwrap_err();
    let expected = "6 of 8 weights; of other shapes: head/kernel [3, 3], in the file [3, 10], head/bias [3], in the file \
                    [10]; skip what does not fit";
    assert!(error.to_string().contains(expected), "{error}");
    assert_eq!(other.get_weights().unwrap(), start.get_weights().unwrap());
    let how = LoadWeights::new().skip_mismatch();
    let loaded = other.load_weights(&path, how).unwrap();
    assert_eq!(loaded.taken.len(), 6);
    for path in ["body/kernel", "normal/moving_mean"] {
        assert_eq!(weight(&other, path), weight(&model, path));
    }
    for path in ["head/kernel", "head/bias"] {
        assert_eq!(weight(&other, path), weight(&start, path));
    }
    assert_eq!(weight(&start, "normal/moving_mean").values(), [0.0; 3]);
}

#[test]
fn a_layer_takes_all_of_its_weights_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = saved(&folder);
    // A kernel of another shape, and a bias of the same.
    let wider = Sequential::new([5]).add(Dense::new(3).named("body"));
    let start = wider.build(2, &Device::flex()).unwrap();
    let mut other = start.clone();
    let how = LoadWeights::new().skip_mismatch();
    let error = other.load_weights(&path, how).unwrap_err().to_string();
    assert!(error.contains("0 of 2 weights"), "{error}");
    assert!(
        error.contains("body/bias (beside another shape)"),
        "{error}"
    );
    assert_eq!(other.get_weights().unwrap(), start.get_weights().unwrap());
}

#[test]
fn layers_are_found_by_their_names_wherever_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let (model, path) = saved(&folder);
    let mut other = Sequential::new([4])
        .add(Dense::new(4).named("before"))
        .add(Dense::new(3).named("body"))
        .build(2, &Device::flex())
        .unwrap();
    let by_place = other.load_weights(&path, LoadWeights::new()).unwrap_err();
    assert!(by_place.to_string().contains("before/kernel"), "{by_place}");
    let loaded = other
        .load_weights(&path, LoadWeights::new().by_name())
        .unwrap();
    assert_eq!(loaded.taken, ["body/kernel", "body/bias"]);
    assert_eq!(loaded.missing, ["before/kernel", "before/bias"]);
    assert_eq!(loaded.unused.len(), 6);
    assert_eq!(weight(&other, "body/kernel"), weight(&model, "body/kernel"));
    // The weights alone have no names.
    save_weights(&model, &path).unwrap();
    let nameless = other.load_weights(&path, LoadWeights::new().by_name());
    let nameless = nameless.unwrap_err().to_string();
    assert!(
        nameless.contains("without the names of their layers"),
        "{nameless}"
    );
}

#[test]
fn a_network_within_a_network_takes_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.bpk");
    let outer = |classes: usize, seed| {
        let body = Sequential::new([4]).add(Dense::new(3)).named("body");
        let outer = Sequential::new([4])
            .add(body)
            .add(Dense::new(classes).named("head"));
        outer.build(seed, &Device::flex()).unwrap()
    };
    let model = outer(10, 1);
    save_model(&model, &path).unwrap();
    let mut other = outer(2, 2);
    let how = LoadWeights::new().by_name().skip_mismatch();
    let loaded = other.load_weights(&path, how).unwrap();
    assert_eq!(loaded.taken, ["body/dense/kernel", "body/dense/bias"]);
    let name = "body/dense/kernel";
    assert_eq!(weight(&other, name), weight(&model, name));
}

#[test]
fn multi_layer_perceptrons_take_weights_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.bpk");
    let mlp = |classes, seed| {
        let config = MlpConfig::new(4, classes).with_hidden([3]);
        config.init(seed, &Device::flex()).unwrap()
    };
    save_model(&mlp(10, 1), &path).unwrap();
    let saved = SavedModel::read(&path).unwrap();
    let how = LoadWeights::new().skip_mismatch();
    let (_, loaded) = saved.load_weights(mlp(2, 2), how).unwrap();
    assert_eq!((loaded.taken.len(), loaded.mismatched.len()), (2, 2));
}
