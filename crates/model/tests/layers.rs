//! Layers against Keras' own; see `data/make_layers.py`.
//!
//! `FIREBRICK_GOLDEN` may name another folder with a `layers.json` of the same form.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Bool, Device, Tensor, TensorData};
use firebrick_model::layers::{AnyLayer, MaskPolicy, NewLayer, Normalization, ReLU};
use firebrick_model::{
    Activation, AnyTensor, Draws, Graph, Mode, Network, Node, Sequential, Shape, Signal, Signals,
    input,
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Golden {
    activations: GoldenActivations,
    cases: Vec<Value>,
}

#[derive(Deserialize)]
struct GoldenActivations {
    input: Vec<f32>,
    values: BTreeMap<String, Vec<f32>>,
}

fn golden() -> Golden {
    let folder = std::env::var_os("FIREBRICK_GOLDEN").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data"),
        PathBuf::from,
    );
    let path = folder.join("layers.json");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// Sizes of the axes and all numbers of nested lists.
fn numbers(value: &Value) -> (Vec<usize>, Vec<f32>) {
    fn walk(value: &Value, depth: usize, shape: &mut Vec<usize>, values: &mut Vec<f32>) {
        match value {
            Value::Array(items) => {
                if shape.len() == depth {
                    shape.push(items.len());
                }
                for item in items {
                    walk(item, depth + 1, shape, values);
                }
            }
            Value::String(name) => values.push(name.parse().unwrap()),
            number => {
                #[allow(
                    clippy::cast_possible_truncation,
                    reason = "the numbers are those of single precision"
                )]
                values.push(number.as_f64().unwrap() as f32);
            }
        }
    }
    let (mut shape, mut values) = (Vec::new(), Vec::new());
    walk(value, 0, &mut shape, &mut values);
    (shape, values)
}

fn tensor(value: &Value) -> AnyTensor {
    let (shape, values) = numbers(value);
    let count = values.len();
    let tensor = Tensor::<1>::from_data(TensorData::new(values, [count]), &Device::flex());
    let tensor = AnyTensor::from(tensor);
    match shape.len() {
        // A sample that is a single number is an axis of one here.
        1 => tensor.reshape(&[count, 1]).unwrap(),
        _ => tensor.reshape(&shape).unwrap(),
    }
}

/// What enters the layer of a case, one signal for each input, with the mask that the case has.
fn signals(case: &Value) -> Signals {
    const SEVERAL: [&str; 9] = [
        "Add",
        "Attention",
        "Average",
        "Concatenate",
        "Dot",
        "Maximum",
        "Minimum",
        "Multiply",
        "Subtract",
    ];
    let input = &case["input"];
    let is_list = SEVERAL.contains(&case["layer"].as_str().unwrap());
    if let (Value::Array(_), Value::Array(_)) = (&case["query"], &case["value"]) {
        return ["query", "value"]
            .map(|name| tensor(&case[name]).into())
            .into();
    }
    let mut signals: Vec<Signal> = if is_list {
        let inputs = input.as_array().unwrap().iter();
        inputs.map(|input| tensor(input).into()).collect()
    } else {
        vec![tensor(input).into()]
    };
    if let Value::Array(rows) = &case["call"]["mask"] {
        let row = |row: &Value| -> Vec<bool> { serde_json::from_value(row.clone()).unwrap() };
        let steps: Vec<bool> = rows.iter().flat_map(row).collect();
        let shape = [rows.len(), steps.len() / rows.len()];
        let mask = Tensor::<2, Bool>::from_bool(TensorData::new(steps, shape), &Device::flex());
        signals[0] = signals[0].clone().with_mask(mask);
    }
    signals.into()
}

/// The network of one layer that takes these.
fn network_of(layer: AnyLayer, signals: &Signals) -> Graph {
    let shapes: Vec<Shape> = signals
        .iter()
        .map(|signal| Shape::from(&signal.shape()[1..]))
        .collect();
    let num_outputs = layer.output_shapes(&shapes).unwrap().len();
    let inputs: Vec<Node> = shapes.into_iter().map(input).collect();
    let node = NewLayer::from(layer).on(&inputs);
    let outputs: Vec<Node> = (0..num_outputs).map(|index| node.output(index)).collect();
    Graph::new(inputs, outputs)
}

