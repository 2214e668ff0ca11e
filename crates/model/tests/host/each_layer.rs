//! Layers one by one.

use burn::tensor::Device;
use firebrick_model::layers::{
    Activation as ActivationLayer, Add, AlphaDropout, Average, AveragePooling1D, Concatenate,
    Conv1D, Cropping1D, Cropping2D, Cropping3D, Dense, Dot, Dropout, ELU, GaussianDropout,
    GaussianNoise, Layer, LayerNormalization, LeakyReLU, MaxPooling1D, MaxPooling2D, Maximum,
    Minimum, Multiply, Padding, Permute, ReLU, RepeatVector, Rescaling, Softmax, SpatialDropout1D,
    SpatialDropout2D, SpatialDropout3D, Subtract, TimeDistributed, UpSampling1D, UpSampling2D,
    UpSampling3D, ZeroPadding1D, ZeroPadding2D, ZeroPadding3D,
};
use firebrick_model::{Activation, Graph, Network, Node, input};

use super::check;

/// A layer between two others.
pub(super) fn around<L: Layer>(shape: &[usize], layer: L) -> Network {
    let start = input(shape.to_vec());
    let before = Dense::new(shape[shape.len() - 1]).on(&start);
    let end = Dense::new(2).on(layer.on(&before));
    Graph::new([start], [end])
        .build(3, &Device::flex())
        .unwrap()
}

/// Checks one there, with rows of one piece and of several.
pub(super) fn check_layer<L: Layer>(shape: &[usize], layer: L) {
    let network = around(shape, layer);
    for rows in [3, 70] {
        check(&network, rows, 5, &format!("{:?}", network.config()));
    }
}

#[test]
fn every_activation_is_the_same() {
    let mut activations: Vec<Activation> = Activation::NAMES
        .into_iter()
        .map(|name| name.parse().unwrap())
        .collect();
    activations.extend([
        Activation::BentRelu {
            max_value: Some(0.5),
            negative_slope: 0.1,
            threshold: 0.2,
        },
        Activation::BentRelu {
            max_value: None,
            negative_slope: 0.1,
            threshold: 0.0,
        },
        Activation::Threshold {
            threshold: 0.1,
            default_value: -0.3,
        },
    ]);
    for activation in activations {
        check_layer(&[2, 6], ActivationLayer::new(activation));
    }
}

#[test]
fn functions_of_single_values_are_the_same() {
    check_layer(&[2, 6], ELU::new().with_alpha(0.5));
    check_layer(&[2, 6], LeakyReLU::new());
    check_layer(&[2, 6], ReLU::new().with_max_value(0.4));
    check_layer(&[2, 6], Rescaling::new(0.5).with_offset(-1.0));
    check_layer(&[2, 3, 4], Softmax::new().with_axis(2));
    check_layer(&[2, 3, 4], Softmax::new().with_axis([1, 3]));
}

#[test]
fn what_is_drawn_is_the_same() {
    check_layer(&[2, 6], GaussianNoise::new(0.3));
    check_layer(&[2, 6], GaussianDropout::new(0.3).with_seed(9));
    check_layer(&[2, 6], AlphaDropout::new(0.3));
    check_layer(
        &[2, 6],
        Dropout::new(0.3).with_noise_shape([None, Some(1), None]),
    );
    check_layer(
        &[2, 6],
        Dropout::new(0.3).with_noise_shape([Some(1), None, Some(1)]),
    );
    check_layer(
        &[2, 6],
        AlphaDropout::new(0.3).with_noise_shape([None, Some(1), None]),
    );
    check_layer(&[2, 6], SpatialDropout1D::new(0.3));
    check_layer(&[2, 3, 6], SpatialDropout2D::new(0.3));
    check_layer(&[2, 3, 2, 6], SpatialDropout3D::new(0.3));
}

#[test]
fn values_move_to_the_same_places() {
    check_layer(&[2, 3], Permute::new([2, 1]));
    check_layer(&[2, 3, 4], Permute::new([3, 1, 2]));
    check_layer(&[4], RepeatVector::new(3));
    check_layer(&[5, 2], Cropping1D::new(1));
    check_layer(&[5, 4, 2], Cropping2D::new([[1, 2], [0, 1]]));
    check_layer(&[3, 4, 3, 2], Cropping3D::new(1));
    check_layer(&[5, 2], ZeroPadding1D::new([[1, 2]]));
    check_layer(&[2, 3, 2], ZeroPadding2D::new([[1, 2], [0, 1]]));
    check_layer(&[2, 3, 1, 2], ZeroPadding3D::new(1));
    check_layer(&[3, 2], UpSampling1D::new(2));
    check_layer(&[2, 3, 2], UpSampling2D::new([2, 3]));
    check_layer(&[2, 1, 3, 2], UpSampling3D::new(2));
}

#[test]
fn every_step_is_a_sample_of_a_layer() {
    check_layer(&[3, 4], TimeDistributed::new(Dense::new(2)));
    check_layer(
        &[3, 4, 2],
        TimeDistributed::new(Conv1D::new(3, 2).with_activation(Activation::Relu)),
    );
    check_layer(&[2, 4, 3, 2], TimeDistributed::new(MaxPooling2D::new(2)));
    check_layer(&[3, 4], TimeDistributed::new(LayerNormalization::new()));
}

/// Checks what joins layers of these units on inputs of these shapes.
fn check_joined(shapes: [&[usize]; 2], join: impl Fn([&Node; 2]) -> Node) {
    let starts = shapes.map(|shape| input(shape.to_vec()));
    let last = |shape: &[usize]| shape[shape.len() - 1];
    let [one, other] = [0, 1].map(|index| Dense::new(last(shapes[index])).on(&starts[index]));
    let end = join([&one, &other]);
    let network = Graph::new(starts, [end]).build(1, &Device::flex()).unwrap();
    for rows in [3, 70] {
        check(&network, rows, 1, &format!("{:?}", network.config()));
    }
}

#[test]
fn an_input_is_stretched_to_meet_the_other() {
    let shapes: [[&[usize]; 2]; 3] = [
        [&[3, 2, 4], &[1, 1, 4]],
        [&[3, 4], &[4]],
        [&[3, 1, 2], &[4, 1]],
    ];
    for shapes in shapes {
        check_joined(shapes, |nodes| Multiply::new().on(nodes));
        check_joined(shapes, |nodes| Add::new().on(nodes));
        check_joined(shapes, |nodes| Maximum::new().on(nodes));
    }
}

#[test]
fn products_of_vectors_are_the_same() {
    check_joined([&[4], &[4]], |nodes| Dot::new(1).on(nodes));
    check_joined([&[4], &[4]], |nodes| Dot::new(1).normalized().on(nodes));
    check_joined([&[3, 4], &[5, 4]], |nodes| Dot::new(2).on(nodes));
    check_joined([&[3, 4], &[3, 5]], |nodes| {
        Dot::new(1).normalized().on(nodes)
    });
    check_joined([&[3, 4], &[3]], |nodes| Dot::new([1, 1]).on(nodes));
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
    let ends: [Node; 7] = [
        Add::new().on(&branches[..]),
        Average::new().on(&branches[..]),
        Subtract::new().on(&branches[..]),
        Concatenate::new().on(&branches[..]),
        Multiply::new().on(&branches[..]),
        Maximum::new().on(&branches[..]),
        Minimum::new().on(&branches[..]),
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
