//! Networks of any layers, branches and merges.

use burn::tensor::Device;
use firebrick_model::layers::{
    Activation as ActivationLayer, Add, AlphaDropout, Average, AveragePooling1D, AveragePooling2D,
    BatchNormalization, Concatenate, Conv1D, Conv2D, Conv2DTranspose, Dense, DepthwiseConv1D,
    DepthwiseConv2D, Dot, Dropout, ELU, Flatten, GaussianDropout, GaussianNoise,
    GroupNormalization, LSTM, Layer, LayerNormalization, LeakyReLU, MaxPooling1D, MaxPooling2D,
    Maximum, Multiply, PReLU, Padding, RMSNormalization, ReLU, Rescaling, Reshape, SeparableConv1D,
    SeparableConv2D, Softmax, Subtract, TimeDistributed, UnitNormalization, UpSampling1D,
    ZeroPadding2D,
};
use firebrick_model::{Activation, Graph, Initializer, Network, Node, input};
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};

fn one_of<T: Clone>(random: &mut impl Rng, choices: &[T]) -> T {
    choices[random.random_range(0..choices.len())].clone()
}

/// One that keeps shapes and sizes of numbers.
fn any_activation(random: &mut StdRng) -> Activation {
    let names = Activation::NAMES.into_iter();
    let names = names.filter(|name| !["glu", "exponential"].contains(name));
    let names: Vec<&str> = names.collect();
    one_of(random, &names).parse().unwrap()
}

/// Some layer on a node of this many axes.
fn grown(random: &mut StdRng, node: &Node, rank: usize) -> Node {
    let activation = any_activation(random);
    match random.random_range(0..4) {
        0 => return grown_by_any(random, node, rank),
        1 => return grown_by_windows(random, node, rank),
        _ => {}
    }
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

const QUARTER: Initializer = Initializer::Constant { value: 0.25 };

/// Some layer of images or sequences that keeps their number of axes.
fn grown_by_windows(random: &mut StdRng, node: &Node, rank: usize) -> Node {
    let activation = any_activation(random);
    match (rank, random.random_range(0..5)) {
        (3, 0) => DepthwiseConv2D::new([2, 3])
            .with_padding(Padding::Same)
            .with_activation(activation)
            .on(node),
        (3, 1) => SeparableConv2D::new(3, 2)
            .with_padding(Padding::Same)
            .on(node),
        (3, 2) => {
            let four = Dense::new(4).on(node);
            Conv2D::new(2, 2)
                .with_groups(2)
                .with_padding(Padding::Same)
                .on(&four)
        }
        (3, 3) => Conv2DTranspose::new(2, 2)
            .with_activation(activation)
            .on(node),
        (3, _) => ZeroPadding2D::new([[0, 1], [1, 0]]).on(node),
        (2, 0) => DepthwiseConv1D::new(2)
            .with_padding(Padding::Same)
            .with_depth_multiplier(2)
            .on(node),
        (2, 1) => SeparableConv1D::new(3, 2)
            .with_padding(Padding::Same)
            .on(node),
        (2, 2) => LSTM::new(3).with_return_sequences().on(node),
        (2, 3) => TimeDistributed::new(Dense::new(3)).on(node),
        (2, _) => UpSampling1D::new(2).on(node),
        _ => Rescaling::new(2.0).on(node),
    }
}

/// Some layer that takes samples of any shape and keeps it.
fn grown_by_any(random: &mut StdRng, node: &Node, rank: usize) -> Node {
    let axis = i64::from(random.random_range(1..=i32::try_from(rank).unwrap()));
    match random.random_range(0..14) {
        0 => ELU::new().on(node),
        1 => LeakyReLU::new().on(node),
        2 => ReLU::new()
            .with_negative_slope(0.1)
            .with_threshold(0.2)
            .on(node),
        3 => Rescaling::new(0.7).with_offset(0.1).on(node),
        4 => GaussianNoise::new(0.2).on(node),
        5 => GaussianDropout::new(0.2).on(node),
        6 => AlphaDropout::new(0.2).on(node),
        7 => Softmax::new().with_axis(axis).on(node),
        8 => LayerNormalization::new().with_axis(axis).on(node),
        9 => RMSNormalization::new().with_axis(axis).on(node),
        10 => UnitNormalization::new().with_axis(axis).on(node),
        11 => PReLU::new().with_alpha_initializer(QUARTER).on(node),
        // Of few rows, what is left of a channel is mostly rounding.
        12 => BatchNormalization::new()
            .with_axis(axis)
            .with_epsilon(0.5)
            .on(node),
        _ => GroupNormalization::new()
            .by_channel()
            .with_axis(axis)
            .with_epsilon(0.5)
            .on(node),
    }
}

/// A network of one to three inputs of any rank, branches, merges and up to two outputs.
pub(super) fn random_network(seed: u64) -> Network {
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
                .with_activation(any_activation(random))
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
        (_, 2) if branches.len() > 2 => Multiply::new().on(&branches),
        (_, 3) if seed.is_multiple_of(2) => Maximum::new().on(&branches),
        (2, 3) => Dot::new(1).on(&branches),
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
