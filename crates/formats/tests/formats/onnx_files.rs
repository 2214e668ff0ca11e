//! Networks over all kinds of layers as files of ONNX; `scripts/check_onnx_files.py` has ONNX Runtime compute them.

use std::path::{Path, PathBuf};

use firebrick_formats::{FormatProblem, onnx};
use firebrick_model::burn::tensor::Device;
use firebrick_model::{Network, Signal};
use serde::Serialize;

use crate::keras_networks::{Numbers, answers, filled, golden, network, signals};
use crate::onnx_networks;

/// What stands beside a file, for the script.
#[derive(Serialize)]
struct Beside {
    inputs: Vec<Entering>,
    outputs: Vec<Numbers>,
}

#[derive(Serialize)]
struct Entering {
    shape: Vec<usize>,
    values: Vec<f32>,
}

/// Whole numbers below 2²⁴ are floats, too.
fn entering(signal: &Signal) -> Entering {
    let values = signal.values().clone().into_floats();
    Entering {
        shape: signal.shape(),
        values: values.into_vec().unwrap(),
    }
}

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("onnx_files");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The file, and what our network says beside it.
fn write(name: &str, network: &Network, inputs: Vec<Signal>) {
    let path = folder().join(format!("{name}.onnx"));
    onnx::save(network, &path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let beside = Beside {
        inputs: inputs.iter().map(entering).collect(),
        outputs: answers(network, inputs),
    };
    let text = serde_json::to_string(&beside).unwrap();
    std::fs::write(path.with_extension("json"), text).unwrap();
}

#[test]
fn networks_of_keras_are_written_but_for_these() {
    // What each is refused for.
    let refused = [
        ("moving_pictures", "ConvLSTM"),
        ("keeping_state", "keeps its state between batches"),
    ];
    let device = Device::flex();
    for case in golden() {
        let name = &case.name;
        let network = network(&case, &device);
        match refused.iter().find(|(refused, _)| refused == name) {
            Some((_, reason)) => {
                let error = onnx::to_bytes(&network).unwrap_err();
                assert!(error.to_string().contains(reason), "{name}: {error}");
                assert!(matches!(error.problem(), FormatProblem::Layer { .. }));
            }
            None => write(name, &network, signals(&case.inputs, &device)),
        }
    }
}

#[test]
fn networks_of_what_keras_networks_leave_out_are_written() {
    let device = Device::flex();
    for case in onnx_networks::all(&device) {
        let network = filled(&case.graph, &device);
        write(case.name, &network, case.inputs);
    }
}
