//! What makes a network, what it answers, and what it says to what does not fit.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use firebrick_scratch::{Activation, Layer, Network, Samples, ScratchError};
use ndarray::{Array1, Array2, array};

fn network(widths: &[usize]) -> Network<f32> {
    Network::new(widths, Activation::Sigmoid, 5).unwrap()
}

fn layer(inputs: usize, units: usize, biases: usize) -> Layer<f32> {
    Layer {
        weights: Array2::zeros((inputs, units)),
        bias: Array1::zeros(biases),
    }
}

fn message<V>(result: Result<V, ScratchError>) -> String {
    result.err().unwrap().to_string()
}

#[test]
fn weights_start_within_glorots_limit_and_biases_at_zero() {
    for layer in network(&[30, 20, 10]).layers() {
        let limit = (6.0 / layer.weights.shape().iter().sum::<usize>() as f32).sqrt();
        let largest = layer
            .weights
            .fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
        assert!(
            largest < limit && largest > 0.9 * limit,
            "{largest} of {limit}"
        );
        assert!(layer.bias.iter().all(|&bias| bias == 0.0));
    }
}

#[test]
fn a_seed_decides_the_weights() {
    let with_seed = |seed| Network::<f32>::new(&[6, 4, 2], Activation::Relu, seed).unwrap();
    assert_eq!(with_seed(1), with_seed(1));
    assert_ne!(with_seed(1), with_seed(2));
}

#[test]
fn parameters_are_counted_with_any_number_of_hidden_layers() {
    for (widths, expected) in [
        (&[784, 10][..], 7_850),
        (&[784, 128, 64, 10], 109_386),
        (&[2, 3, 4, 5, 6], 9 + 16 + 25 + 36),
    ] {
        let network = network(widths);
        assert_eq!(network.num_params(), expected, "{widths:?}");
        assert_eq!(network.layers().len(), widths.len() - 1);
        assert_eq!(
            (network.num_features(), network.num_classes()),
            (widths[0], widths[widths.len() - 1])
        );
    }
}

/// Computed by hand: z = (0, ln 3), a = (1/2, 3/4); z = (ln 4, 0), p = (4/5, 1/5).
#[test]
fn the_forward_pass_gives_the_numbers_of_a_calculation_by_hand() {
    let hidden = Layer {
        weights: array![[1.0, 2.0], [-1.0, 0.0]],
        bias: array![0.0, 3_f64.ln() - 2.0],
    };
    let last = Layer {
        weights: array![[0.0, 0.0], [4_f64.ln() / 0.75, 0.0]],
        bias: array![0.0, 0.0],
    };
    let network = Network::from_layers(vec![hidden, last], Activation::Sigmoid).unwrap();
    let p = network.forward(&array![[1.0, 1.0]]).unwrap();
    assert!(
        (p[[0, 0]] - 0.8).abs() < 1e-15 && (p[[0, 1]] - 0.2).abs() < 1e-15,
        "{p}"
    );
}

#[test]
fn extreme_inputs_give_probabilities_all_the_same() {
    for activation in [Activation::Sigmoid, Activation::Relu] {
        let network = Network::<f32>::new(&[3, 4, 3], activation, 1).unwrap();
        let p = network
            .forward(&array![[1e30, -1e30, 1e30], [-1e30, 0.0, 1e30]])
            .unwrap();
        for row in p.rows() {
            assert!((row.sum() - 1.0).abs() < 1e-6, "{activation:?}: {row}");
        }
    }
}

#[test]
fn widths_that_make_no_network_are_told_what_to_do() {
    let build = |widths: &[usize]| message(Network::<f32>::new(widths, Activation::Sigmoid, 0));
    for (widths, expected) in [
        (
            &[][..],
            "the widths of a network are [], expected inputs and classes at least; give e.g. [784, 10], or \
             [784, 128, 10] with a hidden layer",
        ),
        (
            &[784],
            "the widths of a network are [784], expected inputs and classes at least; give e.g. [784, 10], or \
             [784, 128, 10] with a hidden layer",
        ),
        (
            &[784, 0, 10],
            "the widths of a network are [784, 0, 10], expected at least 1 unit each; give the layer units or leave \
             it out",
        ),
        (
            &[784, 10, 1],
            "the widths of a network are [784, 10, 1], expected at least 2 classes; a softmax of one unit is always \
             1; for yes or no, take two classes",
        ),
        (
            &[100_000, 100_000, 2],
            "a network of widths [100000, 100000, 2] has more than 1073741824 weights, the most there may be; give \
             smaller widths",
        ),
    ] {
        assert_eq!(build(widths), expected);
    }
    assert!(build(&[usize::MAX, 2]).contains("smaller widths"));
    assert!(build(&[2, usize::MAX, usize::MAX]).contains("smaller widths"));
}

