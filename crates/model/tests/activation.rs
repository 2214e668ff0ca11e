//! Activations against Keras' own; see `data/make_activations.py`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor};
use firebrick_model::Activation;
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    inputs: Vec<f32>,
    values: BTreeMap<String, Vec<f32>>,
}

#[test]
fn every_activation_computes_what_keras_computes() {
    let golden: Golden = serde_json::from_str(include_str!("data/activations.json")).unwrap();
    for name in Activation::NAMES {
        assert!(
            golden.values.contains_key(name),
            "no golden values for `{name}`"
        );
    }
    for (name, expected) in golden.values {
        let activation: Activation = name.parse().unwrap();
        let inputs = Tensor::<1>::from_floats(&golden.inputs[..], &Device::flex());
        let outputs: Vec<f32> = activation.forward(inputs).into_data().iter().collect();
        for ((input, output), expected) in golden.inputs.iter().zip(outputs).zip(expected) {
            assert!(
                (output - expected).abs() <= 1e-6 + 1e-5 * expected.abs(),
                "{name}({input}) = {output} instead of {expected}"
            );
        }
    }
}

#[test]
fn names_are_read_as_they_are_written() {
    for name in Activation::NAMES {
        let activation: Activation = name.parse().unwrap();
        assert_eq!(activation.to_string(), name);
        assert_eq!(
            name.to_uppercase().parse::<Activation>().unwrap(),
            activation
        );
    }
}

#[test]
fn an_unknown_name_gives_the_nearest_and_all_known() {
    let error = "sigmiod".parse::<Activation>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "unknown activation `sigmiod`, did you mean `sigmoid`?; known activations: linear, \
         sigmoid, relu, tanh, gelu, silu, elu, selu, leaky_relu, softplus, softsign, mish, \
         softmax, log_softmax, exponential, hard_sigmoid, hard_silu, hard_tanh, relu6, celu, \
         log_sigmoid, soft_shrink, hard_shrink, sparse_plus, sparse_sigmoid, squareplus, \
         tanh_shrink"
    );
    let error = "banana".parse::<Activation>().unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("unknown activation `banana`; known")
    );
}
