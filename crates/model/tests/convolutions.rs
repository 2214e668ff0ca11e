//! Convolutions, poolings, margins and sizes against Keras' own, with their gradients; see `data/make_convolutions.py`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Bool, Device, Gradients, Int, Tensor, TensorData};
use firebrick_model::layers::{
    AnyLayer, Conv2D, Conv2DTranspose, DepthwiseConv2D, NewLayer, SeparableConv1D,
};
use firebrick_model::{
    Activation, AnyTensor, Mode, Model, Network, Sequential, Shape, Signal, Signals,
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
    configs: Vec<Config>,
}

/// A layer as Keras writes it, and the arguments that it was made with.
#[derive(Deserialize)]
struct Config {
    config: Value,
    written: Value,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    layer: String,
    config: Value,
    input: Value,
    mask: Option<Vec<Vec<bool>>>,
    weights: Vec<Weight>,
    output: Value,
    cotangent: Value,
    input_gradient: Value,
    weight_gradients: Vec<Value>,
}

#[derive(Deserialize)]
struct Weight {
    path: String,
    shape: Vec<usize>,
    value: Value,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("data/convolutions.json")).unwrap()
}

/// Sizes of the axes and all numbers of nested lists.
fn numbers(value: &Value) -> (Vec<usize>, Vec<f32>) {
    fn walk(value: &Value, depth: usize, shape: &mut Vec<usize>, values: &mut Vec<f32>) {
        let Value::Array(items) = value else {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the numbers are those of single precision"
            )]
            values.push(value.as_f64().unwrap() as f32);
            return;
        };
        if shape.len() == depth {
            shape.push(items.len());
        }
        for item in items {
            walk(item, depth + 1, shape, values);
        }
    }
    let (mut shape, mut values) = (Vec::new(), Vec::new());
    walk(value, 0, &mut shape, &mut values);
    (shape, values)
}

fn tensor<const D: usize>(value: &Value, device: &Device) -> Tensor<D> {
    let (shape, values) = numbers(value);
    Tensor::from_data(TensorData::new(values, shape), device)
}

fn assert_close(what: &str, received: &[f32], expected: &[f32]) {
    assert_eq!(received.len(), expected.len(), "{what}");
    for (index, (received, expected)) in received.iter().zip(expected).enumerate() {
        let difference = (received - expected).abs();
        assert!(
            difference <= 1e-5 + 1e-4 * expected.abs(),
            "{what}: the element {index} is {received} instead of {expected}"
        );
    }
}

impl Case {
    fn layer(&self) -> AnyLayer {
        let description = json!({"class_name": self.layer, "config": self.config});
        serde_json::from_value(description).unwrap_or_else(|error| panic!("{self}: {error}"))
    }

    fn network(&self, input: impl Into<Shape>, device: &Device) -> Network {
        let network = Sequential::new(input).add(self.layer());
        let listed = network.weights().unwrap();
        let listed: Vec<_> = listed
            .iter()
            .map(|(_, weight)| (&*weight.name, &weight.shape))
            .collect();
        let expected: Vec<_> = self
            .weights
            .iter()
            .map(|w| (w.path.as_str(), &w.shape))
            .collect();
        assert_eq!(listed, expected, "{self}");
        let weights = self.weights.iter().map(|weight| numbers(&weight.value).1);
        network.build_with_weights(weights, device).unwrap()
    }

    fn signal<const D: usize>(&self, x: Tensor<D>) -> Signal
    where
        AnyTensor: From<Tensor<D>>,
    {
        let device = x.device();
        let mask = self.mask.as_ref().map(|mask| {
            let shape = [mask.len(), mask[0].len()];
            let steps: Vec<bool> = mask.concat();
            Tensor::<2, Bool>::from_data(TensorData::new(steps, shape), &device)
        });
        Signal::from(AnyTensor::from(x)).with_mask(mask)
    }

    /// Output and gradients of an input of this rank.
    fn check<const D: usize>(&self)
    where
        AnyTensor: From<Tensor<D>>,
    {
        let device = Device::flex().autodiff();
        let x = tensor::<D>(&self.input, &device).require_grad();
        let network = self.network(&x.dims()[1..], &device);
        let outputs = network.predict_all(self.signal(x.clone()).into()).unwrap();
        let output = outputs.into_values().unwrap();
        let (shape, expected) = numbers(&self.output);
        assert_eq!(output.shape(), shape, "{self}");
        assert_close(
            &format!("{self}, output"),
            &output.clone().into_vec().unwrap(),
            &expected,
        );

        let (_, cotangent) = numbers(&self.cotangent);
        let cotangent = Tensor::<1>::from_floats(&cotangent[..], &device);
        let output: Tensor<1> = output.reshaped(&cotangent.dims()).into_rank().unwrap();
        let gradients = (output * cotangent).sum().backward();
        let received: Vec<f32> = x.grad(&gradients).unwrap().into_data().iter().collect();
        let expected = numbers(&self.input_gradient).1;
        assert_close(
            &format!("{self}, gradient of the input"),
            &received,
            &expected,
        );

        let mut visitor = OfWeights::of(self, &gradients);
        network.visit(&mut visitor);
        for (weight, expected) in self.weights.iter().zip(&self.weight_gradients) {
            let what = format!("{self}, gradient of {}", weight.path);
            assert_close(&what, &visitor.found[&weight.path], &numbers(expected).1);
        }
    }

