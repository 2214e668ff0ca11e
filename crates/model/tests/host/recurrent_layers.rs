//! Layers that take one step after the other.

use burn::tensor::Device;
use firebrick_model::layers::{
    AnyLayer, Bidirectional, Dense, Dropout, Embedding, GRU, GRUCell, GlobalAveragePooling1D, LSTM,
    Layer, LayerNormalization, Masking, MergeMode, NewLayer, RNN, SimpleRNN, WithMask,
};
use firebrick_model::{Activation, Graph, Model, Network, Sequential, input};
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};

use super::check;
use super::each_layer::check_layer;

#[test]
fn a_memory_learns_the_same() {
    check_layer(&[4, 3], LSTM::new(2));
    check_layer(&[1, 3], LSTM::new(5).without_bias());
    check_layer(&[4, 3], LSTM::new(2).with_return_sequences());
    check_layer(&[4, 3], LSTM::new(3).with_go_backwards());
    check_layer(
        &[4, 3],
        LSTM::new(3).with_go_backwards().with_return_sequences(),
    );
}

#[test]
fn gated_units_learn_the_same() {
    for layer in [GRU::new(3), GRU::new(3).with_reset_before()] {
        check_layer(&[4, 3], layer.clone());
        check_layer(&[1, 2], layer.clone().without_bias());
        check_layer(&[4, 3], layer.clone().with_return_sequences());
        check_layer(&[5, 2], layer.with_go_backwards().with_return_sequences());
    }
}

#[test]
fn a_simple_recurrent_layer_learns_the_same_with_every_function_that_it_has_there() {
    for activation in [
        Activation::Tanh,
        Activation::Sigmoid,
        Activation::Relu,
        Activation::Linear,
    ] {
        let layer = SimpleRNN::new(3).with_activation(activation);
        check_layer(&[4, 3], layer.clone());
        check_layer(&[4, 3], layer.with_return_sequences().without_bias());
    }
}

#[test]
fn both_directions_learn_the_same() {
    for mode in [
        MergeMode::Concat,
        MergeMode::Sum,
        MergeMode::Average,
        MergeMode::Multiply,
    ] {
        check_layer(
            &[4, 3],
            Bidirectional::new(LSTM::new(2)).with_merge_mode(mode),
        );
        let sequences = GRU::new(3).with_return_sequences();
        check_layer(&[3, 2], Bidirectional::new(sequences).with_merge_mode(mode));
    }
    let unlike =
        Bidirectional::new(LSTM::new(2)).with_backward_layer(SimpleRNN::new(3).with_go_backwards());
    check_layer(&[4, 3], unlike);
}

#[test]
fn states_go_from_one_layer_to_the_next() {
    let (sequence, other) = (input([4, 3]), input([5, 2]));
    let first = LSTM::new(3).with_return_state();
    let read = first.on(Dense::new(3).on(&sequence));
    let states = [read.output(1), read.output(2)];
    let second = LSTM::new(3).with_return_sequences().with_return_state();
    let written = second.on([&other, &states[0], &states[1]]);
    let gated = GRU::new(3).on([&written.output(0), &written.output(2)]);
    let outputs = [read.output(0), written.output(0), written.output(1), gated];
    let network = Graph::new([sequence, other], outputs).build(3, &Device::flex());
    let network = network.unwrap();
    for rows in [3, 70] {
        check(&network, rows, 5, "states");
    }
}

/// Some recurrent layer that returns sequences or not.
fn random_layer(random: &mut impl Rng, sequences: bool) -> AnyLayer {
    let units = random.random_range(1..40);
    let backwards = random.random_range(0..3) == 0;
    macro_rules! finished {
        ($layer:expr) => {{
            let mut layer = $layer;
            if sequences {
                layer = layer.with_return_sequences();
            }
            if backwards {
                layer = layer.with_go_backwards();
            }
            if random.random_range(0..4) == 0 {
                layer = layer.without_bias();
            }
            if random.random_range(0..4) == 0 {
                layer = layer.with_zero_output_for_mask();
            }
            layer.into()
        }};
    }
    let layer: AnyLayer = match random.random_range(0..4) {
        0 => finished!(LSTM::new(units)),
        1 => finished!(GRU::new(units)),
        2 => finished!(GRU::new(units).with_reset_before()),
        _ => finished!(SimpleRNN::new(units)),
    };
    if random.random_range(0..4) == 0 {
        return Bidirectional::new(layer).into();
    }
    layer
}

