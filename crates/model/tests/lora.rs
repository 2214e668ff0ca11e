//! Kernels that learn by products of low rank; see `data/make_lora.py`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::collections::BTreeMap;

use burn::module::Module;
use burn::optim::{GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::{Device, Tensor, TensorData};
use firebrick_model::layers::{
    Dense, EinsumDense, Embedding, Flatten, Layer, MultiHeadAttention, NewLayer,
};
use firebrick_model::{
    AnyTensor, Constraint, Draws, LoadWeights, Lora, Mode, Model, Network, Regularizer, SavedModel,
    Sequential, WeightValue, save_model,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    steps: usize,
    learning_rate: f64,
    rank: usize,
    alpha: f64,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    inputs: Vec<f32>,
    targets: Vec<f32>,
    start: BTreeMap<String, Vec<f32>>,
    outputs_before: Vec<f32>,
    after: BTreeMap<String, Vec<f32>>,
    merged: BTreeMap<String, Vec<f32>>,
    outputs_after: Vec<f32>,
    params: usize,
    trainable: usize,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("data/lora.json")).unwrap()
}

/// The network of a case, and the shape of its samples.
fn network(case: &str) -> (Sequential, Vec<usize>) {
    let (layer, shape): (NewLayer, Vec<usize>) = match case {
        "dense" => {
            let regularizer = Regularizer::L2 { l2: 0.1 };
            let dense = Dense::new(4).with_kernel_regularizer(regularizer);
            let dense = dense.with_activation(firebrick_model::Activation::Tanh);
            (dense.into(), vec![3])
        }
        "einsum" => {
            let einsum = EinsumDense::new("btf,fhd->bthd", [None, Some(2), Some(4)]);
            (einsum.with_bias_axes("hd").into(), vec![2, 3])
        }
        "embedding" => (Embedding::new(5, 4).into(), vec![2]),
        _ => {
            let attention = MultiHeadAttention::new(2, 3);
            (attention.into(), vec![3, 4])
        }
    };
    (Sequential::new(shape.clone()).add(layer), shape)
}

fn tensor(values: &[f32], samples: usize, shape: &[usize]) -> AnyTensor {
    let device = Device::flex();
    let flat = Tensor::<1>::from_data(TensorData::new(values.to_vec(), [values.len()]), &device);
    let mut sizes = vec![samples];
    sizes.extend(shape);
    AnyTensor::from(flat).reshaped(&sizes)
}

/// The path here of what Keras calls by the layer's, of an attention by its part's name.
fn path(case: &str, name: &str) -> String {
    if case == "attention" {
        format!("multi_head_attention/{name}")
    } else {
        name.to_owned()
    }
}

fn with_weights(mut model: Network, case: &Case) -> Network {
    for (name, values) in &case.start {
        let path = path(&case.name, name);
        let shape = model.weight(&path).unwrap().shape().to_vec();
        let value = WeightValue::new(shape, values.clone()).unwrap();
        model.set_weight(&path, value).unwrap();
    }
    model
}

fn assert_close(received: &[f32], expected: &[f32], what: &str) {
    assert_eq!(received.len(), expected.len(), "{what}");
    for (received, expected) in received.iter().zip(expected) {
        assert!(
            (received - expected).abs() < 1e-5 + 1e-4 * expected.abs(),
            "{what}: {received} for {expected}"
        );
    }
}

/// Steps of plain gradient descent on the mean of squares, with what the weights add.
fn trained(model: &Network, case: &Case, golden: &Golden, shape: &[usize]) -> Network {
    let device = Device::flex().autodiff();
    let mut model = model.clone().train().fork(&device);
    let mut optimizer: ModuleOptimizer = SgdConfig::new().init();
    let x = tensor(&case.inputs, 4, shape).to_device(&device);
    for step in 0..golden.steps {
        let mode = Mode::Training(Draws::new(1, step as u64));
        let y = model.forward(x.clone(), mode);
        let size = y.shape().iter().product::<usize>();
        let y: Tensor<1> = y.reshaped(&[size]).expect_rank();
        let targets = tensor(&case.targets, size, &[]).to_device(&device);
        let targets: Tensor<1> = targets.expect_rank();
        let mut loss = (y - targets).square().mean();
        if let Some(penalty) = model.penalty() {
            loss = loss + penalty;
        }
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        model = optimizer.step(golden.learning_rate, model, gradients);
    }
    model.valid()
}

