//! Calls of one layer with arguments of their own, by Keras' numbers; see `data/make_tied.py`.

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Gradients, Tensor, TensorData};
use firebrick_model::layers::{
    Add, BatchNormalization, Dense, Dropout, Layer, MultiHeadAttention, ReversibleEmbedding,
};
use firebrick_model::{
    Activation, AnyTensor, Draws, Graph, Mode, Network, SavedModel, Sequential, input, named_input,
    save_model,
};
use serde_json::Value;

use super::{assert_summary, device, error};

fn golden(case: &str) -> Value {
    let golden: Value = serde_json::from_str(include_str!("../data/tied.json")).unwrap();
    golden["cases"][case].clone()
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "the numbers are those of single precision"
)]
fn numbers(value: &Value) -> Vec<f32> {
    let numbers = value["values"].as_array().unwrap().iter();
    numbers.map(|x| x.as_f64().unwrap() as f32).collect()
}

fn shape(value: &Value) -> Vec<usize> {
    let sizes = value["shape"].as_array().unwrap().iter();
    sizes
        .map(|size| usize::try_from(size.as_u64().unwrap()).unwrap())
        .collect()
}

fn inputs(case: &Value, device: &burn::tensor::Device) -> AnyTensor {
    let (values, shape) = (numbers(&case["inputs"]), shape(&case["inputs"]));
    let count = values.len();
    let values = Tensor::<1>::from_data(TensorData::new(values, [count]), device);
    AnyTensor::from(values).reshape(&shape).unwrap()
}

fn largest(numbers: &[f32]) -> f32 {
    numbers.iter().fold(1.0, |most, x| most.max(x.abs()))
}

fn assert_close(ours: &[f32], expected: &[f32], what: &str) {
    assert_within(ours, expected, largest(expected), what);
}

fn assert_within(ours: &[f32], expected: &[f32], scale: f32, what: &str) {
    assert_eq!(ours.len(), expected.len(), "{what}");
    for (ours, expected) in ours.iter().zip(expected) {
        assert!(
            (ours - expected).abs() < 2e-5 * scale,
            "{what}: {ours} for {expected}"
        );
    }
}

/// The gradient of every weight that has one, in their order.
struct Collect<'a> {
    gradients: &'a Gradients,
    found: Vec<Vec<f32>>,
}

impl ModuleVisitor for Collect<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = param.val().grad(self.gradients) {
            self.found.push(gradient.into_data().iter().collect());
        }
    }
}

/// Outputs in use and in training, and gradients of the sum of their squares, are those of Keras.
fn assert_as_keras(graph: &Graph, name: &str) -> Network {
    let case = golden(name);
    let weights = case["weights"].as_array().unwrap().iter().map(numbers);
    let network = graph.build_with_weights(weights, &device()).unwrap();
    let outputs = network.predict(inputs(&case, &device())).unwrap();
    assert_close(
        &outputs.into_vec().unwrap(),
        &numbers(&case["outputs"][0]),
        "outputs",
    );

    let device = device().autodiff();
    let learning = network.clone().train().fork(&device);
    let mode = Mode::Training(Draws::new(1, 0));
    let outputs = learning
        .forward_all(inputs(&case, &device).into(), mode)
        .unwrap();
    let outputs = outputs.into_rank::<3>().or_else(|_| {
        let outputs = learning.forward_all(inputs(&case, &device).into(), mode)?;
        let flat = outputs.into_rank::<2>();
        Ok::<_, firebrick_model::ModelError>(flat.unwrap().unsqueeze::<3>())
    });
    let outputs = outputs.unwrap();
    let values: Vec<f32> = outputs.clone().into_data().iter().collect();
    assert_close(&values, &numbers(&case["training_outputs"][0]), "training");
    let gradients = outputs.powf_scalar(2.0).sum().backward();
    let mut collect = Collect {
        gradients: &gradients,
        found: Vec::new(),
    };
    learning.visit(&mut collect);
    let expected = case["gradients"].as_array().unwrap().iter();
    let expected: Vec<Vec<f32>> = expected.map(numbers).collect();
    assert_eq!(collect.found.len(), expected.len());
    // What is 0 but for rounding is small beside the others.
    let scale = largest(&expected.concat());
    for (index, (ours, expected)) in collect.found.iter().zip(&expected).enumerate() {
        assert_within(ours, expected, scale, &format!("gradient {index}"));
    }
    network
}

/// A language model whose head is its embedding in reverse.
fn tied() -> Graph {
    let words = ReversibleEmbedding::new(11, 4);
    let embedding = words.clone().named("embedding").shared();
    let tokens = named_input("tokens", [6]);
    let hidden = Dense::new(4)
        .with_activation(Activation::Tanh)
        .named("hidden");
    let x = hidden.on(embedding.on(&tokens));
    Graph::new([tokens], [embedding.called_as(words.reversed()).on(x)])
}

