//! What layers within a trained network give.

use burn::tensor::Tensor;
use firebrick_model::layers::{Add, BatchNormalization, Conv2D, Dense, Flatten, Layer, Padding};
use firebrick_model::{
    Activation, AnyTensor, Graph, Model, Network, SavedModel, Sequential, Signals, input,
    named_input, save_model,
};

use super::{device, rows, values};

fn encoder() -> Sequential {
    Sequential::new([4, 4, 1])
        .add(Conv2D::new(2, 3).with_padding(Padding::Same).named("edges"))
        .add(BatchNormalization::new())
        .add(Flatten::new())
        .add(
            Dense::new(5)
                .with_activation(Activation::Tanh)
                .named("code"),
        )
        .named("encoder")
}

/// A network in a network, after and before layers of its own.
fn network() -> Network {
    let image = named_input("image", [4, 4, 1]);
    let spare = named_input("spare", [3]);
    let first = Conv2D::new(1, 1).named("first").on(&image);
    let code = encoder().on(first);
    let last = Dense::new(3).named("last").on(&code);
    let both = Add::new().on([&last, &spare]);
    Graph::new([image, spare], [both])
        .build(3, &device())
        .unwrap()
}

fn image() -> AnyTensor {
    let numbers: Vec<f32> = (0..16).map(|place| (place as f32 * 0.7).sin()).collect();
    let numbers = Tensor::<1>::from_floats(numbers.as_slice(), &device());
    numbers.reshape([1, 4, 4, 1]).into()
}

#[test]
fn several_layers_give_what_they_give_within_the_whole() {
    let network = network();
    let features = network.with_outputs(["last", "encoder", "first"]).unwrap();
    assert_eq!(features.output_names(), ["last", "encoder", "first"]);
    // What nothing depends on is left out.
    assert_eq!(features.input_names(), ["image"]);
    let answers = features.predict_all(image().into()).unwrap();
    let spare = || rows([[0.25, -0.5, 1.0]]);
    let whole = network
        .predict_all([image().into(), spare()].into())
        .unwrap();
    let expected: Vec<f32> = values(&answers[0])
        .iter()
        .zip([0.25, -0.5, 1.0])
        .map(|(last, spare)| last + spare)
        .collect();
    assert_eq!(values(&whole[0]), expected);
    // By hand from one to the next.
    let kernel = network.weight("first/kernel").unwrap().into_values()[0];
    let first: Vec<f32> = values(&image().into())
        .iter()
        .map(|pixel| pixel * kernel)
        .collect();
    assert_eq!(values(&answers[2]), first);
}

#[test]
fn layers_of_a_network_within_are_found_by_their_paths() {
    let network = network();
    let features = network
        .with_outputs(["encoder/edges", "encoder/code", "last"])
        .unwrap();
    assert_eq!(
        features.output_names(),
        ["encoder/edges", "encoder/code", "last"]
    );
    let whole = network.with_outputs(["encoder", "last"]).unwrap();
    let expected = whole.predict_all(image().into()).unwrap();
    let answers = features.predict_all(image().into()).unwrap();
    assert_eq!(answers[0].shape(), [1, 4, 4, 2]);
    assert_eq!(values(&answers[1]), values(&expected[0]));
    assert_eq!(values(&answers[2]), values(&expected[1]));
    // The weights are under the same paths as before.
    assert_eq!(
        features.weight("encoder/edges/kernel").unwrap(),
        network.weight("encoder/edges/kernel").unwrap()
    );

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("features.bpk");
    save_model(&features, &path).unwrap();
    let loaded = SavedModel::read(&path)
        .unwrap()
        .into_network(&device())
        .unwrap();
    let again = loaded.predict_all(image().into()).unwrap();
    assert_eq!(values(&again[1]), values(&answers[1]));
}

#[test]
fn features_keep_their_weights_when_the_network_gets_others() {
    let mut network = network();
    let features = network.with_outputs(["encoder/code"]).unwrap();
    let before = values(&features.predict_all(image().into()).unwrap()[0]);
    let others = network.clone_model(9, &device()).unwrap();
    assert_eq!(others.config(), network.config());
    network.set_weights(others.get_weights().unwrap()).unwrap();
    let after = values(&features.predict_all(image().into()).unwrap()[0]);
    assert_eq!(before, after);
    let moved = network.with_outputs(["encoder/code"]).unwrap();
    assert_ne!(
        values(&moved.predict_all(image().into()).unwrap()[0]),
        before
    );
}

#[test]
fn a_layer_frozen_within_stays_frozen_in_features() {
    let network = network().freeze_layer("encoder").unwrap();
    let features = network.with_outputs(["encoder/code", "last"]).unwrap();
    assert_eq!(features.summary().num_trainable_params(), 2 + 5 * 3 + 3);
}

#[test]
fn one_call_of_a_shared_layer_is_meant_by_its_number() {
    let tower = Sequential::new([2])
        .add(Dense::new(2).named("hidden"))
        .add(Dense::new(1))
        .named("tower")
        .shared();
    let (a, b) = (named_input("a", [2]), named_input("b", [2]));
    let sum = Add::new().on([&tower.on(&a), &tower.on(&b)]);
    let network = Graph::new([a, b], [sum]).build(1, &device()).unwrap();
    let error = network
        .with_outputs(["tower/hidden"])
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "`tower/hidden` is asked for of layer `tower/hidden`, which is called 2 times, expected one of its calls; \
         name it, from `tower/hidden[0][0]` to `tower/hidden[1][0]`"
    );
    let inputs = || Signals::from([rows([[1.0, 2.0]]), rows([[3.0, 4.0]])]);
    let both = network
        .with_outputs(["tower/hidden[0][0]", "tower/hidden[1][0]", "add"])
        .unwrap();
    let answers = both.predict_all(inputs()).unwrap();
    assert_eq!(
        values(&answers[2]),
        values(&network.predict_all(inputs()).unwrap()[0])
    );
    // The second call alone needs the second input alone.
    let second = network.with_outputs(["tower/hidden[1][0]"]).unwrap();
    assert_eq!(second.input_names(), ["b"]);
    let answer = second.predict_all(rows([[3.0, 4.0]]).into()).unwrap();
    assert_eq!(values(&answer[0]), values(&answers[1]));
    let error = network
        .with_outputs(["tower[2][0]"])
        .unwrap_err()
        .to_string();
    assert!(error.contains("is called 2 times"), "{error}");
}

#[test]
fn a_name_that_no_layer_has_is_an_error_with_those_there_are() {
    let error = network()
        .with_outputs(["encoder/cod"])
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "the network has no layer `encoder/cod`; its layers are: first, encoder, encoder/edges, \
         encoder/batch_normalization, encoder/flatten, encoder/code, last, add"
    );
    let x = input([2]);
    let network = Graph::new([&x], [Dense::new(1).on(&x)]);
    let error = network
        .with_outputs(["dense:1"])
        .and_then(|part| part.output_shapes());
    let error = error.unwrap_err().to_string();
    assert!(error.contains("layer `dense` gives 1 output(s)"), "{error}");
}