/// The layer of a case; one that holds another has it as Python writes it, such as `LSTM(2,return_sequences=True)`.
fn layer_of(case: &Value) -> AnyLayer {
    let mut config = case["config"].clone();
    if let Some((class_name, arguments)) = config["layer"]
        .as_str()
        .and_then(|text| text.split_once('('))
    {
        let mut inner = serde_json::Map::new();
        for argument in arguments.trim_end_matches(')').split(',') {
            let (name, value) = argument.split_once('=').unwrap_or(("units", argument));
            let value = serde_json::from_str(&value.to_lowercase()).unwrap();
            inner.insert(name.to_owned(), value);
        }
        config["layer"] = json!({"class_name": class_name, "config": inner});
    }
    let description = json!({"class_name": case["layer"], "config": config});
    serde_json::from_value(description)
        .unwrap_or_else(|error| panic!("{}: its arguments are Keras': {error}", case["name"]))
}

/// The path of a weight without the numbers that Keras gives to layers of one kind.
fn unnumbered(path: &str) -> String {
    let part = |part: &str| match part.rsplit_once('_') {
        Some((name, number)) if number.parse::<u32>().is_ok() => name.to_owned(),
        _ => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Every weight by the last part of its path.
fn weights(model: &Network) -> BTreeMap<String, Vec<f32>> {
    #[derive(Default)]
    struct Collect {
        path: Vec<String>,
        found: BTreeMap<String, Vec<f32>>,
    }
    impl ModuleVisitor for Collect {
        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.push(name.to_owned());
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.pop();
        }
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let name = self.path.last().unwrap().clone();
            self.found
                .insert(name, param.val().into_data().iter().collect());
        }
    }
    let mut collect = Collect::default();
    // `valid` brings the moving statistics up to date.
    model.valid().visit(&mut collect);
    collect.found
}

fn differences(what: &str, received: &[f32], expected: &[f32]) -> Vec<String> {
    if received.len() != expected.len() {
        return vec![format!(
            "{what}: {} values instead of {}",
            received.len(),
            expected.len()
        )];
    }
    received
        .iter()
        .zip(expected)
        .enumerate()
        .filter(|(_, (received, expected))| {
            let difference = (*received - *expected).abs();
            difference.is_nan() || difference > 1e-5 + 1e-4 * expected.abs()
        })
        .map(|(index, (received, expected))| {
            format!("{what}[{index}] = {received} instead of {expected}")
        })
        .collect()
}

/// The case's differences from Keras; `None` where the layer, or what the case asks of it, is not
/// there.
fn check(case: &Value) -> Option<Vec<String>> {
    let class_name = case["layer"].as_str().unwrap();
    if !AnyLayer::class_names()
        .iter()
        .any(|known| known == class_name)
    {
        return None;
    }
    let name = case["name"].as_str().unwrap();
    let layer = layer_of(case);
    let inputs = signals(case);
    let mut found = Vec::new();
    let layer = if case["adapt_data"].is_null() {
        layer
    } else {
        let adapted = Normalization::new().adapt(tensor(&case["adapt_data"]));
        let adapted = adapted.unwrap();
        for (what, learned) in [("mean", adapted.mean()), ("variance", adapted.variance())] {
            let learned = json!(learned.unwrap());
            found.extend(differences(
                what,
                &numbers(&learned).1,
                &numbers(&case[what]).1,
            ));
        }
        adapted.into()
    };
    if !case["call"].is_null() && layer.masking() == MaskPolicy::Refuses {
        return None;
    }
    let none = Vec::new();
    let initial = case["weights"].as_array().unwrap_or(&none);
    let network = network_of(layer, &inputs);
    let listed: Vec<_> = network.weights().unwrap();
    for (ours, theirs) in listed.iter().zip(initial) {
        let path = theirs["path"].as_str().unwrap();
        let path = path.strip_prefix("multi_head_attention/").unwrap_or(path);
        let path = unnumbered(path);
        assert_eq!(*ours.1.name, path, "{name}");
        assert_eq!(json!(ours.1.shape), theirs["shape"], "{name}");
    }
    let initial = initial.iter().map(|weight| numbers(&weight["value"]).1);
    let model = network
        .build_with_weights(initial, &Device::flex())
        .unwrap();

    let mode = match case["training"] {
        Value::Bool(true) => Mode::Training(Draws::new(1, 0)),
        _ => Mode::Inference,
    };
    let outputs = match &case["outputs_each_step"] {
        Value::Array(outputs) => outputs.clone(),
        _ => vec![case["output"].clone()],
    };
    for expected in outputs {
        let outputs = model.forward_all(inputs.clone(), mode).unwrap();
        let (shape, expected) = numbers(&expected);
        // Several outputs are a list of them.
        let sample = match outputs.len() {
            1 => &shape[1..],
            count => {
                assert_eq!(count, shape[0], "{name}");
                &shape[2..]
            }
        };
        let inferred = network.output_shapes().unwrap();
        assert_eq!(inferred[0], *sample, "{name}: the inferred shape");
        let mut values = Vec::new();
        for output in outputs {
            assert_eq!(output.shape()[1..], *sample, "{name}");
            values.extend(output.into_values().into_vec().unwrap());
        }
        found.extend(differences("output", &values, &expected));
    }
    if let Value::Array(after) = &case["weights_after"] {
        let weights = weights(&model);
        for weight in after {
            let path = weight["path"].as_str().unwrap();
            let expected = numbers(&weight["value"]).1;
            found.extend(differences(path, &weights[path], &expected));
        }
    }
    Some(found)
}

