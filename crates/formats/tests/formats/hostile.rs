//! Files that want too much, lead elsewhere or go in circles.

use std::io::{Cursor, Write};

use firebrick_formats::keras::KerasModel;
use firebrick_formats::{FormatProblem, safetensors};
use firebrick_model::Sequential;
use firebrick_model::burn::tensor::Device;
use firebrick_model::layers::Dense;
use serde_json::json;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::saved_models::data;

/// The parts of a sample.
fn parts(name: &str) -> Vec<(String, Vec<u8>)> {
    let bytes = std::fs::read(data(name)).unwrap();
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut part = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut part, &mut bytes).unwrap();
            (part.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn archive(parts: &[(String, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let options = SimpleFileOptions::default().compression_method(method);
        zip.start_file(name.as_str(), options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The message about a sample of which one part was replaced.
fn message(part: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> String {
    let mut parts = parts("mlp_compiled_adam.keras");
    let found = parts.iter_mut().find(|(name, _)| name == part).unwrap();
    found.1 = change(std::mem::take(&mut found.1));
    let bytes = archive(&parts, CompressionMethod::Stored);
    let error = KerasModel::from_bytes(bytes, "model.keras").unwrap_err();
    error.to_string()
}

#[test]
fn a_compressed_model_is_read() {
    let parts = parts("mlp_compiled_adam.keras");
    let bytes = archive(&parts, CompressionMethod::Deflated);
    assert!(KerasModel::from_bytes(bytes, "model.keras").is_ok());
}

#[test]
fn bombs_are_refused_before_they_are_unpacked() {
    for (part, limit) in [("config.json", 16 << 20), ("model.weights.h5", 49 << 20)] {
        let mut parts = parts("mlp_compiled_adam.keras");
        for (name, bytes) in &mut parts {
            if name == part {
                bytes.resize(80 << 20, b' ');
            }
        }
        let bytes = archive(&parts, CompressionMethod::Deflated);
        assert!(bytes.len() < 200_000);
        let error = KerasModel::from_bytes(bytes, "bomb.keras").unwrap_err();
        let FormatProblem::TooLarge {
            size,
            limit: stated,
            ..
        } = error.problem()
        else {
            panic!("{error}");
        };
        assert!(*size == 80 << 20 && *stated <= limit, "{error}");
    }
}

#[test]
fn parts_that_lie_elsewhere_are_refused() {
    let mut parts = parts("mlp_compiled_adam.keras");
    parts.push(("../../elsewhere".to_owned(), vec![1]));
    let bytes = archive(&parts, CompressionMethod::Stored);
    let error = KerasModel::from_bytes(bytes, "model.keras").unwrap_err();
    assert!(
        error
            .to_string()
            .contains("`../../elsewhere` lies outside of it"),
        "{error}"
    );
}

#[test]
fn code_and_unknown_layers_are_refused_by_name() {
    let lambda = message("config.json", |config| {
        let config = String::from_utf8(config).unwrap();
        config.replace("\"Dropout\"", "\"Lambda\"").into_bytes()
    });
    assert!(
        lambda.contains("a Lambda is code, which cannot be read from a file"),
        "{lambda}"
    );
    let unknown = message("config.json", |config| {
        let config = String::from_utf8(config).unwrap();
        config.replace("\"Dropout\"", "\"Dropuot\"").into_bytes()
    });
    assert!(
        unknown.contains("unknown layer `Dropuot`, did you mean `Dropout`?"),
        "{unknown}"
    );
}

#[test]
fn deep_and_long_descriptions_are_refused() {
    let deep = message("config.json", |_| "[".repeat(100_000).into_bytes());
    assert!(deep.contains("recursion limit"), "{deep}");
    let long = message("config.json", |_| {
        format!("[{}0]", "0,".repeat(600_000)).into_bytes()
    });
    assert!(long.contains("more than 500000 values"), "{long}");
    let mut network = json!({"class_name": "Dense", "config": {"units": 1}});
    for _ in 0..30 {
        network = json!({"class_name": "Sequential", "config": {"layers": [network]}});
    }
    let nested = message("config.json", |_| network.to_string().into_bytes());
    assert!(nested.contains("more than 16 deep"), "{nested}");
}

/// The message about how a sample was compiled, once its description is changed.
fn compile_message(change: impl FnOnce(&mut serde_json::Value)) -> String {
    let mut parts = parts("mlp_compiled_adam.keras");
    let config = parts.iter_mut().find(|(name, _)| name == "config.json");
    let config = &mut config.unwrap().1;
    let mut json: serde_json::Value = serde_json::from_slice(config).unwrap();
    change(&mut json["compile_config"]);
    *config = json.to_string().into_bytes();
    let bytes = archive(&parts, CompressionMethod::Stored);
    let model = KerasModel::from_bytes(bytes, "model.keras").unwrap();
    let error = model.compiled().unwrap_err().to_string();
    // The network is read all the same.
    assert!(model.into_network(&Device::flex()).is_ok());
    error
}

#[test]
fn nonsense_about_how_a_model_was_compiled_is_refused_by_name() {
    for (nonsense, said) in [
        (json!(3), "`compile_config` is 3, expected a table"),
        (
            json!(["adam"]),
            "`compile_config` is [`adam`], expected a table",
        ),
        (
            json!({"optimizer": 3}),
            "`optimizer`: expected the name of an optimizer",
        ),
        (
            json!({"optimizer": {"config": {}}}),
            "`optimizer`: the optimizer has no `name`",
        ),
        (
            json!({"optimizer": {"class_name": "Adam", "config": {"amsgrad": "yes"}}}),
            "`optimizer.amsgrad` is `yes`, expected true or false",
        ),
        (
            json!({"optimizer": {"class_name": "SGD", "config": {"momentum": [1]}}}),
            "`optimizer.momentum` is [1], expected a number",
        ),
        (
            json!({"optimizer": {"class_name": "SGD", "config": {"learning_rate": "fast"}}}),
            "`optimizer.learning_rate` is `fast`, expected a number or a schedule",
        ),
    ] {
        let message = compile_message(|config| *config = nonsense);
        assert!(message.contains(said), "{message}");
    }
}

#[test]
fn variables_of_another_optimizer_are_refused() {
    let few = compile_message(|config| config["optimizer"]["class_name"] = "Nadam".into());
    assert!(
        few.contains("the optimizer `Nadam` has 11 variables for the weights that train, at `optimizer/vars` there are 10"),
        "{few}"
    );
    let many = compile_message(|config| config["optimizer"]["class_name"] = "Lion".into());
    assert!(many.contains("`Lion` has 6 variables"), "{many}");
    let shape = compile_message(|config| {
        config["optimizer"] = json!({"class_name": "RMSprop", "config": {"momentum": 0.5}});
    });
    assert!(
        shape.contains(
            "`dense/bias/velocity` should have the shape [5], at `optimizer/vars/3` there is [4, 5]"
        ),
        "{shape}"
    );
}

#[test]
fn variables_that_lie_about_their_shape_are_refused() {
    let mut messages = Vec::new();
    let shape = [4_u64.to_le_bytes(), 5_u64.to_le_bytes()].concat();
    let mut parts = parts("mlp_compiled_adam.keras");
    let place = parts
        .iter()
        .position(|(name, _)| name == "model.weights.h5");
    let place = place.unwrap();
    let whole = parts[place].1.clone();
    let places = whole.windows(16).enumerate();
    for (at, _) in places.filter(|(_, window)| *window == shape) {
        let mut weights = whole.clone();
        weights[at..at + 8].copy_from_slice(&(1_u64 << 40).to_le_bytes());
        parts[place].1 = weights;
        let bytes = archive(&parts, CompressionMethod::Stored);
        let model = KerasModel::from_bytes(bytes, "model.keras");
        let compiled = model.and_then(|model| model.compiled());
        messages.extend(compiled.err().map(|error| error.to_string()));
    }
    for name in ["momentum", "velocity"] {
        let said = format!("`dense/kernel/{name}` should have the shape [4, 5]");
        let is_said = messages.iter().any(|message| message.contains(&said));
        assert!(is_said, "{messages:?}");
    }
}

/// Where a text begins in bytes.
fn find(bytes: &[u8], text: &[u8]) -> usize {
    let mut windows = bytes.windows(text.len());
    windows.position(|window| window == text).unwrap()
}

#[test]
fn a_shape_that_the_file_cannot_hold_is_refused() {
    // The kernel of the first layer: two sizes of eight bytes each.
    let lying = message("model.weights.h5", |mut weights| {
        let shape = [4_u64.to_le_bytes(), 5_u64.to_le_bytes()].concat();
        while let Some(at) = weights.windows(16).position(|window| window == shape) {
            weights[at..at + 8].copy_from_slice(&(1_u64 << 40).to_le_bytes());
        }
        weights
    });
    assert!(
        lying.contains("`dense/kernel` should have the shape [4, 5]"),
        "{lying}"
    );
}

#[test]
fn a_tree_that_is_its_own_child_ends() {
    let ring = message("model.weights.h5", |mut weights| {
        let at = find(&weights, b"TREE");
        let own = u64::try_from(at).unwrap().to_le_bytes();
        // An inner node with many children, all of which are itself.
        weights[at + 5] = 9;
        weights[at + 6..at + 8].copy_from_slice(&30_u16.to_le_bytes());
        for child in 0..30 {
            let place = at + 32 + child * 16;
            weights[place..place + 8].copy_from_slice(&own);
        }
        weights
    });
    assert!(ring.contains("is no HDF5 file that can be read"), "{ring}");
}

#[test]
fn long_names_in_heaps_are_refused() {
    let long = message("model.weights.h5", |mut weights| {
        let at = find(&weights, b"HEAP");
        let bytes: [u8; 8] = weights[at + 24..at + 32].try_into().unwrap();
        let start = usize::try_from(u64::from_le_bytes(bytes)).unwrap();
        // The names of the first group run on over all that follows.
        weights[at + 8..at + 16].copy_from_slice(&2_000_u64.to_le_bytes());
        for byte in &mut weights[start + 8..start + 1_900] {
            *byte |= 1;
        }
        weights
    });
    assert!(long.contains("is no HDF5 file that can be read"), "{long}");
}

#[test]
fn a_list_of_tensors_that_is_too_long_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lying.safetensors");
    let network = Sequential::new([4]).add(Dense::new(3));
    let mut network = network.build(1, &Device::flex()).unwrap();
    for bytes in [
        [u64::MAX.to_le_bytes().as_slice(), b"{}"].concat(),
        [(90_u64 << 20).to_le_bytes().as_slice(), b"{}"].concat(),
        b"short".to_vec(),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let error = safetensors::load_weights(&mut network, &path).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("its list of tensors should have at most"),
            "{error}"
        );
    }
    // As many numbers as the list says are not there.
    let list =
        r#"{"dense.weight":{"dtype":"F32","shape":[1099511627776,3],"data_offsets":[0,12]}}"#;
    let length = u64::try_from(list.len()).unwrap().to_le_bytes();
    std::fs::write(&path, [&length, list.as_bytes(), &[0; 12]].concat()).unwrap();
    let error = safetensors::load_weights(&mut network, &path).unwrap_err();
    assert!(
        error.to_string().contains("is no file of safetensors"),
        "{error}"
    );
}
