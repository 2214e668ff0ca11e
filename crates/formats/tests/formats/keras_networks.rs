//! Networks over all kinds of layers, written and read; `scripts/check_keras_files.py` has Keras read them between.

use std::path::Path;

use firebrick_formats::keras;
use firebrick_formats::safetensors::{self, Names};
use firebrick_model::burn::tensor::{Device, Int, Tensor, TensorData};
use firebrick_model::{AnyTensor, Graph, Network, Signal, Signals, WeightValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
struct Golden {
    networks: Vec<Case>,
}

#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) name: String,
    json: Value,
    pub(crate) inputs: Vec<Entering>,
}

/// An input by the formula of `crates/model/tests/data/make_keras_json.py`.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Entering {
    shape: Vec<usize>,
    modulo: Option<usize>,
}

#[derive(Deserialize, Serialize)]
pub(crate) struct Numbers {
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Vec<f32>,
}

/// What stands beside a file, for the script.
#[derive(Serialize, Deserialize)]
struct Beside {
    inputs: Vec<Entering>,
    outputs: Vec<Numbers>,
}

pub(crate) fn golden() -> Vec<Case> {
    let golden = include_str!("../../../model/tests/data/keras_json.json");
    let golden: Golden = serde_json::from_str(golden).unwrap();
    golden.networks
}

/// The values of a weight, a variance above 0.
#[expect(
    clippy::cast_possible_truncation,
    reason = "weights are of single precision"
)]
fn weight(index: usize, path: &str, shape: &[usize]) -> WeightValue {
    let mean = f64::from(u8::from(path.contains("variance")));
    let value = |place: usize| 0.3 * (1.7 * place as f64 + 0.9 * index as f64).sin() + mean;
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|place| value(place) as f32)
        .collect();
    WeightValue::new(shape, values).unwrap()
}

impl Entering {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "inputs are of single precision"
    )]
    pub(crate) fn signal(&self, index: usize, device: &Device) -> Signal {
        let places = 0..self.shape.iter().product::<usize>();
        if let Some(modulo) = self.modulo {
            let index_of = |place: usize| (7 * place + 3 * (place % 3) + index) % modulo;
            let values: Vec<i64> = places
                .map(|place| i64::try_from(index_of(place)).unwrap())
                .collect();
            let length = values.len();
            let flat = Tensor::<1, Int>::from_data(TensorData::new(values, [length]), device);
            return AnyTensor::from(flat).reshaped(&self.shape).into();
        }
        let values: Vec<f32> = places
            .map(|place| (0.7 * place as f64 + index as f64).sin() as f32)
            .collect();
        let length = values.len();
        let flat = Tensor::<1>::from_data(TensorData::new(values, [length]), device);
        AnyTensor::from(flat).reshaped(&self.shape).into()
    }
}

/// The network of a case, with values of a formula, but for states that are kept between batches.
pub(crate) fn network(case: &Case, device: &Device) -> Network {
    filled(
        &Graph::from_keras_json(&case.json.to_string()).unwrap(),
        device,
    )
}

/// A network with values of a formula, but for states that are kept between batches.
pub(crate) fn filled(graph: &Graph, device: &Device) -> Network {
    let mut network = graph.build(1, device).unwrap();
    let weights = graph.weights().unwrap().into_iter().enumerate();
    for (index, (layer, spec)) in weights {
        let path = format!("{layer}/{}", spec.name);
        if !path.contains("state") {
            network
                .set_weight(&path, weight(index, &path, &spec.shape))
                .unwrap();
        }
    }
    network
}

fn outputs(network: &Network, inputs: &[Entering], device: &Device) -> Vec<Numbers> {
    answers(network, signals(inputs, device))
}

pub(crate) fn signals(inputs: &[Entering], device: &Device) -> Vec<Signal> {
    let inputs = inputs.iter().enumerate();
    inputs
        .map(|(index, input)| input.signal(index, device))
        .collect()
}

/// What a network says of inputs.
pub(crate) fn answers(network: &Network, inputs: Vec<Signal>) -> Vec<Numbers> {
    let answers = network.predict_all(Signals::from(inputs)).unwrap();
    answers
        .iter()
        .map(|answer| Numbers {
            shape: answer.shape(),
            values: answer.values().clone().into_vec().unwrap(),
        })
        .collect()
}

#[test]
fn networks_of_all_layers_are_written_and_read_again() {
    let device = Device::flex();
    // For `scripts/check_keras_files.py`.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("keras_files");
    std::fs::create_dir_all(&folder).unwrap();
    for case in golden() {
        let name = &case.name;
        let network = network(&case, &device);
        let path = folder.join(format!("{name}.keras"));
        keras::save(&network, &path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let again = keras::load(&path, &device).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            again.get_weights().unwrap(),
            network.get_weights().unwrap(),
            "{name}"
        );
        let mut again = network.config().build(2, &device).unwrap();
        keras::load_weights(&mut again, &path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let stored = again.get_weights().unwrap();
        assert_eq!(stored, network.get_weights().unwrap(), "{name}");

        let path = folder.join("again.safetensors");
        safetensors::save(&network, &path, Names::Own).unwrap();
        let mut again = network.config().build(3, &device).unwrap();
        if !stored.is_empty() {
            assert_eq!(
                safetensors::load_weights(&mut again, &path).unwrap(),
                Names::Own
            );
        }
        assert_eq!(again.get_weights().unwrap(), stored, "{name}");

        // Last, since answering moves the states that layers keep.
        let beside = Beside {
            inputs: case.inputs.clone(),
            outputs: outputs(&network, &case.inputs, &device),
        };
        let text = serde_json::to_string(&beside).unwrap();
        std::fs::write(folder.join(format!("{name}.json")), text).unwrap();
    }
}

/// `scripts/check_keras_files.py` runs it with the folder that Keras has written into.
#[test]
#[ignore = "it reads what Keras has trained further"]
fn what_keras_gives_back_is_read() {
    let device = Device::flex();
    let folder = std::env::var_os("KERAS_FILES").unwrap();
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_none_or(|extension| extension != "keras")
        {
            continue;
        }
        let network = keras::load(&path, &device).unwrap_or_else(|error| panic!("{error}"));
        let beside = std::fs::read_to_string(path.with_extension("json")).unwrap();
        let beside: Beside = serde_json::from_str(&beside).unwrap();
        let found = outputs(&network, &beside.inputs, &device);
        assert_eq!(found.len(), beside.outputs.len());
        for (own, keras) in found.iter().zip(&beside.outputs) {
            assert_eq!(own.shape, keras.shape, "{}", path.display());
            for (own, keras) in own.values.iter().zip(&keras.values) {
                let distance = (own - keras).abs() / keras.abs().max(1.0);
                assert!(
                    distance <= 1e-5,
                    "{}: {own} instead of {keras}",
                    path.display()
                );
            }
        }
        seen += 1;
    }
    assert!(seen > 0, "no files");
}