    /// The output where the network does not know the size along any axis but that of the channels.
    fn check_open<const D: usize>(&self)
    where
        AnyTensor: From<Tensor<D>>,
    {
        let device = Device::flex();
        let x = tensor::<D>(&self.input, &device);
        let mut open = vec![None; D - 2];
        open.push(Some(x.dims()[D - 1]));
        let network = self.network(open, &device);
        let outputs = network.predict_all(self.signal(x).into()).unwrap();
        let output = outputs.into_values().unwrap();
        let (shape, expected) = numbers(&self.output);
        assert_eq!(output.shape(), shape, "{self}");
        assert_close(
            &format!("{self}, open"),
            &output.into_vec().unwrap(),
            &expected,
        );
    }
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.layer, self.name)
    }
}

/// The gradients of all weights, in Keras' layout.
struct OfWeights<'a> {
    gradients: &'a Gradients,
    is_depthwise: bool,
    path: Vec<String>,
    found: BTreeMap<String, Vec<f32>>,
}

impl<'a> OfWeights<'a> {
    fn of(case: &Case, gradients: &'a Gradients) -> Self {
        Self {
            gradients,
            is_depthwise: case.layer.starts_with("Depthwise"),
            path: Vec::new(),
            found: BTreeMap::new(),
        }
    }
}

impl ModuleVisitor for OfWeights<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let name = self.path.last().unwrap().clone();
        let gradient = param.val().grad(self.gradients).unwrap();
        // Kernels lie with filters and channels first, or channels and their windows.
        let by_channel = self.is_depthwise || name == "depthwise_kernel";
        let last = if by_channel { [0, 1] } else { [1, 0] };
        let axes: [usize; D] = std::array::from_fn(|axis| match (axis + 2).checked_sub(D) {
            _ if D == 1 => axis,
            Some(axis) => last[axis],
            None => axis + 2,
        });
        let values = gradient.permute(axes).into_data().iter().collect();
        self.found.insert(name, values);
    }
}

#[test]
fn outputs_and_gradients_are_those_of_keras() {
    let mut kinds = std::collections::BTreeSet::new();
    for case in golden().cases {
        match numbers(&case.input).0.len() {
            3 => case.check::<3>(),
            4 => case.check::<4>(),
            5 => case.check::<5>(),
            rank => panic!("{case} has an input of rank {rank}"),
        }
        kinds.insert(case.layer);
    }
    assert_eq!(kinds.len(), 33, "{kinds:?}");
}

#[test]
fn sizes_may_be_known_when_a_batch_is_there_only() {
    for case in golden().cases {
        match numbers(&case.input).0.len() {
            3 => case.check_open::<3>(),
            4 => case.check_open::<4>(),
            _ => case.check_open::<5>(),
        }
    }
}

#[test]
fn every_layer_is_read_as_keras_writes_it_and_written_again() {
    let configs = golden().configs;
    assert_eq!(configs.len(), 33);
    for Config { config, written } in configs {
        let mut arguments = config;
        // Keras writes out what is the window's size by default.
        if let Some(strides) = written["config"].get("strides") {
            arguments["strides"] = strides.clone();
        }
        let class_name = &written["class_name"];
        let layer = json!({"class_name": class_name, "config": arguments});
        let layer: AnyLayer = serde_json::from_value(layer).unwrap();
        let name = written["config"]["name"].as_str().unwrap();
        let read: NewLayer = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(read, NewLayer::from(layer.clone()).named(name), "{written}");
        let again = serde_json::to_value(&layer).unwrap();
        assert_eq!(serde_json::from_value::<AnyLayer>(again).unwrap(), layer);
    }
}

#[test]
fn the_softmax_of_a_last_convolution_is_left_to_the_loss() {
    let two = |layer: NewLayer, shape: &[usize]| {
        let model = Sequential::new(shape)
            .add(layer)
            .build(1, &Device::flex())
            .unwrap();
        assert_eq!(model.output_activation(), Activation::Softmax);
        let numbers = i64::try_from(shape.iter().product::<usize>()).unwrap();
        let x = Tensor::<1, Int>::arange(0..numbers, &Device::flex()).float();
        let batch: Vec<usize> = [1].iter().chain(shape).copied().collect();
        let x = Signals::from(AnyTensor::from(x).reshape(&batch).unwrap());
        let values = |signals: &Signals| signals[0].values().clone().into_vec().unwrap();
        let whole = model.predict_all(x.clone()).unwrap();
        let raw = model.call(x, Mode::Inference).unwrap().outputs;
        let activated = Activation::Softmax.activate(raw[0].values().clone());
        assert_ne!(values(&raw), values(&whole));
        assert_eq!(activated.into_vec().unwrap(), values(&whole));
    };
    let softmax = Activation::Softmax;
    two(
        Conv2D::new(3, 1).with_activation(softmax).into(),
        &[2, 2, 2],
    );
    two(
        Conv2DTranspose::new(3, 2).with_activation(softmax).into(),
        &[2, 2, 2],
    );
    two(
        DepthwiseConv2D::new(1).with_activation(softmax).into(),
        &[2, 2, 2],
    );
    two(
        SeparableConv1D::new(3, 1).with_activation(softmax).into(),
        &[2, 2],
    );
}
