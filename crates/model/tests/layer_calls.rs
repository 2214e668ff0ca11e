//! Calls of layers against Keras' own: masks, several inputs and outputs, terms of the loss, gradients; see
//! `data/make_layer_calls.py`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Bool, Device, Gradients, Int, Tensor, TensorData};
use firebrick_model::layers::{AnyLayer, Layer, LayerProblem, MaskPolicy, NewLayer};
use firebrick_model::{
    AnyTensor, Call, Draws, Graph, Mode, Model, Network, Shape, Signal, Signals, input,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Value>,
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
            Value::Bool(flag) => values.push(f32::from(u8::from(*flag))),
            #[allow(
                clippy::cast_possible_truncation,
                reason = "the numbers are those of single precision"
            )]
            number => values.push(number.as_f64().unwrap() as f32),
        }
    }
    let (mut shape, mut values) = (Vec::new(), Vec::new());
    walk(value, 0, &mut shape, &mut values);
    (shape, values)
}

fn tensor(value: &Value, device: &Device) -> AnyTensor {
    let (shape, values) = numbers(value);
    let count = values.len();
    let flat = Tensor::<1>::from_data(TensorData::new(values, [count]), device);
    AnyTensor::from(flat).reshape(&shape).unwrap()
}

/// Gives the first input the second as a mask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Masked {}

impl Layer for Masked {
    const CLASS_NAME: &'static str = "Masked";

    fn output_shapes(&self, inputs: &[Shape]) -> Result<Vec<Shape>, LayerProblem> {
        Ok(inputs[..1].to_vec())
    }

    fn masking(&self) -> MaskPolicy {
        MaskPolicy::Creates
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        let [x, mask] = inputs.into_array()?;
        let mask: Tensor<2> = mask.into_values().into_rank().unwrap();
        let mask: Tensor<2, Bool> = mask.greater_elem(0.5);
        Ok(x.with_mask(mask).into())
    }
}

/// What there is of every weight, by its name.
struct Collect<'a> {
    path: Vec<String>,
    gradients: Option<&'a Gradients>,
    found: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
}

impl ModuleVisitor for Collect<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let values = match self.gradients {
            Some(gradients) => param.val().grad(gradients),
            None => Some(param.val()),
        };
        if let Some(values) = values {
            let shape = values.dims().to_vec();
            let values = values.into_data().iter().collect();
            self.found
                .insert(self.path.last().unwrap().clone(), (shape, values));
        }
    }
}

fn collect(
    model: &Network,
    gradients: Option<&Gradients>,
) -> BTreeMap<String, (Vec<usize>, Vec<f32>)> {
    let mut collect = Collect {
        path: Vec::new(),
        gradients,
        found: BTreeMap::new(),
    };
    if gradients.is_some() {
        model.visit(&mut collect);
    } else {
        // `valid` brings the moving statistics up to date.
        model.valid().visit(&mut collect);
    }
    collect.found
}

fn differences(what: &str, received: &[f32], expected: &[f32]) -> Vec<String> {
    if received.len() != expected.len() {
        let (received, expected) = (received.len(), expected.len());
        return vec![format!("{what}: {received} values instead of {expected}")];
    }
    let pairs = received.iter().zip(expected).enumerate();
    pairs
        .filter(|(_, (received, expected))| {
            let difference = (*received - *expected).abs();
            difference.is_nan() || difference > 1e-5 + 1e-4 * expected.abs()
        })
        .map(|(index, (received, expected))| {
            format!("{what}[{index}] = {received} instead of {expected}")
        })
        .collect()
}

/// Numbers of Keras' layout in the one that a weight lies in: kernels of convolutions have their filters first.
fn as_stored(shape: &[usize], (own, values): (Vec<usize>, Vec<f32>)) -> Vec<f32> {
    let &[a, b, c, d] = own.as_slice() else {
        return values;
    };
    if own == shape || shape.len() != 4 {
        return values;
    }
    let kernel = Tensor::<4>::from_data(TensorData::new(values, [a, b, c, d]), &Device::flex());
    kernel.permute([3, 2, 0, 1]).into_data().iter().collect()
}

fn values(signal: &Signal) -> Vec<f32> {
    signal.values().clone().into_vec().unwrap()
}

