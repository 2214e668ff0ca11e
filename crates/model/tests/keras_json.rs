//! Whole networks in Keras' JSON, both ways; see `data/make_keras_json.py` and `scripts/check_keras_json.py`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::path::Path;

use burn::tensor::{Device, Int, Tensor, TensorData};
use firebrick_model::layers::{
    AnyLayer, Dense, Lambda, Layer, MultiHeadAttention, NewLayer, ReversibleEmbedding,
    TimeDistributed, WithMask,
};
use firebrick_model::{
    Activation, AnyTensor, Graph, Network, Sequential, Signal, Signals, WeightValue, input,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Golden {
    networks: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    json: Value,
    inputs: Vec<Entering>,
    weights: Vec<Vec<usize>>,
    is_trainable: Vec<bool>,
    outputs: Vec<Numbers>,
}

/// An input by the formula of the script.
#[derive(Deserialize, Serialize, Clone)]
struct Entering {
    shape: Vec<usize>,
    modulo: Option<usize>,
}

#[derive(Deserialize, Serialize)]
struct Numbers {
    shape: Vec<usize>,
    values: Vec<f32>,
}

fn golden() -> Vec<Case> {
    let golden: Golden = serde_json::from_str(include_str!("data/keras_json.json")).unwrap();
    golden.networks
}

impl Case {
    fn graph(&self) -> Graph {
        Graph::from_keras_json(&self.json.to_string())
            .unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }
}

/// The `weight` of the script.
#[allow(
    clippy::cast_possible_truncation,
    reason = "weights are of single precision"
)]
fn weight(index: usize, path: &str, shape: &[usize]) -> WeightValue {
    let mean = f64::from(u8::from(path.contains("variance")));
    let value = |place: usize| 0.3 * (1.7 * place as f64 + 0.9 * index as f64).sin() + mean;
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|place| value(place) as f32)
        .collect();
    WeightValue::new(shape, values).unwrap()
}

impl Entering {
    /// The `entering` of the script.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "inputs are of single precision"
    )]
    fn signal(&self, index: usize, device: &Device) -> Signal {
        let places = 0..self.shape.iter().product::<usize>();
        if let Some(modulo) = self.modulo {
            let index_of = |place: usize| (7 * place + 3 * (place % 3) + index) % modulo;
            let values: Vec<i64> = places
                .map(|place| i64::try_from(index_of(place)).unwrap())
                .collect();
            let length = values.len();
            let flat = Tensor::<1, Int>::from_data(TensorData::new(values, [length]), device);
            return AnyTensor::from(flat).reshaped(&self.shape).into();
        }
        let values: Vec<f32> = places
            .map(|place| (0.7 * place as f64 + index as f64).sin() as f32)
            .collect();
        let length = values.len();
        let flat = Tensor::<1>::from_data(TensorData::new(values, [length]), device);
        AnyTensor::from(flat).reshaped(&self.shape).into()
    }
}

/// The paths of the weights that Keras has too, in its order: it does not count states that are kept among them.
fn paths(graph: &Graph) -> Vec<(String, Vec<usize>, bool)> {
    let weights = graph.weights().unwrap().into_iter();
    let paths = weights.map(|(layer, weight)| {
        (
            format!("{layer}/{}", weight.name),
            weight.shape,
            weight.is_trainable,
        )
    });
    paths.filter(|(path, ..)| !path.contains("state")).collect()
}

/// The network with the weights of the formula, set by their paths.
fn built(graph: &Graph, device: &Device) -> Network {
    let mut network = graph.build(1, device).unwrap();
    for (index, (path, shape, _)) in paths(graph).into_iter().enumerate() {
        network
            .set_weight(&path, weight(index, &path, &shape))
            .unwrap();
    }
    network
}

fn outputs(network: &Network, inputs: &[Entering], device: &Device) -> Vec<Numbers> {
    let inputs: Vec<Signal> = inputs
        .iter()
        .enumerate()
        .map(|(index, input)| input.signal(index, device))
        .collect();
    let answers = network.predict_all(Signals::from(inputs)).unwrap();
    answers
        .iter()
        .map(|answer| Numbers {
            shape: answer.shape(),
            values: answer.values().clone().into_vec().unwrap(),
        })
        .collect()
}

