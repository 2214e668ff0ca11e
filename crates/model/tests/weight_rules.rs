//! Initializers, regularizers and constraints of layers; see `data/make_weight_rules.py`.
//!
//! `FIREBRICK_GOLDEN` may name a folder with a `utils_and_errors.json`, whose regularizers and
//! constraints have the form of `cases` here.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::path::PathBuf;

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};
use firebrick_model::layers::{
    AnyLayer, BatchNormalization, Conv1D, Conv2D, Dense, Embedding, LayerNormalization, PReLU,
};
use firebrick_model::{
    Axes, Constraint, Initializer, Model, Network, Regularizer, Sequential, WeightValue,
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Value>,
    #[serde(default)]
    networks: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    input_shape: Vec<usize>,
    layers: Vec<AnyLayer>,
    frozen: Vec<String>,
    weights: Vec<Value>,
    penalty: Option<f32>,
    constrained: Vec<Value>,
}

fn golden(local: bool) -> Golden {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/weight_rules.json");
    let path = match std::env::var_os("FIREBRICK_GOLDEN") {
        Some(folder) if !local => PathBuf::from(folder).join("utils_and_errors.json"),
        _ => beside,
    };
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The numbers of nested lists.
fn numbers(value: &Value) -> Vec<f32> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        number => vec![serde_json::from_value(number.clone()).unwrap()],
    }
}

fn matrix(value: &Value) -> Tensor<2> {
    let rows = value.as_array().unwrap().len();
    let numbers = numbers(value);
    let columns = numbers.len() / rows;
    Tensor::from_data(TensorData::new(numbers, [rows, columns]), &Device::flex())
}

fn assert_close(what: &str, received: &[f32], expected: &[f32]) {
    assert_eq!(received.len(), expected.len(), "{what}");
    for (received, expected) in received.iter().zip(expected) {
        let difference = (received - expected).abs();
        assert!(
            difference <= 1e-5 + 1e-4 * expected.abs(),
            "{what}: {received} instead of {expected}"
        );
    }
}

fn values(model: &Network) -> Vec<Vec<f32>> {
    let weights = model.get_weights().unwrap();
    weights.into_iter().map(WeightValue::into_values).collect()
}

/// The rule of a case by the name that the file gives it.
fn rule<R: for<'de> Deserialize<'de>>(name: &str) -> Option<R> {
    let rule = match name {
        "L1(0.01)" => json!("l1"),
        "L2(0.01)" => json!({"class_name": "L2", "config": {"l2": 0.01}}),
        "L1L2(0.1,0.2)" => json!({"class_name": "L1L2", "config": {"l1": 0.1, "l2": 0.2}}),
        "OrthogonalRegularizer" => json!("orthogonal_regularizer"),
        "OrthogonalRegularizer(0.5,columns)" => {
            json!({"class_name": "OrthogonalRegularizer", "config": {"factor": 0.5, "mode": "columns"}})
        }
        "get('l1l2')" => json!("l1l2"),
        "get('l2')" => json!("l2"),
        "MaxNorm(2)" => json!("MaxNorm"),
        "NonNeg" => json!({"class_name": "NonNeg", "config": {}}),
        "UnitNorm" => json!("unit_norm"),
        "MinMaxNorm(0.5,1,rate=.5)" => {
            json!({"class_name": "MinMaxNorm", "config": {"min_value": 0.5, "rate": 0.5}})
        }
        _ => return None,
    };
    Some(serde_json::from_value(rule).unwrap())
}

#[test]
fn regularizers_and_constraints_compute_what_keras_computes() {
    let (mut passed, mut not_built) = (0, Vec::new());
    for case in golden(false).cases {
        let name = case["name"].as_str().unwrap();
        let received = if let Some(name) = name.strip_prefix("regularizer ") {
            rule::<Regularizer>(name).map(|rule| rule.penalty(matrix(&case["in"])).into_data())
        } else if let Some(name) = name.strip_prefix("constraint ") {
            rule::<Constraint>(name)
                .map(|rule| rule.project(matrix(&case["in"])).unwrap().into_data())
        } else {
            continue;
        };
        let Some(received) = received else {
            not_built.push(name.to_owned());
            continue;
        };
        let received: Vec<f32> = received.iter().collect();
        assert_close(name, &received, &numbers(&case["out"]));
        passed += 1;
    }
    println!("{passed} rules agree with Keras; not built: {not_built:?}");
    assert!(passed > 0, "no case was checked");
    if std::env::var_os("FIREBRICK_GOLDEN").is_none() {
        assert_eq!((passed, not_built.len()), (11, 0));
    }
}

fn build(network: &Case, device: &Device) -> Network {
    let mut described =
        Sequential::from_layers(network.input_shape.clone(), network.layers.clone());
    for layer in &network.frozen {
        described = described.freeze_layer(layer.as_str()).unwrap();
    }
    let weights = network.weights.iter().map(numbers);
    described.build_with_weights(weights, device).unwrap()
}