/// One to three recurrent layers one after the other, perhaps with a mask from one of the inputs.
fn random_recurrent_network(seed: u64) -> Network {
    let random = &mut StdRng::seed_from_u64(seed);
    let steps = random.random_range(1..9);
    let sequence = input([steps, random.random_range(1..12)]);
    let mask = input([steps]);
    let is_masked = random.random_range(0..2) == 0;
    let mut node = sequence.clone();
    if random.random_range(0..2) == 0 {
        node = Dense::new(random.random_range(1..9)).on(&node);
    }
    if is_masked {
        // What is drawn is above 0 or below, and 0 below that.
        let counts = Dense::new(steps).with_activation(Activation::Relu);
        node = WithMask::new().on([&node, &counts.on(&mask)]);
    }
    for _ in 0..random.random_range(0..3) {
        node = NewLayer::from(random_layer(random, true)).on(&node);
        if random.random_range(0..3) == 0 {
            node = LayerNormalization::new().on(&node);
        }
    }
    node = NewLayer::from(random_layer(random, false)).on(&node);
    let inputs = if is_masked {
        vec![sequence, mask]
    } else {
        vec![sequence]
    };
    Graph::new(inputs, [Dense::new(3).on(&node)])
        .build(seed, &Device::flex())
        .unwrap()
}

#[test]
fn random_recurrent_networks_learn_the_same() {
    for seed in 0..120 {
        let network = random_recurrent_network(seed);
        let rows = [1, 2, 7, 33, 70][usize::try_from(seed % 5).unwrap()];
        let what = format!("network {seed} with {rows} rows: {:?}", network.config());
        check(&network, rows, seed, &what);
    }
}

#[test]
fn steps_that_do_not_count_are_left_out_by_whatever_says_so() {
    // Indices from 0 on, of which the fraction is cut off where they are not 0.
    let indices = Sequential::new([6])
        .add(Dense::new(6).with_activation(Activation::Relu))
        .add(Embedding::new(40, 3).with_mask_zero())
        .add(Dropout::new(0.3))
        .add(LSTM::new(4).with_return_sequences())
        .add(Bidirectional::new(GRU::new(2)))
        .add(Dense::new(2));
    check(
        &indices.build(3, &Device::flex()).unwrap(),
        5,
        1,
        "an embedding",
    );
    let zeros = Sequential::new([6, 2])
        .add(Dense::new(2).with_activation(Activation::Relu))
        .add(Masking::new())
        .add(SimpleRNN::new(4))
        .add(Dense::new(2));
    check(&zeros.build(3, &Device::flex()).unwrap(), 40, 2, "zeros");
}

/// What is in the way of a network, if anything is.
fn obstacle(network: &Sequential) -> Option<String> {
    let model = network.build(1, &Device::flex()).unwrap();
    model.host_pass().err().map(|reason| reason.to_string())
}

#[test]
fn what_has_no_form_is_named() {
    let start = || Sequential::new([4, 3]);
    let none = |class| Some(format!("layer {class} has no form for plain memory"));
    let gru = none("`gru` (GRU)");
    assert_eq!(obstacle(&start().add(GRU::new(2).with_stateful(3))), gru);
    assert_eq!(obstacle(&start().add(GRU::new(2).with_dropout(0.5))), gru);
    let soft = SimpleRNN::new(2).with_activation(Activation::Softplus);
    assert_eq!(
        obstacle(&start().add(soft)),
        none("`simple_rnn` (SimpleRNN)")
    );
    let cell = RNN::new(GRUCell::new(2));
    assert_eq!(obstacle(&start().add(cell)), none("`rnn` (RNN)"));
    let masked = || Sequential::new([4]).add(Embedding::new(9, 3).with_mask_zero());
    let has_mask = |layer| Some(format!("what leaves layer `{layer}` has a mask"));
    assert_eq!(
        obstacle(&masked().add(GlobalAveragePooling1D::new())),
        has_mask("embedding")
    );
    assert_eq!(
        obstacle(&masked().add(LSTM::new(2).with_return_sequences())),
        has_mask("lstm")
    );
    assert_eq!(obstacle(&masked().add(LSTM::new(2))), None);
}