#[test]
fn networks_are_read_and_give_what_they_give_in_keras() {
    let device = Device::flex();
    let mut wrong = Vec::new();
    for case in golden() {
        let graph = case.graph();
        let found = paths(&graph);
        let shapes: Vec<_> = found.iter().map(|(_, shape, _)| shape.clone()).collect();
        assert_eq!(shapes, case.weights, "{}: {found:?}", case.name);
        let trainable: Vec<bool> = found.iter().map(|(.., trainable)| *trainable).collect();
        assert_eq!(trainable, case.is_trainable, "{}: {found:?}", case.name);
        let answers = outputs(&built(&graph, &device), &case.inputs, &device);
        assert_eq!(answers.len(), case.outputs.len(), "{}", case.name);
        for (answer, expected) in answers.iter().zip(&case.outputs) {
            assert_eq!(answer.shape, expected.shape, "{}", case.name);
            let pairs = answer.values.iter().zip(&expected.values);
            let farthest = pairs
                .map(|(own, keras)| (own - keras).abs() / keras.abs().max(1.0))
                .fold(0.0, f32::max);
            if farthest.is_nan() || farthest > 1e-5 {
                wrong.push(format!("{} is {farthest:e} away", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn networks_are_written_as_they_are_read() {
    for case in golden() {
        let graph = case.graph();
        let text = graph
            .to_keras_json()
            .unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let again = Graph::from_keras_json(&text)
            .unwrap_or_else(|error| panic!("{}: {error}\n{text}", case.name));
        if case.name == "two_texts" {
            // Keras has names of its own for what joins masks.
            assert_eq!(again.weights().unwrap(), graph.weights().unwrap());
            assert!(again.get_layer("masked_concatenate").is_ok());
            continue;
        }
        assert_eq!(again, graph, "{}", case.name);
    }
}

/// What is wrong with a value beside Keras' own: numbers may be written otherwise, and of objects and tables there may be less.
fn difference(own: &Value, keras: &Value) -> Option<String> {
    match (own, keras) {
        (Value::Object(own), Value::Object(keras)) => own.iter().find_map(|(key, value)| {
            let Some(theirs) = keras.get(key) else {
                return Some(format!("`{key}` is not there in Keras"));
            };
            // A part of a layer has no name of its own here; a policy may go by its name alone.
            if (key == "name" && theirs != value) || theirs == "float32" {
                return None;
            }
            difference(value, theirs).map(|what| format!("{key}: {what}"))
        }),
        (Value::Array(own), Value::Array(keras)) if own.len() == keras.len() => {
            let mut pairs = own.iter().zip(keras);
            pairs.find_map(|(own, keras)| difference(own, keras))
        }
        // A single size or axis.
        (own, Value::Array(keras)) if keras.len() == 1 && !own.is_array() => {
            difference(own, &keras[0])
        }
        (own, keras) => {
            let is_close = match (own.as_f64(), keras.as_f64()) {
                (Some(own), Some(keras)) => (own - keras).abs() <= 1e-6 * keras.abs(),
                _ => own == keras,
            };
            (!is_close).then(|| format!("{own} instead of {keras}"))
        }
    }
}

#[test]
fn every_layer_is_written_with_keras_keys_and_values() {
    let file = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let mut configs: Vec<Value> = Vec::new();
    let layers = file(include_str!("data/layer_configs.json"));
    configs.extend(layers["layers"].as_array().unwrap().iter().cloned());
    let convolutions = file(include_str!("data/convolutions.json"));
    let convolutions = convolutions["configs"].as_array().unwrap();
    configs.extend(convolutions.iter().map(|config| config["written"].clone()));
    let preprocessing = file(include_str!("data/preprocessing.json"));
    configs.extend(preprocessing["configs"].as_array().unwrap().iter().cloned());
    let recurrent = file(include_str!("data/recurrent.json"));
    let recurrent = recurrent["cases"].as_array().unwrap();
    configs.extend(recurrent.iter().map(|case| case["layer"].clone()));
    let (mut seen, mut wrong) = (Vec::new(), Vec::new());
    for config in configs {
        let layer: NewLayer = serde_json::from_value(config.clone()).unwrap();
        let written: Value = serde_json::from_str(&layer.to_keras_json().unwrap()).unwrap();
        if let Some(what) = difference(&written, &config) {
            wrong.push(format!("{what}\n{written}\n{config}"));
        }
        let again: NewLayer = serde_json::from_value(written).unwrap();
        assert_eq!(again, layer, "{config}");
        seen.push(config.to_string());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    for class_name in AnyLayer::class_names() {
        let class = format!(r#""class_name":"{class_name}""#);
        let is_there = seen.iter().any(|seen| seen.contains(&class));
        let is_apart =
            ["Lambda", "WithMask", "Functional", "Sequential"].contains(&class_name.as_str());
        assert!(is_there || is_apart, "{class_name} was not written");
    }
}

/// A network of Keras' with these layers, of which the last one leaves.
fn functional(layers: &[Value]) -> Value {
    let name = |layer: &Value| layer["name"].clone();
    json!({
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "registered_name": "Functional",
        "config": {
            "name": "network",
            "trainable": true,
            "layers": layers,
            "input_layers": [[name(&layers[0]), 0, 0]],
            "output_layers": [[name(layers.last().unwrap()), 0, 0]],
        },
    })
}

fn entering(shape: &[usize]) -> Value {
    let sizes = shape.iter().map(|size| json!(size));
    let shape: Vec<Value> = [Value::Null].into_iter().chain(sizes).collect();
    let config = json!({"batch_shape": shape, "dtype": "float32", "name": "x", "sparse": false});
    json!({"class_name": "InputLayer", "name": "x", "config": config, "inbound_nodes": []})
}

fn tensor(from: &str) -> Value {
    json!({"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "keras_history": [from, 0, 0]}})
}

fn layer(class_name: &str, name: &str, config: &Value, calls: &[Value]) -> Value {
    let mut config = config.clone();
    config["name"] = name.into();
    json!({"module": "keras.layers", "class_name": class_name, "name": name, "config": config, "inbound_nodes": calls})
}

fn call(args: &[Value]) -> Value {
    json!({"args": args, "kwargs": {}})
}

fn error(network: &Value) -> String {
    let error = Graph::from_keras_json(&network.to_string()).unwrap_err();
    error.to_string()
}

#[test]
#[allow(clippy::too_many_lines, reason = "a list of what is refused")]
fn what_cannot_be_honoured_is_refused_by_layer_and_field() {
    let dense = |config: Value, node: Value| {
        let mut config = config;
        config["units"] = 3.into();
        functional(&[entering(&[4]), layer("Dense", "top", &config, &[node])])
    };
    let plain = call(&[tensor("x")]);
    assert!(Graph::from_keras_json(&dense(json!({}), plain.clone()).to_string()).is_ok());
    let with = |kwargs: Value| json!({"args": [tensor("x")], "kwargs": kwargs});
    let half = json!({"dtype": {"class_name": "DTypePolicy", "config": {"name": "mixed_float16"}}});
    let mut sparse = entering(&[4]);
    sparse["config"]["sparse"] = true.into();
    let mut texts = entering(&[4]);
    texts["config"]["dtype"] = "complex64".into();
    let top = layer(
        "Dense",
        "top",
        &json!({"units": 3}),
        std::slice::from_ref(&plain),
    );
    let ring = [
        layer(
            "Dense",
            "one",
            &json!({"units": 3}),
            &[call(&[tensor("two")])],
        ),
        layer(
            "Dense",
            "two",
            &json!({"units": 3}),
            &[call(&[tensor("one")])],
        ),
    ];
    let attention = layer(
        "Attention",
        "look",
        &json!({}),
        &[
            json!({"args": [[tensor("x"), tensor("x")]], "kwargs": {"use_causal_mask": true}}),
            json!({"args": [[tensor("x"), tensor("x")]], "kwargs": {}}),
        ],
    );
    let doubled = json!({"module": "keras.src.ops.numpy", "class_name": "Cross", "name": "cross", "config": {"name": "cross"},
        "inbound_nodes": [call(&[tensor("x"), tensor("x")])]});
    let compared = json!({"module": "keras.src.ops.numpy", "class_name": "NotEqual", "name": "not_equal",
        "config": {"name": "not_equal"}, "inbound_nodes": [call(&[tensor("x"), json!(0)])]});
    let masked = layer(
        "GRU",
        "gru",
        &json!({"units": 3}),
        &[json!({"args": [tensor("x")], "kwargs": {"mask": tensor("not_equal")}})],
    );
    for (network, message) in [
        (
            dense(half, plain.clone()),
            "layer `top` (Dense, index 1), argument `dtype`: expected `float32`, received `mixed_float16`",
        ),
        (
            dense(json!({"unknown": 3}), plain.clone()),
            "layer `top` (Dense, index 1) has no argument `unknown`",
        ),
        (
            dense(json!({"lora_rank": 3}), plain.clone()),
            "layer `top` (Dense, index 1), argument `lora_rank`: expected none",
        ),
        (
            dense(json!({}), with(json!({"steps": 3}))),
            "layer `top` (Dense, index 1), argument `steps`: a call has no such argument here",
        ),
        (
            dense(json!({}), call(&[json!(3)])),
            "layer `top` (Dense, index 1), argument `inputs`: expected what a layer gives, received 3",
        ),
        (
            dense(json!({}), call(&[tensor("y")])),
            "layer `top` (Dense, index 1), argument `keras_history`: no layer is named `y`",
        ),
        (
            functional(&[
                entering(&[4]),
                layer("Lambda", "code", &json!({}), std::slice::from_ref(&plain)),
            ]),
            "layer `code` (Lambda, index 1): a Lambda is code, which cannot be read from a file",
        ),
        (
            functional(&[
                entering(&[4]),
                layer("Dance", "top", &json!({}), std::slice::from_ref(&plain)),
            ]),
            "layer of index 1: unknown layer `Dance`, did you mean `Dense`?",
        ),
        (
            functional(&[sparse, top.clone()]),
            "the input `x`, argument `sparse`: expected false, received true",
        ),
        (
            functional(&[texts, top.clone()]),
            "the input `x`, argument `dtype`: expected `float32`, whole numbers or `string`, received `complex64`",
        ),
        (
            functional(&[entering(&[4]), ring[0].clone(), ring[1].clone()]),
            "layer `two` (Dense, index 2), argument `inbound_nodes`: expected calls that follow each other",
        ),
        (
            functional(&[entering(&[4]), top.clone(), top]),
            "argument `layers`: two are named `top`",
        ),
        (
            functional(&[entering(&[3, 4]), attention]),
            "layer `look` (Attention, index 1), argument `kwargs`: expected the same arguments at every call",
        ),
        (
            functional(&[entering(&[4]), doubled]),
            "layer `cross` (Cross, index 1), argument `args`: `Cross` of keras.ops is done by no layer here",
        ),
        (
            functional(&[entering(&[3, 4]), compared, masked]),
            "layer `gru` (GRU, index 2), argument `mask`: expected the mask that an Embedding",
        ),
        (
            json!({"class_name": "Dense", "config": {"units": 3}}),
            "the network's JSON: expected a `Sequential` or a `Functional`, received the layer `Dense`",
        ),
        (
            json!({"class_name": "Sequential", "config": {"name": "open", "layers": [layer("Dense", "top", &json!({"units": 3}), &[])]}}),
            "expected an InputLayer first, which says what enters",
        ),
    ] {
        let error = error(&network);
        assert!(error.contains(message), "{message}\n{error}");
    }
    let broken = Graph::from_keras_json("{").unwrap_err().to_string();
    let beginning = "the network's JSON: expected what `model.to_json()` of Keras 3 writes: EOF";
    assert!(broken.starts_with(beginning), "{broken}");
}

#[test]
fn a_text_that_would_never_end_is_refused() {
    let deep = "[".repeat(100_000);
    let deep = Graph::from_keras_json(&deep).unwrap_err().to_string();
    assert!(deep.contains("recursion limit exceeded"), "{deep}");

    let long = " ".repeat(17 << 20);
    let long = Graph::from_keras_json(&long).unwrap_err().to_string();
    assert!(long.contains("bytes, expected at most 16777216"), "{long}");

    let each = |inner: Value| layer("TimeDistributed", "each", &json!({"layer": inner}), &[]);
    let wrapped = (0..20).fold(layer("Flatten", "flat", &json!({}), &[]), |inner, _| {
        each(inner)
    });
    let wrapped = error(&functional(&[entering(&[4]), wrapped]));
    assert!(
        wrapped.contains("objects lie in each other more than 16 deep"),
        "{wrapped}"
    );

    // Each calls the one within it ten times.
    let ten = |inner: Value, name: &str| {
        let mut inner = inner;
        inner["name"] = name.into();
        inner["inbound_nodes"] = vec![call(&[tensor("x")]); 10].into();
        inner
    };
    let top = layer(
        "Dense",
        "top",
        &json!({"units": 4}),
        &[call(&[tensor("x")])],
    );
    let many = (0..6).fold(top, |inner, level| {
        functional(&[entering(&[4]), ten(inner, &format!("level_{level}"))])
    });
    let many = error(&many);
    assert!(many.contains("times, expected at most 1000000"), "{many}");
}

#[test]
fn a_network_that_is_no_longer_trained_stays_so() {
    let x = input([4]);
    let graph = Graph::new([&x], [Dense::new(3).on(Dense::new(4).frozen().on(&x))]);
    let json = graph.to_keras_json().unwrap();
    assert_eq!(Graph::from_keras_json(&json).unwrap(), graph);
    let mut written: Value = serde_json::from_str(&json).unwrap();
    written["config"]["trainable"] = false.into();
    let frozen = Graph::from_keras_json(&written.to_string()).unwrap();
    assert!(frozen.layers().iter().all(|layer| !layer.is_trainable()));
}

#[test]
fn what_keras_has_no_word_for_is_not_written() {
    let network = |layer: NewLayer| {
        let x = input([2, 3, 4]);
        Graph::new([&x], [layer.on(&x)]).to_keras_json()
    };
    for (layer, message) in [
        (
            Lambda::new("twice", Ok).named("code"),
            "the layer `code` (Lambda): `Lambda`: its function `twice` is code",
        ),
        (
            Dense::new(3)
                .with_activation(Activation::GeluApproximate)
                .named("top"),
            "the layer `top` (Dense), argument `activation`: Keras has no name for the activation `gelu_approximate`",
        ),
        (
            TimeDistributed::new(MultiHeadAttention::new(2, 3).causal()).named("each"),
            "argument `use_causal_mask`: Keras has it at the calls of the layer",
        ),
    ] {
        let error = network(layer).unwrap_err().to_string();
        assert!(error.contains(message), "{message}\n{error}");
    }
}

#[test]
fn a_mask_or_an_argument_of_one_call_is_not_left_out_in_silence() {
    let (x, mask) = (input([3, 4]), input([3]));
    let masked = Graph::new([&x, &mask], [WithMask::new().on([&x, &mask])]);
    let error = masked.to_keras_json().unwrap_err().to_string();
    assert!(
        error.starts_with("the layer `with_mask` (WithMask): Keras has no such layer"),
        "{error}"
    );

    let ids = input([3]);
    let shared = ReversibleEmbedding::new(5, 2).shared();
    let scores = shared
        .called_as(ReversibleEmbedding::new(5, 2).reversed())
        .on(shared.on(&ids));
    let error = Graph::new([&ids], [scores])
        .to_keras_json()
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("a call differs from what the layer says"),
        "{error}"
    );
}

#[test]
fn a_line_that_keras_cannot_call_layer_by_layer_is_written_as_a_graph() {
    let line = Sequential::new([3, 4]).add(MultiHeadAttention::new(2, 3).causal());
    let json = line.to_keras_json().unwrap();
    assert!(
        json.contains(r#""use_causal_mask":true"#) && json.contains(r#""class_name":"Functional""#)
    );
    let graph = Graph::from_keras_json(&json).unwrap();
    assert_eq!(graph.weights().unwrap(), line.weights().unwrap());
    assert!(Sequential::from_keras_json(&json).is_err());
}

/// What `scripts/check_keras_json.py` gives to Keras.
#[derive(Serialize)]
struct Written {
    json: Value,
    inputs: Vec<Entering>,
    weights: Vec<Vec<usize>>,
    outputs: Vec<Numbers>,
}

#[test]
fn networks_are_written_into_a_folder_for_keras_to_read() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("keras_json");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    let device = Device::flex();
    for case in golden() {
        let graph = case.graph();
        let written = Written {
            json: serde_json::from_str(&graph.to_keras_json().unwrap()).unwrap(),
            weights: paths(&graph)
                .into_iter()
                .map(|(_, shape, _)| shape)
                .collect(),
            outputs: outputs(&built(&graph, &device), &case.inputs, &device),
            inputs: case.inputs,
        };
        let path = folder.join(format!("{}.json", case.name));
        std::fs::write(path, serde_json::to_string(&written).unwrap()).unwrap();
    }
}
