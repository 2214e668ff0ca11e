//! Files that Keras has written, see `data/make_saved_models.py`.

use std::path::{Path, PathBuf};

use firebrick_formats::keras::{self, KerasModel};
use firebrick_model::burn::tensor::{Device, Int, Tensor, TensorData};
use firebrick_model::{AnyTensor, Network, Signal, Signals};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Golden {
    keras: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    weights: Vec<Weight>,
    input: Value,
    predict: Value,
}

#[derive(Deserialize)]
struct Weight {
    shape: Vec<usize>,
    value: Value,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../data/saved_models.json")).unwrap()
}

pub(crate) fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

/// Lists of lists as their shape and their numbers.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the numbers are of single precision"
)]
fn flat(value: &Value) -> (Vec<usize>, Vec<f32>) {
    let Some(items) = value.as_array() else {
        return (Vec::new(), vec![value.as_f64().unwrap() as f32]);
    };
    let mut shape = vec![items.len()];
    let mut numbers = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let (inner, more) = flat(item);
        if index == 0 {
            shape.extend(inner);
        }
        numbers.extend(more);
    }
    (shape, numbers)
}

fn signal(value: &Value, is_whole: bool, device: &Device) -> Signal {
    let (shape, numbers) = flat(value);
    let length = numbers.len();
    let tensor: AnyTensor = if is_whole {
        #[expect(clippy::cast_possible_truncation, reason = "indices are small")]
        let indices: Vec<i64> = numbers.iter().map(|number| *number as i64).collect();
        Tensor::<1, Int>::from_data(TensorData::new(indices, [length]), device).into()
    } else {
        Tensor::<1>::from_data(TensorData::new(numbers, [length]), device).into()
    };
    tensor.reshaped(&shape).into()
}

impl Case {
    fn check(&self, network: &Network, device: &Device) {
        let name = &self.name;
        let weights = network.get_weights().unwrap();
        assert_eq!(weights.len(), self.weights.len(), "{name}");
        for (own, expected) in weights.iter().zip(&self.weights) {
            assert_eq!(own.shape(), expected.shape, "{name}");
            assert_eq!(own.values(), flat(&expected.value).1, "{name}");
        }
        let inputs: Vec<Signal> = if network.config().inputs().len() > 1 {
            let inputs = self.input.as_array().unwrap().iter();
            inputs.map(|input| signal(input, false, device)).collect()
        } else {
            vec![signal(&self.input, name.starts_with("text"), device)]
        };
        let answers = network.predict_all(Signals::from(inputs)).unwrap();
        let answer = answers.iter().next().unwrap();
        let (shape, expected) = flat(&self.predict);
        assert_eq!(answer.shape(), shape, "{name}");
        let answer = answer.values().clone().into_vec().unwrap();
        for (own, expected) in answer.iter().zip(&expected) {
            assert!(
                (own - expected).abs() <= 1e-5,
                "{name}: {own} instead of {expected}"
            );
        }
    }
}

#[test]
fn models_of_keras_are_read_and_predict_what_they_predict_there() {
    let device = Device::flex();
    let golden = golden();
    for case in &golden.cases {
        let model = KerasModel::read(data(&format!("{}.keras", case.name))).unwrap();
        assert_eq!(model.keras_version(), Some(golden.keras.as_str()));
        case.check(&model.into_network(&device).unwrap(), &device);
    }
    assert_eq!(golden.cases.len(), 4);
}

#[test]
fn weights_of_keras_are_read_into_a_network() {
    let device = Device::flex();
    let mut seen = 0;
    for case in golden().cases {
        let path = data(&format!("{}.weights.h5", case.name));
        let model = KerasModel::read(data(&format!("{}.keras", case.name))).unwrap();
        let mut network = model.graph().build(1, &device).unwrap();
        if path.exists() {
            keras::load_weights(&mut network, &path).unwrap();
            case.check(&network, &device);
            seen += 1;
        }
        // Weights are taken out of a whole model, too.
        let mut network = model.graph().build(1, &device).unwrap();
        keras::load_weights(&mut network, data(&format!("{}.keras", case.name))).unwrap();
        case.check(&network, &device);
    }
    assert_eq!(seen, 3);
}

#[test]
fn what_was_read_is_written_and_read_again() {
    let device = Device::flex();
    let folder = tempfile::tempdir().unwrap();
    for case in golden().cases {
        let network = keras::load(data(&format!("{}.keras", case.name)), &device).unwrap();
        let path = folder.path().join("again.keras");
        keras::save(&network, &path).unwrap();
        let again = keras::load(&path, &device).unwrap();
        assert_eq!(again.config(), network.config());
        case.check(&again, &device);
        let path = folder.path().join("again.weights.h5");
        keras::save_weights(&network, &path).unwrap();
        let mut again = network.config().build(1, &device).unwrap();
        keras::load_weights(&mut again, &path).unwrap();
        case.check(&again, &device);
    }
}

#[test]
fn weights_of_another_network_are_refused_by_name() {
    let device = Device::flex();
    let mlp = KerasModel::read(data("mlp_compiled_adam.keras")).unwrap();
    let mut network = mlp.graph().build(1, &device).unwrap();
    let before = network.get_weights().unwrap();
    let error = keras::load_weights(&mut network, data("cnn.weights.h5")).unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains("cnn.weights.h5`: weight `dense/kernel` should have the shape [4, 5], at `layers/dense/vars/0` there is [18, 2]"),
        "{message}"
    );
    let error = keras::load_weights(&mut network, data("text_lstm_gru.weights.h5")).unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains("weight `dense/kernel` should have"),
        "{message}"
    );
    assert_eq!(network.get_weights().unwrap(), before);
}