#[test]
fn outputs_and_steps_are_those_of_keras() {
    let golden = golden();
    for case in &golden.cases {
        let (network, shape) = network(&case.name);
        let model = network.build(1, &Device::flex()).unwrap();
        let lora = Lora::new(golden.rank).with_alpha(golden.alpha);
        let model = with_weights(model.enable_lora("*", lora).unwrap(), case);
        let summary = model.summary();
        assert_eq!(
            (summary.num_params(), summary.num_trainable_params()),
            (case.params, case.trainable),
            "{}",
            case.name
        );
        let predict = |model: &Network| {
            let x = tensor(&case.inputs, 4, &shape);
            model.predict(x).unwrap().into_vec().unwrap()
        };
        assert_close(&predict(&model), &case.outputs_before, &case.name);
        let trained = trained(&model, case, &golden, &shape);
        for (name, expected) in &case.after {
            let value = trained.weight(&path(&case.name, name)).unwrap();
            assert_close(value.values(), expected, name);
        }
        assert_close(&predict(&trained), &case.outputs_after, &case.name);
        let merged = trained.clone().merge_lora();
        for (layer, expected) in &case.merged {
            let weight = if case.name == "embedding" {
                "embeddings"
            } else {
                "kernel"
            };
            let value = merged.weight(&path(&case.name, &format!("{layer}/{weight}")));
            assert_close(value.unwrap().values(), expected, layer);
        }
        assert_close(&predict(&merged), &case.outputs_after, &case.name);
    }
}

fn blocks() -> Network {
    let network = Sequential::new([3, 4])
        .add(MultiHeadAttention::new(2, 3).named("block_attention"))
        .add(Flatten::new())
        .add(Dense::new(5).named("hidden"))
        .add(Dense::new(2).named("head"));
    network.build(3, &Device::flex()).unwrap()
}

fn answers(model: &Network) -> Vec<f32> {
    let x = Tensor::<3>::ones([1, 3, 4], &Device::flex());
    model.predict(x).unwrap().into_vec().unwrap()
}

#[test]
fn nothing_changes_before_it_is_trained_and_only_what_is_meant_stays() {
    let model = blocks();
    let adapted = model
        .clone()
        .enable_lora("*attention", Lora::new(1))
        .unwrap();
    assert_eq!(answers(&adapted), answers(&model));
    let one = model.clone().enable_lora("*/query", Lora::new(1)).unwrap();
    let added = |adapted: &Network| {
        adapted.get_weights().unwrap().len() - model.get_weights().unwrap().len()
    };
    assert_eq!((added(&adapted), added(&one)), (8, 2));
    // The same from the seed, another from another.
    let again = model.clone().enable_lora("*/query", Lora::new(1)).unwrap();
    let other = Lora::new(1).with_seed(1);
    let other = model.clone().enable_lora("*/query", other).unwrap();
    let a = |model: &Network| model.weight("block_attention/query/lora_kernel_a").unwrap();
    assert_eq!(a(&again), a(&one));
    assert_ne!(a(&other), a(&one));
}

#[test]
fn a_description_with_it_builds_what_a_network_with_it_is() {
    let model = blocks();
    let lora = Lora::new(2).with_seed(3);
    let built = model.config().clone().enable_lora("h*", lora).unwrap();
    let built = built.build(3, &Device::flex()).unwrap();
    let later = model.enable_lora("h*", lora).unwrap();
    assert_eq!(built.config(), later.config());
    assert_eq!(built.get_weights().unwrap(), later.get_weights().unwrap());
}

