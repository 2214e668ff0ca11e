//! Networks over plain memory against the same networks by automatic differentiation.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::tensor::{Device, Gradients, Tensor, TensorData};
use firebrick_model::layers::{
    Activation as ActivationLayer, Add, Average, AveragePooling1D, AveragePooling2D, Concatenate,
    Conv1D, Conv2D, Dense, Dropout, Flatten, Layer, MaxPooling1D, MaxPooling2D, Padding, Reshape,
    Subtract,
};
use firebrick_model::{
    Activation, AnyTensor, Draws, GradientSink, Graph, Mode, Model, Network, Node, Signal, Signals,
    input,
};
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};

/// Gradients by the weights that they are of.
type ByWeight = BTreeMap<String, Vec<f32>>;

struct Gathered(ByWeight);

impl GradientSink for Gathered {
    fn take<const D: usize>(&mut self, id: ParamId, gradient: Tensor<D>) {
        self.0.insert(
            format!("{id}"),
            gradient.into_data().try_into_vec().unwrap(),
        );
    }
}

struct OfGraph<'a>(&'a Gradients, ByWeight);

impl ModuleVisitor for OfGraph<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = param.val().grad(self.0) {
            let values = gradient.into_data().try_into_vec().unwrap();
            self.1.insert(format!("{}", param.id), values);
        }
    }
}

fn numbers(random: &mut StdRng, count: usize) -> Vec<f32> {
    (0..count).map(|_| random.random_range(-1.0..1.0)).collect()
}

fn largest<'a>(values: impl IntoIterator<Item = &'a f32>) -> f32 {
    let values = values.into_iter();
    values.fold(1e-2f32, |largest, x| largest.max(x.abs()))
}

/// Close by the measure of the largest of all that was computed along with these: small sums of large numbers are no more
/// exact than these.
fn assert_close(own: &[f32], plain: &[f32], largest: f32, what: &str) {
    assert_eq!(own.len(), plain.len(), "{what}");
    for (own, plain) in own.iter().zip(plain) {
        assert!(
            (own - plain).abs() <= 1e-5 * largest,
            "{what}: {own}, expected {plain}, of values up to {largest}"
        );
    }
}

/// Brings a batch of random numbers both ways and back.
fn check(network: &Network, rows: usize, seed: u64, what: &str) {
    let device = Device::flex().autodiff();
    let network = network.clone().train().fork(&device);
    let mut random = StdRng::seed_from_u64(seed);
    let inputs: Vec<TensorData> = network
        .config()
        .inputs()
        .iter()
        .map(|input| {
            let mut shape = vec![rows];
            shape.extend(input.shape().known().unwrap());
            TensorData::new(numbers(&mut random, shape.iter().product()), shape)
        })
        .collect();
    let signals = || -> Signals {
        let signal = |data: &TensorData| {
            let (shape, len) = (data.shape().to_vec(), data.num_elements());
            let flat = TensorData::new(data.try_to_vec::<f32>().unwrap(), [len]);
            let rows = AnyTensor::from(Tensor::<1>::from_data(flat, &device));
            Signal::from(rows.reshaped(&shape))
        };
        inputs.iter().map(signal).collect()
    };
    let mode = Mode::Training(Draws::new(seed, 3));

    let answers = network.call(signals(), mode).unwrap().outputs;
    let mut host = network.host_pass().unwrap();
    let outputs = host.forward(&network, signals(), mode).unwrap();
    let mut loss = Tensor::<1>::zeros([1], &device);
    let mut by_outputs = Vec::new();
    for (index, (answer, output)) in answers.iter().zip(&outputs).enumerate() {
        assert_eq!(answer.shape(), output.shape, "{what}");
        let plain: Vec<f32> = answer.values().clone().into_vec().unwrap();
        assert_close(
            &output.values,
            &plain,
            largest(&plain),
            &format!("{what}, output {index}"),
        );
        let by = numbers(&mut random, plain.len());
        let by = TensorData::new(by, [plain.len()]);
        let flat = answer.values().clone().reshaped(&[plain.len()]);
        let weights = Tensor::<1>::from_data(by.clone(), &device);
        loss = loss + (flat.into_rank::<1>().unwrap() * weights).sum();
        by_outputs.push(by);
    }
    let gradients = loss.backward();
    let mut plain = OfGraph(&gradients, ByWeight::new());
    network.visit(&mut plain);
    let mut own = Gathered(ByWeight::new());
    host.backward(&network, &by_outputs, &mut own);
    let most = largest(plain.1.values().flatten());
    for (id, plain) in &plain.1 {
        let own = own
            .0
            .get(id)
            .unwrap_or_else(|| panic!("{what}: no gradient of {id}"));
        assert_close(own, plain, most, &format!("{what}, gradient of {id}"));
    }
    for (id, own) in &own.0 {
        let is_zero = own.iter().all(|gradient| *gradient == 0.0);
        assert!(
            plain.1.contains_key(id) || is_zero,
            "{what}: a gradient of {id} too many"
        );
    }
}

const ACTIVATIONS: [Activation; 8] = [
    Activation::Linear,
    Activation::Relu,
    Activation::Sigmoid,
    Activation::Tanh,
    Activation::Silu,
    Activation::Softplus,
    Activation::LeakyRelu {
        negative_slope: 0.2,
    },
    Activation::Softmax,
];

