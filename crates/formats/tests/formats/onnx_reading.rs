//! Files of ONNX that are read: those of exporters, and our own.

use std::collections::BTreeMap;
use std::path::Path;

use firebrick_formats::onnx::{self, OnnxModel};
use firebrick_formats::{Format, FormatProblem};
use firebrick_model::burn::tensor::{Device, Tensor};
use firebrick_model::layers::{Conv2D, Dense, Flatten};
use firebrick_model::{AnyTensor, Network, Sequential, Signal};
use serde::Deserialize;

use crate::keras_networks::{Numbers, answers, filled, golden, network, signals};
use crate::onnx_networks;
use crate::saved_models::data;

#[derive(Deserialize)]
struct Beside {
    input: Numbers,
    outputs: Vec<Numbers>,
}

fn signal(numbers: &Numbers, device: &Device) -> Signal {
    let flat = Tensor::<1>::from_floats(&numbers.values[..], device);
    AnyTensor::from(flat).reshaped(&numbers.shape).into()
}

fn assert_near(name: &str, found: &[Numbers], expected: &[Numbers]) {
    assert_eq!(found.len(), expected.len(), "{name}");
    for (own, other) in found.iter().zip(expected) {
        assert_eq!(own.shape, other.shape, "{name}");
        let largest = other
            .values
            .iter()
            .fold(1e-30_f32, |all, value| all.max(value.abs()));
        for (own, other) in own.values.iter().zip(&other.values) {
            assert!(
                (own - other).abs() / largest <= 1e-5,
                "{name}: {own} instead of {other}"
            );
        }
    }
}

fn read(name: &str) -> OnnxModel {
    OnnxModel::read(data(&format!("{name}.onnx"))).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn networks_of_exporters_say_what_onnx_runtime_says() {
    let device = Device::flex();
    let beside: BTreeMap<String, Beside> =
        serde_json::from_str(include_str!("../data/onnx_files.json")).unwrap();
    assert_eq!(beside.len(), 14);
    for (name, beside) in beside {
        let network = read(&name).into_network(&device).unwrap();
        let found = answers(&network, vec![signal(&beside.input, &device)]);
        assert_near(&name, &found, &beside.outputs);
    }
}

fn class_names(model: &OnnxModel) -> Vec<&'static str> {
    let layers = model.graph().layers().iter();
    layers.map(|layer| layer.layer().class_name()).collect()
}

#[test]
fn nothing_is_turned_between_convolutions_and_before_dense_layers() {
    for way in ["dynamo", "script"] {
        for name in ["cnn", "block", "depthwise"] {
            let model = read(&format!("onnx_{name}_{way}"));
            let names = class_names(&model);
            assert!(!names.contains(&"Permute"), "{name} {way}: {names:?}");
        }
        let model = read(&format!("onnx_block_{way}"));
        let names = class_names(&model);
        assert_eq!(
            names[names.len() - 2..],
            ["GlobalAveragePooling2D", "Dense"],
            "{names:?}"
        );
        assert!(
            model.producer().unwrap().starts_with("pytorch"),
            "{model:?}"
        );
    }
    let names = class_names(&read("onnx_tf2onnx"));
    let expected = [
        "Conv2D",
        "Activation",
        "ZeroPadding2D",
        "MaxPooling2D",
        "Flatten",
        "Dense",
        "BatchNormalization",
        "Activation",
    ];
    assert_eq!(names, expected);
}

#[test]
fn layers_have_the_names_of_their_weights_and_axes_that_moved_are_told() {
    let model = read("onnx_block_script");
    let names: Vec<&str> = model
        .graph()
        .layers()
        .iter()
        .map(firebrick_model::GraphLayer::name)
        .collect();
    for name in ["stem", "bn1", "fc"] {
        assert!(names.contains(&name), "{names:?}");
    }
    assert_eq!(
        model.notes(),
        ["input `x`: `[N, 3, 8, 8]` in the file, here samples of [8, 8, 3], channels last"]
    );
    let model = read("onnx_depthwise_script");
    assert_eq!(
        model.notes()[1],
        "output `y`: here samples of [8, 6, 2], channels last"
    );
    let model = read("onnx_scikit");
    assert_eq!(
        model.notes(),
        ["output `label` is left out: it is no tensor of floats"]
    );
}