#[test]
fn penalties_and_projections_of_networks_are_those_of_keras() {
    let golden = golden(true);
    assert_eq!(golden.networks.len(), 20);
    for network in golden.networks {
        let model = build(&network, &Device::flex());
        for model in [model.clone(), model.train()] {
            let penalty = model.penalty().map(|sum| sum.into_data().iter().collect());
            let penalty: Vec<f32> = penalty.unwrap_or_default();
            let expected: Vec<f32> = network.penalty.into_iter().collect();
            assert_close(&network.name, &penalty, &expected);
            let constrained = values(&model.constrained());
            for (ours, keras) in constrained.iter().zip(&network.constrained) {
                assert_close(&network.name, ours, &numbers(keras));
            }
        }
    }
}

#[test]
fn training_goes_on_after_a_projection_and_the_penalty_has_a_gradient() {
    let device = Device::flex().autodiff();
    let dense = Dense::new(2)
        .with_kernel_regularizer(Regularizer::L2 { l2: 0.5 })
        .with_kernel_constraint(Constraint::NonNeg);
    let network = Sequential::new([2]).add(dense);
    let model = network
        .build_with_weights([vec![1.0, -2.0, 3.0, -4.0], vec![0.0; 2]], &device)
        .unwrap();
    let ids = |model: &Network| burn::module::list_param_ids(model);
    let projected = model.clone().constrained();
    assert_eq!(ids(&projected), ids(&model));
    assert_eq!(values(&projected)[0], [1.0, 0.0, 3.0, 0.0]);
    for (model, expected) in [
        (model, [1.0, -2.0, 3.0, -4.0]),
        (projected, [1.0, 0.0, 3.0, 0.0]),
    ] {
        // The penalty's gradient is 2 · 0.5 · w.
        let gradients = model.penalty().unwrap().backward();
        let found = burn::optim::GradientsParams::from_grads(gradients, &model);
        assert_eq!(found.len(), 1);
        let gradient: Vec<f32> = found
            .get::<2>(ids(&model)[0])
            .unwrap()
            .into_data()
            .iter()
            .collect();
        assert_eq!(gradient, expected);
    }
}

#[test]
fn a_layer_takes_keras_arguments_for_its_weights() {
    let config = json!({
        "class_name": "Dense",
        "config": {
            "units": 2,
            "kernel_initializer": {
                "module": "keras.initializers", "class_name": "Constant", "config": {"value": 0.25}
            },
            "bias_initializer": "ones",
            "kernel_regularizer": {
                "module": "keras.regularizers", "class_name": "L2", "config": {"l2": 0.001}
            },
            "bias_regularizer": null,
            "kernel_constraint": {"class_name": "MaxNorm", "config": {"max_value": 3, "axis": [0]}}
        }
    });
    let read: AnyLayer = serde_json::from_value(config).unwrap();
    let (max_value, axis) = (3.0, Axes::from([0]));
    let described = Dense::new(2)
        .with_kernel_initializer(Initializer::Constant { value: 0.25 })
        .with_bias_initializer(Initializer::Ones)
        .with_kernel_regularizer(Regularizer::L2 { l2: 0.001 })
        .with_kernel_constraint(Constraint::MaxNorm { max_value, axis });
    assert_eq!(read, described.clone().into());
    assert_eq!(
        serde_json::to_string(&read).unwrap(),
        r#"{"class_name":"Dense","config":{"units":2,"activation":"linear","use_bias":true,"kernel_initializer":{"class_name":"Constant","config":{"value":0.25}},"kernel_regularizer":{"class_name":"L2","config":{"l2":0.001}},"kernel_constraint":{"class_name":"MaxNorm","config":{"max_value":3.0,"axis":[0]}},"bias_initializer":"ones"}}"#
    );
    let network = Sequential::new([3]).add(described);
    let model = network.build(1, &Device::flex()).unwrap();
    assert_eq!(values(&model), [vec![0.25; 6], vec![1.0; 2]]);
}

#[test]
fn every_layer_with_weights_survives_being_written_down() {
    let rule = || {
        (
            Regularizer::L1 { l1: 0.5 },
            Constraint::UnitNorm {
                axis: Axes::One(-1),
            },
        )
    };
    let (regularizer, constraint) = rule();
    let layers: [AnyLayer; 7] = [
        Dense::new(2)
            .with_bias_constraint(constraint.clone())
            .into(),
        Conv1D::new(2, 2).with_bias_regularizer(regularizer).into(),
        Conv2D::new(2, 2)
            .with_kernel_initializer(Initializer::HeNormal)
            .into(),
        BatchNormalization::new()
            .with_moving_variance_initializer(Initializer::Zeros)
            .with_beta_constraint(Constraint::NonNeg)
            .into(),
        LayerNormalization::new()
            .with_gamma_regularizer(regularizer)
            .into(),
        PReLU::new()
            .with_alpha_initializer(Initializer::Constant { value: 0.25 })
            .into(),
        Embedding::new(3, 2)
            .with_embeddings_constraint(constraint)
            .with_mask_zero()
            .into(),
    ];
    for layer in layers {
        let text = serde_json::to_string(&layer).unwrap();
        assert_eq!(
            serde_json::from_str::<AnyLayer>(&text).unwrap(),
            layer,
            "{text}"
        );
    }
}