/// The case's differences from Keras.
#[allow(
    clippy::too_many_lines,
    reason = "one case after the other of what a file may ask"
)]
fn check(case: &Value) -> Vec<String> {
    let device = Device::flex().autodiff();
    let none = Vec::new();
    let list = |name: &str| case[name].as_array().unwrap_or(&none).clone();
    let mut config = case["config"].clone();
    for arguments in [&case["call"], &case["named_inputs"]] {
        for (argument, value) in arguments.as_object().into_iter().flatten() {
            // An input that goes by name in Keras is a switch here, but for the mask that needs none.
            let value = if value.is_array() {
                json!(true)
            } else {
                value.clone()
            };
            if argument != "mask" {
                config[argument] = value;
            }
        }
    }
    let description = json!({"class_name": case["layer"], "config": config});
    let layer: AnyLayer = serde_json::from_value(description).unwrap();
    let spec = layer.to_spec().unwrap();
    assert_eq!(AnyLayer::from_spec(&spec).unwrap(), layer, "{spec}");

    let named = case["named_inputs"].as_object();
    let named: Vec<Value> = named
        .into_iter()
        .flat_map(|named| named.values().cloned())
        .collect();
    let floats = list("inputs");
    let is_int = numbers(&floats[0])
        .1
        .iter()
        .all(|number| number.fract() == 0.0);
    let (mut leaves, mut given, mut nodes, mut inputs) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let masks = list("masks");
    for (index, value) in floats.iter().chain(&named).enumerate() {
        let x = tensor(value, &device);
        let shape = x.shape();
        let entry = input(&shape[1..]);
        nodes.push(entry.clone());
        if index < floats.len() && !is_int {
            let count = shape.iter().product();
            let leaf: Tensor<1> = x.reshape(&[count]).unwrap().into_rank().unwrap();
            let leaf = leaf.require_grad();
            leaves.push(leaf.clone());
            given.push(Signal::from(AnyTensor::from(leaf).reshape(&shape).unwrap()));
        } else if is_int {
            let ints: Tensor<2, Int> = x.into_int().unwrap();
            given.push(ints.into());
        } else {
            given.push(x.into());
        }
        match masks.get(index) {
            Some(mask) if !mask.is_null() => {
                let mask = tensor(mask, &device);
                let of_steps = input(&mask.shape()[1..]);
                nodes.push(of_steps.clone());
                given.push(mask.into());
                inputs.push(Masked {}.on([&entry, &of_steps]));
            }
            _ => inputs.push(entry),
        }
    }
    let expected = list("outputs");
    let call = NewLayer::from(layer).on(inputs);
    let outputs: Vec<_> = (0..expected.len())
        .map(|index| call.output(index))
        .collect();
    let network = Graph::new(nodes, outputs);
    for (ours, theirs) in network.weights().unwrap().iter().zip(list("weights")) {
        assert_eq!(*ours.1.name, *theirs["path"].as_str().unwrap());
        assert_eq!(json!(ours.1.shape), theirs["shape"]);
    }
    let shapes = network.output_shapes().unwrap();
    assert_eq!(json!(shapes), case["output_shapes"], "the inferred shapes");
    let initial: Vec<_> = list("weights")
        .iter()
        .map(|weight| numbers(&weight["value"]).1)
        .collect();
    let model = network.build_with_weights(initial, &device).unwrap();

    let mode = if case["training"].is_null() {
        Mode::Inference
    } else {
        Mode::Training(Draws::new(1, 0))
    };
    let answers = model.call(given.into(), mode).unwrap();
    let activations = model.output_activations();
    let mut found = Vec::new();
    let mut total = Tensor::<1>::zeros([1], &device);
    let outputs = answers.outputs.into_iter().zip(activations);
    for (index, (output, activation)) in outputs.enumerate() {
        let output = Signal::from(activation.activate(output.into_values()));
        let (shape, expected) = numbers(&expected[index]);
        assert_eq!(output.shape(), shape);
        found.extend(differences(
            &format!("output {index}"),
            &values(&output),
            &expected,
        ));
        let factors = numbers(&case["factors"][index]).1;
        let factors = Tensor::<1>::from_floats(&factors[..], &device);
        let flat = output.into_values().reshape(&[expected.len()]).unwrap();
        total = total + (flat.into_rank::<1>().unwrap() * factors).sum();
    }
    let mut loss = Tensor::<1>::zeros([1], &device);
    for term in answers.losses {
        loss = loss + term;
    }
    let received: Vec<f32> = loss.clone().into_data().iter().collect();
    let expected = if case["loss"].is_null() {
        json!([0.0])
    } else {
        json!([case["loss"]])
    };
    found.extend(differences("loss", &received, &numbers(&expected).1));

    let gradients = (total + loss).backward();
    for (index, leaf) in leaves.iter().enumerate() {
        let expected = numbers(&case["gradients"]["inputs"][index]).1;
        let gradient = leaf.grad(&gradients);
        let gradient = gradient.map_or_else(
            || vec![0.0; expected.len()],
            |gradient| gradient.into_data().iter().collect(),
        );
        found.extend(differences(
            &format!("gradient of input {index}"),
            &gradient,
            &expected,
        ));
    }
    let of_weights = collect(&model, Some(&gradients));
    for weight in case["gradients"]["weights"].as_array().unwrap() {
        let path = weight["path"].as_str().unwrap();
        let expected = numbers(&weight["value"]);
        let Some((shape, gradient)) = of_weights.get(path) else {
            assert!(
                expected.1.iter().all(|gradient| *gradient == 0.0),
                "no gradient of {path}"
            );
            continue;
        };
        let expected = as_stored(shape, expected);
        found.extend(differences(
            &format!("gradient of {path}"),
            gradient,
            &expected,
        ));
    }
    if let Value::Array(after) = &case["weights_after"] {
        let weights = collect(&model, None);
        for weight in after {
            let path = weight["path"].as_str().unwrap();
            let expected = numbers(&weight["value"]).1;
            found.extend(differences(path, &weights[path].1, &expected));
        }
    }
    found
}

#[test]
fn every_call_gives_what_keras_gives() {
    let golden: Golden = serde_json::from_str(include_str!("data/layer_calls.json")).unwrap();
    let mut failed = Vec::new();
    for case in &golden.cases {
        let name = case["name"].as_str().unwrap();
        println!("{name}");
        let found = check(case);
        if !found.is_empty() {
            failed.push(format!("{name}: {}", found.join(", ")));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(!golden.cases.is_empty());
}