#[test]
fn every_layer_computes_what_keras_computes() {
    let mut not_built = Vec::new();
    let mut failed = Vec::new();
    let mut passed = 0;
    for case in golden().cases {
        let name = case["name"].as_str().unwrap().to_owned();
        match check(&case) {
            None => not_built.push(name),
            Some(differences) if differences.is_empty() => passed += 1,
            Some(differences) => failed.push(format!("{name}: {}", differences.join(", "))),
        }
    }
    println!(
        "{passed} cases agree with Keras; {} ask for what is not built: {}",
        not_built.len(),
        not_built.join(", ")
    );
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(passed > 0, "no case was checked");
    if std::env::var_os("FIREBRICK_GOLDEN").is_none() {
        // A case that was checked once stays checked.
        assert_eq!((passed, not_built.len()), (78, 0));
    }
}

#[test]
fn every_activation_of_the_file_computes_what_keras_computes() {
    let GoldenActivations { input, values } = golden().activations;
    let mut not_built = Vec::new();
    for (name, expected) in &values {
        // As the file's note says.
        let (name, input) = match name.as_str() {
            "threshold" => ("threshold(0.5, -1)", &input[..]),
            "glu" => ("glu", &input[..10]),
            name => (name, &input[..]),
        };
        let Ok(activation) = name.parse::<Activation>() else {
            not_built.push(name);
            continue;
        };
        let x = Tensor::<1>::from_floats(input, &Device::flex());
        let output: Vec<f32> = activation.forward(x).into_data().iter().collect();
        let found = differences(name, &output, expected);
        assert!(found.is_empty(), "{}", found.join(", "));
    }
    println!("activations that are not built: {}", not_built.join(", "));
    if std::env::var_os("FIREBRICK_GOLDEN").is_none() {
        assert_eq!((values.len(), not_built.len()), (33, 0));
    }
}

#[test]
fn a_relu_has_the_outputs_and_slopes_of_keras_at_its_bends() {
    let golden: Value = serde_json::from_str(include_str!("data/relu_threshold.json")).unwrap();
    let numbers = |value: &Value| -> Vec<f32> { serde_json::from_value(value.clone()).unwrap() };
    let points = numbers(&golden["points"]);
    for case in golden["cases"].as_array().unwrap() {
        let layer: ReLU = serde_json::from_value(case["arguments"].clone()).unwrap();
        let model = Sequential::new([points.len()])
            .add(layer)
            .build(1, &Device::flex())
            .unwrap();
        let x = Tensor::<1>::from_floats(&points[..], &Device::flex().autodiff());
        let x = x.require_grad();
        let y = model.forward(x.clone().unsqueeze::<2>(), Mode::Training(Draws::new(1, 0)));
        let y: Tensor<2> = y.into_rank().unwrap();
        let gradients = y.clone().sum().backward();
        let slope: Vec<f32> = x.grad(&gradients).unwrap().into_data().iter().collect();
        let output: Vec<f32> = y.into_data().iter().collect();
        assert_eq!(output, numbers(&case["output"]), "{case}");
        assert_eq!(slope, numbers(&case["slope"]), "{case}");
    }
}