#[test]
fn it_reaches_into_networks_within_a_network_in_either_way() {
    let device = Device::flex();
    let inner = Sequential::new([4]).add(Dense::new(4)).named("body");
    let outer = |inner: Sequential| Sequential::new([4]).add(inner).add(Dense::new(2));
    let outside = outer(inner.clone()).build(1, &device).unwrap();
    let outside = outside.enable_lora("body", Lora::new(1)).unwrap();
    let x = || Tensor::<2>::ones([1, 4], &device);
    let before = outside.predict(x()).unwrap().into_vec().unwrap();
    let mut moved = outside.clone();
    let ones = WeightValue::new([1, 4], vec![1.0; 4]).unwrap();
    moved
        .set_weight("body/dense/lora_kernel_b", ones.clone())
        .unwrap();
    assert_ne!(moved.predict(x()).unwrap().into_vec().unwrap(), before);
    // A network that has it already, as a layer of another.
    let inner = inner
        .build(1, &device)
        .unwrap()
        .enable_lora("*", Lora::new(1))
        .unwrap();
    let graph = inner.config().clone();
    let input = firebrick_model::input([4]);
    let y = Dense::new(2).on(graph.on(&input));
    let mut inside = firebrick_model::Graph::new([input], [y])
        .build(1, &device)
        .unwrap();
    let name = "body/dense/lora_kernel_b";
    let before = inside.predict(x()).unwrap().into_vec().unwrap();
    inside.set_weight(name, ones).unwrap();
    let after = inside.predict(x()).unwrap().into_vec().unwrap();
    assert_ne!(after, before);
    assert_close(
        &inside
            .merge_lora()
            .predict(x())
            .unwrap()
            .into_vec()
            .unwrap(),
        &after,
        "merged",
    );
}

#[test]
fn a_saved_model_has_the_sum_and_goes_into_a_network_that_learns_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.bpk");
    let plain = blocks();
    let mut model = plain.clone().enable_lora("hidden", Lora::new(2)).unwrap();
    let b = WeightValue::new([2, 5], vec![0.5; 10]).unwrap();
    model.set_weight("hidden/lora_kernel_b", b).unwrap();
    save_model(&model, &path).unwrap();
    let loaded = SavedModel::read(&path).unwrap();
    let loaded = loaded.into_network(&Device::flex()).unwrap();
    assert_eq!(loaded.config(), plain.config());
    assert_close(&answers(&loaded), &answers(&model), "loaded");
    assert_ne!(answers(&loaded), answers(&plain));
    // Their products begin anew, or they would count twice.
    let mut again = model.clone();
    let report = again.load_weights(&path, LoadWeights::new()).unwrap();
    assert_eq!(report.missing, [] as [&str; 0]);
    assert_close(&answers(&again), &answers(&model), "loaded again");
    let b = again.weight("hidden/lora_kernel_b").unwrap();
    assert_eq!(b.values(), [0.0; 10]);
}

#[test]
fn what_cannot_have_it_says_why() {
    let model = blocks();
    let error = |model: Network, pattern: &str, lora: Lora| {
        model.enable_lora(pattern, lora).unwrap_err().to_string()
    };
    let unknown = error(model.clone(), "hiden", Lora::new(2));
    assert!(
        unknown.contains("like `hiden`") && unknown.contains("hidden"),
        "{unknown}"
    );
    let zero = error(model.clone(), "head", Lora::new(0));
    assert_eq!(
        zero,
        "`head/kernel` cannot learn by a product of low rank: the rank is 0; expected at least 1"
    );
    let twice = model.enable_lora("head", Lora::new(1)).unwrap();
    let twice = error(twice, "h*", Lora::new(1));
    assert!(
        twice.contains("`head/kernel`") && twice.contains("merge_lora"),
        "{twice}"
    );
    let constraint = Constraint::NonNeg;
    let constrained = Sequential::new([2]).add(Dense::new(2).with_kernel_constraint(constraint));
    let constrained = constrained.build(1, &Device::flex()).unwrap();
    let constrained = error(constrained, "*", Lora::new(1));
    assert!(constrained.contains("it has a constraint"), "{constrained}");
}