/// What comes back of a network, or why it does not.
fn again(network: &Network, device: &Device) -> Result<Network, String> {
    let bytes = onnx::to_bytes(network).map_err(|error| error.to_string())?;
    let model = OnnxModel::from_bytes(bytes, "again.onnx").map_err(|error| error.to_string())?;
    model
        .into_network(device)
        .map_err(|error| error.to_string())
}

#[test]
fn our_own_files_come_back() {
    let device = Device::flex();
    for case in onnx_networks::all(&device) {
        let network = filled(&case.graph, &device);
        match again(&network, &device) {
            Ok(again) => {
                let expected = answers(&network, case.inputs.clone());
                assert_near(case.name, &answers(&again, case.inputs), &expected);
                println!("OK {}", case.name);
            }
            Err(error) => println!("NO {}: {error}", case.name),
        }
    }
    for case in golden() {
        let network = network(&case, &device);
        match again(&network, &device) {
            Ok(again) => {
                let expected = answers(&network, signals(&case.inputs, &device));
                assert_near(
                    &case.name,
                    &answers(&again, signals(&case.inputs, &device)),
                    &expected,
                );
                println!("OK {}", case.name);
            }
            Err(error) => println!("NO {}: {error}", case.name),
        }
    }
}

#[test]
fn weights_of_a_file_go_into_a_network_of_the_same_layers() {
    let device = Device::flex();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("digits.onnx");
    let description = Sequential::new([6, 6, 2])
        .add(Conv2D::new(3, 3))
        .add(Flatten::new())
        .add(Dense::new(2));
    let saved = description.build(1, &device).unwrap();
    onnx::save(&saved, &path).unwrap();
    let mut other = description.build(2, &device).unwrap();
    Format::Onnx.load_weights(&mut other, &path).unwrap();
    assert_eq!(other.get_weights().unwrap(), saved.get_weights().unwrap());
    let tensors = Format::Onnx.tensors(&path).unwrap();
    assert!(
        tensors.contains(&("conv2d/kernel".to_owned(), vec![3, 2, 3, 3]).into()),
        "{tensors:?}"
    );
    let mut other = Sequential::new([4])
        .add(Dense::new(2))
        .build(3, &device)
        .unwrap();
    assert!(Format::Onnx.load_weights(&mut other, &path).is_err());
}

#[test]
fn what_there_is_no_layer_for_is_refused_by_node_and_operator() {
    let bytes = std::fs::read(data("onnx_mlp_script.onnx")).unwrap();
    let replaced = |from: &[u8], to: &[u8]| {
        assert_eq!(from.len(), to.len());
        let mut bytes = bytes.clone();
        let mut places =
            (0..bytes.len() - from.len()).filter(|place| bytes[*place..].starts_with(from));
        let place = places.next_back().unwrap();
        bytes[place..place + to.len()].copy_from_slice(to);
        OnnxModel::from_bytes(bytes, "changed.onnx").unwrap_err()
    };
    let error = replaced(b"Softmax", b"Sigmoyd");
    assert!(
        matches!(error.problem(), FormatProblem::Operator { .. }),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .contains("(Sigmoyd): there is no layer for this operator"),
        "{error}"
    );
    let error = replaced(b"transB", b"transA");
    assert!(
        error
            .to_string()
            .contains("(Gemm): its attribute `transA` is not 0"),
        "{error}"
    );
    let error = replaced(b"alpha", b"alphi");
    assert!(
        error
            .to_string()
            .contains("its attribute `alphi` is not known here"),
        "{error}"
    );
    let error = OnnxModel::from_bytes(b"PK\x03\x04", Path::new("zip.onnx")).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("is no model of ONNX that can be read"),
        "{error}"
    );
}