#[test]
fn an_unknown_argument_of_a_layer_gives_the_nearest() {
    for (config, expected) in [
        (
            json!({"class_name": "Dense", "config": {"units": 2, "kernel_initialiser": "ones"}}),
            "the layer Dense has no argument `kernel_initialiser`, did you mean `kernel_initializer`?; it \
             takes units, activation, use_bias, kernel_initializer, kernel_regularizer, kernel_constraint, \
             bias_initializer, bias_regularizer, bias_constraint",
        ),
        (
            json!({"class_name": "BatchNormalization", "config": {"moving_mean_constraint": null}}),
            "the layer BatchNormalization has no argument `moving_mean_constraint`",
        ),
        (
            json!({"class_name": "PReLU", "config": {"alpha_regularizer": "l3"}}),
            "unknown regularizer `l3`, did you mean `l1`?; known regularizers: l1, l2, l1_l2, orthogonal_regularizer",
        ),
        (
            json!({"class_name": "PReLU", "config": {"alpha_constraint": "maxnrm"}}),
            "unknown constraint `maxnrm`, did you mean `max_norm`?; known constraints: max_norm",
        ),
        (
            json!({"class_name": "PReLU", "config": {
                "alpha_regularizer": {"class_name": "L2", "config": {"l1": 1}}
            }}),
            "the layer PReLU, argument `alpha_regularizer`: the regularizer `l2` has no argument `l1`, did you mean `l2`?; it takes l2",
        ),
        (
            json!({"class_name": "PReLU", "config": {"alpha_regularizer": 3}}),
            "argument `alpha_regularizer`: expected the name of a regularizer, or a table with its `name` and arguments, received 3",
        ),
    ] {
        let error = serde_json::from_value::<AnyLayer>(config).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_rule_that_does_not_fit_its_weight_is_an_error_that_names_the_weight() {
    let error = |layer: Dense| {
        let network = Sequential::new([3]).add(layer);
        network.build(1, &Device::flex()).unwrap_err().to_string()
    };
    let axis = Axes::One(2);
    assert_eq!(
        error(Dense::new(2).with_kernel_constraint(Constraint::UnitNorm { axis })),
        "weight `dense/kernel`: `axis` of the constraint `unit_norm` is [2], expected different \
         axes of the weight's shape [3, 2], counted from 0; correct it, or write `unit_norm` alone \
         for Keras' defaults"
    );
    for (layer, expected) in [
        (
            Dense::new(2).with_bias_regularizer(Regularizer::L2 { l2: -1.0 }),
            "weight `dense/bias`: `l2` of the regularizer `l2` is -1, expected a number from 0 on",
        ),
        (
            Dense::new(2).with_kernel_regularizer(Regularizer::L1L2 {
                l1: f64::NAN,
                l2: 0.0,
            }),
            "`l1` of the regularizer `l1_l2` is NaN",
        ),
        (
            Dense::new(2).with_bias_regularizer("orthogonal_regularizer".parse().unwrap()),
            "weight `dense/bias`: `shape` of the regularizer `orthogonal_regularizer` is [2], expected that of a weight with two axes",
        ),
        (
            Dense::new(2).with_kernel_constraint(Constraint::MinMaxNorm {
                min_value: 2.0,
                max_value: 1.0,
                rate: 1.0,
                axis: Axes::One(0),
            }),
            "`max_value` of the constraint `min_max_norm` is 1, expected a number from `min_value` \
             on, which is 2",
        ),
        (
            Dense::new(2).with_bias_initializer(Initializer::Orthogonal { gain: 1.0 }),
            "weight `dense/bias`: the initializer `orthogonal` expects",
        ),
    ] {
        let error = error(layer);
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn every_form_of_a_rule_is_the_same() {
    let l2 = Regularizer::L2 { l2: 0.5 };
    for form in [
        json!("l2:l2=0.5"),
        json!("L2(l2=0.5)"),
        json!({"name": "l2", "l2": 0.5}),
        json!({"class_name": "L2", "config": {"l2": 0.5}}),
        json!({"module": "keras.regularizers", "class_name": "L2", "config": {"l2": 0.5}, "registered_name": null}),
    ] {
        let read: Regularizer = serde_json::from_value(form.clone()).unwrap();
        assert_eq!(read, l2, "{form}");
    }
    let max_norm: Constraint = "max-norm:max_value=3:axis=[0,1]".parse().unwrap();
    let axis = Axes::Many(vec![0, 1]);
    let max_value = 3.0;
    assert_eq!(max_norm, Constraint::MaxNorm { max_value, axis });
    let error = "l2:l2=much".parse::<Regularizer>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the regularizer `l2`, argument `l2`: expected a number, received `much`"
    );
    let normal: Initializer = "random_normal:stddev=0.5".parse().unwrap();
    let (mean, stddev) = (0.0, 0.5);
    assert_eq!(normal, Initializer::RandomNormal { mean, stddev });
}