#[test]
fn layers_that_do_not_fit_one_another_are_named() {
    let join = |layers| message(Network::from_layers(layers, Activation::Sigmoid));
    assert!(join(vec![]).contains("expected inputs and classes at least"));
    assert_eq!(
        join(vec![layer(4, 3, 3), layer(5, 2, 2)]),
        "the weights of layer 1 must have the shape [3, 2], received [5, 2]; a layer takes as many inputs as the one \
         before has units"
    );
    assert_eq!(
        join(vec![layer(4, 3, 1), layer(3, 2, 2)]),
        "the bias of layer 0 must have the shape [3], received [1]; weights are [inputs, units], the bias is [units]"
    );
}

#[test]
fn arrays_of_other_shapes_are_errors_before_anything_is_learned() {
    let mut network = network(&[4, 3, 2]);
    let before = network.clone();
    let (x, targets) = (Array2::zeros((5, 4)), Array2::zeros((5, 2)));
    assert_eq!(
        message(network.forward(&Array2::zeros((5, 3)))),
        "the inputs must have the shape [5, 4], received [5, 3]; a sample is a row, with as many numbers as the \
         network has inputs"
    );
    assert_eq!(
        message(network.gradients(&x, &Array2::zeros((5, 3)))),
        "the targets must have the shape [5, 2], received [5, 3]; a class is a row with 1 at its place and 0 elsewhere"
    );
    assert!(message(network.train_batch(&x, &Array2::zeros((4, 2)), 1.0)).contains("[5, 2]"));
    assert_eq!(
        message(network.train_batch(&Array2::zeros((0, 4)), &Array2::zeros((0, 2)), 1.0)),
        "the batch must hold at least 1 sample, received 0; check where they come from"
    );
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300, 1e-300] {
        let error = message(network.train_batch(&x, &targets, rate));
        assert!(
            error.contains("expected a finite number above 0"),
            "{error}"
        );
    }
    assert_eq!(network, before);
}

#[test]
fn samples_that_do_not_fit_are_errors() {
    let rows = Array2::<f32>::zeros((3, 4));
    assert_eq!(
        message(Samples::new(&rows, [0_u8, 1], 2)),
        "expected a label for each of 3 samples, received 2; give one label a row"
    );
    assert_eq!(
        message(Samples::new(&rows, [0_u8, 1, 2], 2)),
        "the label of sample 2 is 2, expected one below the 2 classes; count classes from 0, or give more of them"
    );
    let bytes: [&[u8]; 2] = [&[1, 2], &[3]];
    assert_eq!(
        message(Samples::<f32>::from_bytes(bytes, [0_u8, 0], 2)),
        "sample 1 must have the shape [2], received [1]; all samples are as long as the first"
    );

    let network = network(&[4, 3]);
    let samples = Samples::new(&rows, [0_u8, 1, 1], 2).unwrap();
    assert_eq!(
        message(network.evaluate(&samples)),
        "features and classes of the samples must have the shape [4, 3], received [4, 2]; the first and the last \
         width of a network are those of its data"
    );
    let no_rows = Array2::zeros((0, 4));
    let none = Samples::new(&no_rows, [0_u8; 0], 3).unwrap();
    assert_eq!(
        message(network.evaluate(&none)),
        "the samples must hold at least 1 sample, received 0; check where they come from"
    );
}

#[test]
fn samples_are_answered_in_their_order_however_many_there_are() {
    let network = network(&[3, 4, 2]);
    // More than are judged at once.
    let pixels: Vec<u8> = (0..1203 * 3)
        .map(|place: u32| u8::try_from(place * 7 % 256).unwrap())
        .collect();
    let rows = || pixels.chunks(3);
    let samples = Samples::<f32>::from_bytes(rows(), vec![0_u8; 1203], 2).unwrap();
    let x = Array2::from_shape_fn((1203, 3), |(row, place)| {
        f32::from(pixels[row * 3 + place]) / 255.0
    });
    let expected = network.forward(&x).unwrap();
    let answers = network.predict(&samples).unwrap();
    assert_eq!(answers.len(), expected.len());
    for (answer, expected) in answers.iter().zip(&expected) {
        assert!((answer - expected).abs() < 1e-6);
    }
}