fn one_of<T: Clone>(random: &mut impl Rng, choices: &[T]) -> T {
    choices[random.random_range(0..choices.len())].clone()
}

/// Some layer on a node of this many axes.
fn grown(random: &mut StdRng, node: &Node, rank: usize) -> Node {
    let activation = one_of(random, &ACTIVATIONS);
    match (rank, random.random_range(0..6)) {
        (3, 0..=2) => {
            let filters = random.random_range(1..6);
            let kernel = [random.random_range(1..4), random.random_range(1..4)];
            let strides = one_of(random, &[[1, 1], [2, 1], [2, 2]]);
            Conv2D::new(filters, kernel)
                .with_padding(Padding::Same)
                .with_strides(strides)
                .with_activation(activation)
                .on(node)
        }
        (3, 3) => MaxPooling2D::new([2, 2])
            .with_padding(Padding::Same)
            .on(node),
        (3, 4) => AveragePooling2D::new([2, 1])
            .with_padding(Padding::Same)
            .on(node),
        (2, 0..=1) => Conv1D::new(random.random_range(1..5), 2)
            .with_padding(Padding::Same)
            .with_activation(activation)
            .on(node),
        (2, 2) => MaxPooling1D::new(2).with_padding(Padding::Same).on(node),
        (2, 3) => AveragePooling1D::new(2)
            .with_padding(Padding::Same)
            .on(node),
        (_, 4) => Dropout::new(0.3).on(node),
        (_, 5) => ActivationLayer::new(activation).on(node),
        _ => Dense::new(random.random_range(1..9))
            .with_activation(activation)
            .on(node),
    }
}

/// A network of one to three inputs of any rank, branches, merges and up to two outputs.
fn random_network(seed: u64) -> Network {
    let random = &mut StdRng::seed_from_u64(seed);
    let mut inputs = Vec::new();
    let mut ends: Vec<Node> = Vec::new();
    for _ in 0..random.random_range(1..4) {
        let rank = random.random_range(1..4);
        let shape: Vec<usize> = (0..rank).map(|_| random.random_range(2..6)).collect();
        let start = input(shape);
        let mut node = start.clone();
        for _ in 0..random.random_range(0..4) {
            node = grown(random, &node, rank);
        }
        inputs.push(start);
        ends.push(Flatten::new().on(&node));
    }
    let width = random.random_range(2..6);
    let branches: Vec<Node> = ends
        .iter()
        .map(|end| {
            Dense::new(width)
                .with_activation(one_of(random, &ACTIVATIONS))
                .on(end)
        })
        .collect();
    let joined = match (branches.len(), random.random_range(0..4)) {
        (1, _) => {
            let other = Dense::new(width).on(&ends[0]);
            Add::new().on([&branches[0], &other])
        }
        (_, 0) => Add::new().on(&branches),
        (_, 1) => Average::new().on(&branches),
        (2, 2) => Subtract::new().on(&branches),
        _ => Concatenate::new().on(&branches),
    };
    let shared = Dense::new(4).with_activation(Activation::Tanh).shared();
    let once = shared.on(Dense::new(4).on(&joined));
    let twice = shared.on(&once);
    let mut outputs = vec![
        Dense::new(3)
            .with_activation(Activation::Softmax)
            .on(&twice),
    ];
    if random.random_range(0..2) == 0 {
        let deeper = Reshape::new([4, 1]).on(&once);
        outputs.push(Flatten::new().on(Dense::new(2).on(&deeper)));
    }
    Graph::new(inputs, outputs)
        .build(seed, &Device::flex())
        .unwrap()
}

#[test]
fn random_networks_and_their_gradients_are_those_of_automatic_differentiation() {
    for seed in 0..300 {
        let network = random_network(seed);
        let rows = [1, 2, 7, 33, 70][usize::try_from(seed % 5).unwrap()];
        let what = format!("network {seed} with {rows} rows: {:?}", network.config());
        check(&network, rows, seed, &what);
    }
}

#[test]
fn a_dropout_draws_the_same_numbers() {
    let start = input([2, 6]);
    let end = Dropout::new(0.3).on(Dense::new(6).on(&start));
    let network = Graph::new([start], [end])
        .build(1, &Device::flex())
        .unwrap();
    check(&network, 5, 1, "a dropout");
}

#[test]
fn merges_are_the_same() {
    let start = input([4]);
    let branches = [3, 3].map(|units| Dense::new(units).on(&start));
    let ends: [Node; 4] = [
        Add::new().on(&branches[..]),
        Average::new().on(&branches[..]),
        Subtract::new().on(&branches[..]),
        Concatenate::new().on(&branches[..]),
    ];
    let network = Graph::new([start], ends).build(1, &Device::flex()).unwrap();
    check(&network, 3, 1, "merges");
}

#[test]
fn what_happens_along_the_steps_of_a_sequence_is_the_same() {
    let start = input([5, 3]);
    let layers: [Node; 4] = [
        AveragePooling1D::new(2)
            .with_padding(Padding::Same)
            .on(&start),
        MaxPooling1D::new(2).with_padding(Padding::Same).on(&start),
        Dense::new(6).on(&start),
        Conv1D::new(2, 2).on(&start),
    ];
    let network = Graph::new([start], layers)
        .build(1, &Device::flex())
        .unwrap();
    check(&network, 3, 1, "sequences");
}
