//! Networks over plain memory against the same networks by automatic differentiation.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

#[path = "host/each_layer.rs"]
mod each_layer;
#[path = "host/normalizations.rs"]
mod normalizations;
#[path = "host/random_networks.rs"]
mod random_networks;
#[path = "host/recurrent_layers.rs"]
mod recurrent_layers;
#[path = "host/window_layers.rs"]
mod window_layers;

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::tensor::{Device, Gradients, Tensor, TensorData};
use firebrick_model::{AnyTensor, Draws, GradientSink, Mode, Model, Network, Signal, Signals};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use random_networks::random_network;

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

struct Values(ByWeight);

impl ModuleVisitor for Values {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let values = param.val().into_data().try_into_vec().unwrap();
        self.0.insert(format!("{}", param.id), values);
    }
}

/// All weights, those that follow the batches with them.
fn values(network: &Network) -> ByWeight {
    let mut values = Values(ByWeight::new());
    network.visit(&mut values);
    values.0
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

/// Brings a batch of random numbers both ways and back, in training.
fn check(network: &Network, rows: usize, seed: u64, what: &str) {
    check_in(
        Mode::Training(Draws::new(seed, 3)),
        network,
        (rows, seed),
        what,
    );
}

/// The same in this mode.
fn check_in(mode: Mode, network: &Network, (rows, seed): (usize, u64), what: &str) {
    let device = Device::flex().autodiff();
    // Each of them has moving statistics of its own.
    let [network, other] = [(); 2].map(|()| network.clone().train().fork(&device));
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
    let answers = network.call(signals(), mode).unwrap().outputs;
    let mut host = other.host_pass().unwrap();
    let outputs = host.forward(&other, signals(), mode).unwrap();
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
    let weights = [&network, &other].map(values);
    for (id, plain) in &weights[0] {
        let what = format!("{what}, weight {id} after the batch");
        assert_close(&weights[1][id], plain, largest(plain), &what);
    }
    let gradients = loss.backward();
    let mut plain = OfGraph(&gradients, ByWeight::new());
    network.visit(&mut plain);
    let mut own = Gathered(ByWeight::new());
    host.backward(&other, &by_outputs, &mut own);
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

#[test]
fn random_networks_and_their_gradients_are_those_of_automatic_differentiation() {
    for seed in 0..300 {
        let network = random_network(seed);
        let rows = [1, 2, 7, 33, 70][usize::try_from(seed % 5).unwrap()];
        let what = format!("network {seed} with {rows} rows: {:?}", network.config());
        check(&network, rows, seed, &what);
    }
}
