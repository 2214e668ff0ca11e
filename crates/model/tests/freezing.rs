//! Layers that training does not move; see `data/make_weight_rules.py`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::module::Module;
use burn::optim::{GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::{Device, Tensor, TensorData};
use firebrick_model::layers::{BatchNormalization, Dense, Dropout, Layer, NewLayer};
use firebrick_model::{
    Draws, Mode, Model, Network, SavedModel, Sequential, WeightValue, save_model,
};
use serde_json::Value;

fn network() -> Sequential {
    Sequential::new([3])
        .add(Dense::new(4))
        .add(BatchNormalization::new().with_momentum(0.5))
        .add(Dense::new(2))
}

fn inputs(device: &Device) -> Tensor<2> {
    let rows = [[0.5, -1.0, 2.0], [1.5, 0.0, -0.5], [-2.0, 1.0, 0.25]];
    Tensor::from_floats(rows, device)
}

fn weights(model: &Network) -> Vec<Vec<f32>> {
    let weights = model.get_weights().unwrap();
    weights.into_iter().map(WeightValue::into_values).collect()
}

/// Three steps of training, as a trainer makes them.
fn trained(model: &Network) -> Network {
    let device = Device::flex().autodiff();
    let mut model = model.clone().train();
    let mut optimizer: ModuleOptimizer = SgdConfig::new().init();
    for _ in 0..3 {
        let outputs = model
            .forward(inputs(&device), Mode::Training(Draws::new(1, 0)))
            .into_rank::<2>()
            .unwrap();
        let gradients = outputs.exp().sum().backward();
        let gradients = GradientsParams::from_grads(gradients, &model);
        model = optimizer.step(0.1, model, gradients);
    }
    model.valid()
}

/// Which of the weights (two, four and two a layer) training has moved.
fn moved(model: &Network) -> Vec<bool> {
    let after = weights(&trained(model));
    weights(model)
        .iter()
        .zip(after)
        .map(|(before, after)| *before != after)
        .collect()
}

#[test]
fn a_frozen_layer_is_not_moved() {
    let build = |network: Sequential| network.build(1, &Device::flex()).unwrap();
    // A bias before a batch normalization has no effect; rounding alone moves it.
    let pick = |model: &Network| {
        let moved = moved(model);
        [moved[0], moved[2], moved[4], moved[5], moved[6], moved[7]]
    };
    assert_eq!(pick(&build(network())), [true; 6]);
    let first = build(network().freeze_layer("dense").unwrap());
    assert_eq!(pick(&first), [false, true, true, true, true, true]);
    assert!(!moved(&first)[1]);
    let normalization = build(network().freeze_layer(1).unwrap());
    assert_eq!(
        pick(&normalization),
        [true, false, false, false, true, true]
    );
    assert!(!moved(&normalization)[3]);
    // As well when the network stands already, for good, and until it is taken back.
    let frozen = build(network())
        .freeze_layer("batch_normalization")
        .unwrap();
    assert_eq!(frozen.config(), normalization.config());
    assert_eq!(pick(&frozen), [true, false, false, false, true, true]);
    assert_eq!(pick(&frozen.valid().train().valid()), pick(&frozen));
    assert_eq!(pick(&trained(&frozen)), pick(&frozen));
    let thawed = frozen.unfreeze_layer("batch_normalization").unwrap();
    assert_eq!(thawed.config(), &network());
    assert_eq!(pick(&thawed), [true; 6]);
    let thawed = normalization.config().clone().unfreeze_layer(1).unwrap();
    let thawed = thawed.build(1, &Device::flex()).unwrap();
    assert_eq!(pick(&thawed), [true; 6]);
}

#[test]
fn a_frozen_layer_gets_no_gradient_and_hands_it_on() {
    let device = Device::flex().autodiff();
    let model = network()
        .freeze_layer("dense_1")
        .unwrap()
        .build(1, &Device::flex())
        .unwrap()
        .train();
    let outputs = model.forward(inputs(&device), Mode::Training(Draws::new(1, 0)));
    let gradients = outputs.into_rank::<2>().unwrap().exp().sum().backward();
    // Kernel, bias, gamma and beta of the layers before it.
    assert_eq!(GradientsParams::from_grads(gradients, &model).len(), 4);
}

#[test]
fn a_frozen_batch_normalization_computes_what_keras_computes() {
    fn numbers(value: &Value) -> Vec<f32> {
        match value {
            Value::Array(items) => items.iter().flat_map(numbers).collect(),
            number => vec![serde_json::from_value(number.clone()).unwrap()],
        }
    }
    let golden: Value = serde_json::from_str(include_str!("data/weight_rules.json")).unwrap();
    let golden = &golden["frozen"];
    let before: Vec<Vec<f32>> = golden["weights"]
        .as_array()
        .unwrap()
        .iter()
        .map(numbers)
        .collect();
    let layers: [NewLayer; 2] = [Dense::new(2).frozen(), BatchNormalization::new().frozen()];
    let model = Sequential::from_layers([3], layers)
        .build_with_weights(before.clone(), &Device::flex())
        .unwrap()
        .train();
    let x = TensorData::new(numbers(&golden["input"]), [4, 3]);
    let x = Tensor::<2>::from_data(x, &Device::flex().autodiff());
    let y = model
        .forward(x, Mode::Training(Draws::new(1, 0)))
        .into_rank::<2>()
        .unwrap();
    let y: Vec<f32> = y.into_data().iter().collect();
    for (ours, keras) in y.iter().zip(numbers(&golden["output_in_training"])) {
        assert!(
            (ours - keras).abs() <= 1e-5 + 1e-4 * keras.abs(),
            "{ours} {keras}"
        );
    }
    assert_eq!(weights(&model), before);
}

#[test]
fn a_frozen_dropout_still_drops() {
    let model = Sequential::new([100])
        .add(Dropout::new(0.5).named("noise").frozen())
        .build(1, &Device::flex())
        .unwrap()
        .train();
    let ones = Tensor::<2>::ones([1, 100], &Device::flex().autodiff());
    let y = model
        .forward(ones, Mode::Training(Draws::new(1, 0)))
        .into_rank::<2>()
        .unwrap();
    let y: Vec<f32> = y.into_data().iter().collect();
    assert!(y.contains(&0.0) && y.contains(&2.0), "{y:?}");
}

#[test]
fn a_saved_network_stays_frozen_and_an_older_file_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.bpk");
    let described = network().freeze_layer("dense").unwrap();
    let model = described.build(1, &Device::flex()).unwrap();
    save_model(&model, &path).unwrap();
    let loaded = SavedModel::read(&path).unwrap();
    let loaded = loaded.into_network(&Device::flex()).unwrap();
    assert_eq!(loaded.config(), &described);
    assert_eq!(weights(&loaded), weights(&model));
    assert_eq!(moved(&loaded)[..2], [false, false]);
    let text = model.description().unwrap();
    assert_eq!(text.matches(r#""trainable":false"#).count(), 1, "{text}");
    let older = text.replace(r#","trainable":false"#, "");
    assert_eq!(
        serde_json::from_str::<Sequential>(&older).unwrap(),
        network()
    );
}

#[test]
fn the_summary_counts_what_is_frozen() {
    let summary = network().freeze_layer("dense").unwrap().summary().unwrap();
    assert_eq!(
        (summary.num_params(), summary.num_trainable_params()),
        (42, 18)
    );
    assert!(
        summary
            .to_string()
            .contains(" Non-trainable params: 24 (96.00 B)")
    );
    let error = network().freeze_layer("dens").unwrap_err().to_string();
    assert!(
        error.contains("no layer `dens`; its layers are: dense, batch"),
        "{error}"
    );
}

fn nested() -> Sequential {
    let body = Sequential::new([3])
        .add(Dense::new(4).named("first"))
        .add(BatchNormalization::new())
        .add(Dense::new(4).named("second"))
        .named("body");
    Sequential::new([3])
        .add(body)
        .add(Dense::new(2).named("head"))
}

/// The weights that training moves, as they are planned.
fn learning(model: &Network) -> Vec<String> {
    let weights = model.config().weights().unwrap().into_iter();
    let trainable = weights.filter(|(_, weight)| weight.is_trainable);
    trainable
        .map(|(layer, weight)| format!("{layer}/{}", weight.name))
        .collect()
}

#[test]
fn layers_are_frozen_by_patterns_also_within_networks() {
    let model = nested().build(1, &Device::flex()).unwrap();
    let all = learning(&model);
    assert_eq!(all.len(), 8);
    let frozen = model.clone().freeze_layers("body").unwrap();
    assert_eq!(learning(&frozen), ["head/kernel", "head/bias"]);
    let part = model.clone().freeze_layers("*/first").unwrap();
    assert_eq!(learning(&part), all[2..]);
    // What is not meant stays frozen.
    let thawed = frozen.clone().unfreeze_layers("body/second").unwrap();
    let expected = [
        "body/second/kernel",
        "body/second/bias",
        "head/kernel",
        "head/bias",
    ];
    assert_eq!(learning(&thawed), expected);
    assert_eq!(learning(&frozen.unfreeze_layers("*").unwrap()), all);
    // And training does as planned, the moving statistics among it.
    let names: Vec<String> = {
        let weights = thawed.config().weights().unwrap().into_iter();
        weights
            .map(|(layer, weight)| format!("{layer}/{}", weight.name))
            .collect()
    };
    let moved = moved(&thawed).into_iter().zip(names);
    let moved: Vec<String> = moved
        .filter(|(moved, _)| *moved)
        .map(|(_, name)| name)
        .collect();
    assert_eq!(moved, expected);
}

#[test]
fn all_layers_before_one_are_frozen() {
    let model = nested().build(1, &Device::flex()).unwrap();
    let head = model.clone().freeze_to("head").unwrap();
    assert_eq!(learning(&head), ["head/kernel", "head/bias"]);
    let expected = [
        "body/second/kernel",
        "body/second/bias",
        "head/kernel",
        "head/bias",
    ];
    let second = head.freeze_to("body/second").unwrap();
    assert_eq!(learning(&second), expected);
    assert_eq!(learning(&second.freeze_to(0).unwrap()).len(), 8);
    let unknown = model.freeze_to("body/third").unwrap_err().to_string();
    assert!(unknown.contains("no layer `third`"), "{unknown}");
}

#[test]
fn a_pattern_that_no_layer_is_like_is_an_error() {
    let error = Sequential::new([3])
        .add(nested())
        .build(1, &Device::flex())
        .unwrap();
    let error = error.freeze_layers("haed*").unwrap_err().to_string();
    assert!(
        error.contains("like `haed*`") && error.contains("/head"),
        "{error}"
    );
}
