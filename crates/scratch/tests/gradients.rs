//! The gradients of backpropagation against differences of the loss itself, in double precision.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use firebrick_scratch::{Activation, Layer, Network};
use ndarray::{Array1, Array2, Axis};

/// No, one, two and three hidden layers.
const SHAPES: [&[usize]; 4] = [&[4, 3], &[4, 5, 3], &[3, 6, 4, 2], &[4, 5, 6, 5, 3]];

/// A number from -1 to 1 for each place, the same in every run.
fn noise(row: usize, column: usize) -> f64 {
    let phase = 12.9898 * (row as f64 + 1.0) + 78.233 * (column as f64 + 1.0);
    2.0 * (phase.sin() * 43_758.547).fract().abs() - 1.0
}

/// A network whose biases are not zero either.
fn network(widths: &[usize], activation: Activation, seed: u64) -> Network<f64> {
    let mut layers = Network::new(widths, activation, seed)
        .unwrap()
        .layers()
        .to_vec();
    for (l, layer) in layers.iter_mut().enumerate() {
        layer.bias = Array1::from_shape_fn(layer.bias.len(), |unit| 0.5 * noise(unit + 50, l));
    }
    Network::from_layers(layers, activation).unwrap()
}

/// Seven samples with one-hot targets.
fn batch(widths: &[usize]) -> (Array2<f64>, Array2<f64>) {
    let (features, classes) = (widths[0], widths[widths.len() - 1]);
    let x = Array2::from_shape_fn((7, features), |(row, column)| noise(row, column));
    let one_hot = |(row, class)| f64::from(u8::from(row % classes == class));
    (x, Array2::from_shape_fn((7, classes), one_hot))
}

/// How far from 0, where `ReLU` has its kink, the hidden layers stay.
fn distance_from_kink(network: &Network<f64>, x: &Array2<f64>) -> f64 {
    let (mut a, mut distance) = (x.clone(), f64::INFINITY);
    for layer in &network.layers()[..network.layers().len() - 1] {
        let z = a.dot(&layer.weights) + &layer.bias;
        distance = z.fold(distance, |distance, z| distance.min(z.abs()));
        a = z.mapv(|z| z.max(0.0));
    }
    distance
}

/// The weight or bias of a number, counted through all layers.
fn parameter(layers: &mut [Layer<f64>], index: usize) -> &mut f64 {
    let params = layers
        .iter_mut()
        .flat_map(|layer| layer.weights.iter_mut().chain(&mut layer.bias));
    params.into_iter().nth(index).unwrap()
}

fn loss_with(
    network: &Network<f64>,
    index: usize,
    change: f64,
    batch: &(Array2<f64>, Array2<f64>),
) -> f64 {
    let mut layers = network.layers().to_vec();
    *parameter(&mut layers, index) += change;
    let changed = Network::from_layers(layers, network.activation()).unwrap();
    changed.gradients(&batch.0, &batch.1).unwrap().figures.loss
}

/// Compares every parameter; gives how many gradients are not zero.
fn check_every_parameter(
    network: &Network<f64>,
    batch: &(Array2<f64>, Array2<f64>),
    context: &str,
) -> usize {
    /// Central differences of the fourth order are off by about `STEP`⁴ and by 1e-16 / `STEP`.
    const STEP: f64 = 1e-3;
    let gradients = network.gradients(&batch.0, &batch.1).unwrap();
    let analytic: Vec<f64> = gradients
        .layers
        .iter()
        .flat_map(|layer| layer.weights.iter().chain(&layer.bias).copied())
        .collect();
    assert_eq!(analytic.len(), network.num_params());
    for (index, &analytic) in analytic.iter().enumerate() {
        let difference = |steps: f64| {
            loss_with(network, index, steps * STEP, batch)
                - loss_with(network, index, -steps * STEP, batch)
        };
        let numeric = (8.0 * difference(1.0) - difference(2.0)) / (12.0 * STEP);
        let error =
            (analytic - numeric).abs() / analytic.abs().max(numeric.abs()).max(f64::MIN_POSITIVE);
        assert!(
            error < 1e-6,
            "{context}, parameter {index}: {analytic:e} instead of {numeric:e}"
        );
    }
    analytic.iter().filter(|analytic| **analytic != 0.0).count()
}

#[test]
fn every_gradient_of_a_sigmoid_network_is_the_slope_of_its_loss() {
    for widths in SHAPES {
        let network = network(widths, Activation::Sigmoid, 3);
        let num_used = check_every_parameter(&network, &batch(widths), &format!("{widths:?}"));
        assert_eq!(num_used, network.num_params(), "{widths:?}");
    }
}

#[test]
fn every_gradient_of_a_relu_network_is_the_slope_of_its_loss() {
    for widths in SHAPES {
        let batch = batch(widths);
        // Steps of 2e-3 in a weight move no z by more than a few of them.
        let network = (0..500)
            .map(|seed| network(widths, Activation::Relu, seed))
            .find(|network| distance_from_kink(network, &batch.0) > 0.01)
            .unwrap();
        let num_used = check_every_parameter(&network, &batch, &format!("{widths:?}"));
        // Some units are off for all samples; most are not.
        assert!(
            2 * num_used > network.num_params(),
            "{widths:?}: {num_used}"
        );
    }
}

#[test]
fn soft_targets_have_their_slope_too() {
    let widths = &[4, 5, 3];
    let (x, _) = batch(widths);
    let targets = Array2::from_shape_fn((7, 3), |(row, class)| noise(class, row));
    let network = network(widths, Activation::Sigmoid, 8);
    check_every_parameter(&network, &(x, targets), "soft targets");
}

/// Where all classes are equally probable, the softmax weakens the squared error to `2 / classes²` of the cross-entropy,
/// whose derivative is `p - targets`.
#[test]
fn at_the_start_the_squared_error_learns_as_cross_entropy_at_a_fiftieth_of_the_rate() {
    let (x, targets) = batch(&[4, 10]);
    let zeros = Layer {
        weights: Array2::zeros((4, 10)),
        bias: Array1::zeros(10),
    };
    let network = Network::from_layers(vec![zeros], Activation::Sigmoid).unwrap();
    let gradients = network.gradients(&x, &targets).unwrap();
    let cross_entropy = targets
        .mapv(|target| 0.1 - target)
        .mean_axis(Axis(0))
        .unwrap();
    let difference = &gradients.layers[0].bias - &(cross_entropy / 50.0);
    assert!(
        difference.iter().all(|difference| difference.abs() < 1e-16),
        "{difference}"
    );
}