#[test]
fn a_head_that_is_the_embedding_in_reverse_is_that_of_keras() {
    let network = assert_as_keras(&tied(), "tied");
    // The calls keep their arguments in files.
    let text = serde_json::to_string(network.config()).unwrap();
    assert_eq!(
        &serde_json::from_str::<Graph>(&text).unwrap(),
        network.config()
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.bpk");
    save_model(&network, &path).unwrap();
    let loaded = SavedModel::read(&path)
        .unwrap()
        .into_network(&device())
        .unwrap();
    assert_eq!(loaded.config(), network.config());
    let case = golden("tied");
    let outputs = loaded.predict(inputs(&case, &device())).unwrap();
    assert_close(
        &outputs.into_vec().unwrap(),
        &numbers(&case["outputs"][0]),
        "loaded",
    );
}

#[test]
fn a_shared_layer_is_shown_with_the_shape_of_its_last_call() {
    let words = ReversibleEmbedding::new(11, 4);
    let embedding = words.clone().named("head").shared();
    let tokens = named_input("tokens", [6]);
    let x = Dense::new(4).on(embedding.on(&tokens));
    let graph = Graph::new([tokens], [embedding.called_as(words.reversed()).on(x)]);
    assert_summary(&graph.summary().unwrap(), "tied");
}

#[test]
fn a_part_in_inference_is_that_of_keras_and_follows_no_batch() {
    let x = named_input("x", [4]);
    let part = BatchNormalization::new()
        .named("part")
        .in_inference()
        .on(&x);
    let other = BatchNormalization::new().named("other").on(&x);
    let answers = Dense::new(2)
        .named("answers")
        .on(Add::new().on([&part, &other]));
    let graph = Graph::new([x], [answers]);
    let network = assert_as_keras(&graph, "fixed");
    let before = network.weight("part/moving_mean").unwrap();
    let learning = network.train();
    let mode = Mode::Training(Draws::new(1, 0));
    let inputs = inputs(&golden("fixed"), &device());
    learning.forward_all(inputs.into(), mode).unwrap();
    assert_eq!(learning.weight("part/moving_mean").unwrap(), before);
}

#[test]
fn one_attention_looks_everywhere_and_back_alone() {
    let attend = MultiHeadAttention::new(2, 3);
    let shared = attend.clone().named("attend").shared();
    let x = named_input("x", [5, 3]);
    let everywhere = shared.on([&x, &x]);
    let back = shared.called_as(attend.causal()).on([&everywhere, &x]);
    assert_as_keras(&Graph::new([x], [back]), "attention");
}

#[test]
fn a_network_in_inference_drops_nothing_and_its_features_neither() {
    let part = Sequential::new([16])
        .add(Dense::new(16).named("dense"))
        .add(Dropout::new(0.5).named("drop"))
        .named("part");
    let x = input([16]);
    let network = Graph::new([&x], [part.in_inference().on(&x)]);
    let network = network.build(1, &device()).unwrap();
    let ones = || Tensor::<2>::ones([2, 16], &device());
    let mode = Mode::Training(Draws::new(1, 0));
    let expected = network.predict(ones()).unwrap().into_vec().unwrap();
    assert_eq!(network.forward(ones(), mode).into_vec().unwrap(), expected);
    let features = network.with_outputs(["part/drop"]).unwrap();
    assert_eq!(features.forward(ones(), mode).into_vec().unwrap(), expected);
    let text = serde_json::to_string(features.config()).unwrap();
    assert_eq!(
        &serde_json::from_str::<Graph>(&text).unwrap(),
        features.config()
    );
}

#[test]
fn a_layer_is_called_as_its_own_kind_with_its_own_weights_alone() {
    let x = input([4]);
    let dense = Dense::new(4).named("shared").shared();
    let call = |y| Graph::new([&x], [dense.on(&x), y]);
    let wider = error(&call(dense.called_as(Dense::new(5)).on(&x)));
    assert!(
        wider.starts_with(
            "layer `shared` (Dense, index 0) is called with arguments that want other weights than its first call"
        ),
        "{wider}"
    );
    let other = error(&call(dense.called_as(Dropout::new(0.5)).on(&x)));
    assert!(
        other.contains("is called with the arguments of a Dropout, which is of another kind"),
        "{other}"
    );
    // Another activation wants the same weights.
    let gate = Dense::new(4).with_activation(Activation::Sigmoid);
    let graph = call(dense.called_as(gate).on(&x));
    let network = graph.build(1, &device()).unwrap();
    let ones = Tensor::<2>::ones([1, 4], &device());
    let answers = network.predict_all(ones.into()).unwrap();
    let expected = Activation::Sigmoid.activate(answers[0].values().clone());
    let expected = expected.into_vec().unwrap();
    assert_eq!(answers[1].values().clone().into_vec().unwrap(), expected);
}
