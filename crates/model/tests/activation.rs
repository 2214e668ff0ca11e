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
        assert_eq!(outputs.len(), expected.len(), "{name}");
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
         sigmoid, relu, tanh, gelu, gelu_approximate, glu, silu, elu, selu, leaky_relu, softplus, \
         softsign, mish, softmax, log_softmax, sparsemax, exponential, hard_sigmoid, hard_silu, hard_tanh, relu6, celu, \
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

#[test]
fn a_threshold_is_read_and_written_with_its_numbers() {
    let activation: Activation = "threshold( 0.5,-1e-3 )".parse().unwrap();
    assert_eq!(
        activation,
        Activation::Threshold {
            threshold: 0.5,
            default_value: -0.001
        }
    );
    assert_eq!(activation.to_string(), "threshold(0.5, -0.001)");
    assert_eq!(
        activation.to_string().parse::<Activation>().unwrap(),
        activation
    );
    for text in [
        "threshold",
        "threshold()",
        "threshold(1)",
        "threshold(1, nan)",
        "threshold(1, 2",
    ] {
        let error = text.parse::<Activation>().unwrap_err().to_string();
        let expected = format!("as in `threshold(0.5, -1)` for 0.5 and -1, received `{text}`");
        assert!(error.contains(&expected), "{error}");
    }
}

#[test]
fn the_gradient_of_a_sparsemax_flows_through_what_it_keeps() {
    let device = Device::flex().autodiff();
    let x = Tensor::<2>::from_floats([[0.5, 0.1, -2.0], [1.0, 1.0, 1.0]], &device).require_grad();
    let y = Activation::Sparsemax.forward(x.clone());
    let outputs: Vec<f32> = y.clone().into_data().iter().collect();
    let thirds = [1.0 / 3.0; 3];
    for (output, expected) in outputs
        .iter()
        .zip([0.7, 0.3, 0.0].into_iter().chain(thirds))
    {
        assert!((output - expected).abs() < 1e-6, "{outputs:?}");
    }
    // With a support of k, the derivative is 1 - 1/k on the diagonal and -1/k beside it.
    let first_column = y.slice([0..2, 0..1]);
    let gradients = first_column.sum().backward();
    let gradient: Vec<f32> = x.grad(&gradients).unwrap().into_data().iter().collect();
    let expected = [0.5, -0.5, 0.0, 2.0 / 3.0, -1.0 / 3.0, -1.0 / 3.0];
    for (gradient, expected) in gradient.iter().zip(expected) {
        assert!((gradient - expected).abs() < 1e-6, "{gradient}");
    }
}

#[test]
fn an_mlp_refuses_an_activation_that_halves_its_widths() {
    let config = firebrick_model::MlpConfig::new(4, 2)
        .with_hidden([6])
        .with_activation(Activation::Glu);
    let error = config.validate().unwrap_err().to_string();
    assert!(
        error.contains("is `glu`, which halves the width"),
        "{error}"
    );
}
