//! Archives, weights in HDF5, safetensors and files of PyTorch.

use std::io::{Cursor, Read as _, Write as _};

use firebrick_formats::Format;
use firebrick_formats::keras::{self, KerasModel};
use firebrick_formats::safetensors::{self, Names};
use firebrick_formats::{Mapping, pytorch};
use firebrick_model::burn::tensor::Device;
use firebrick_model::layers::Layer as _;
use firebrick_model::{Network, Sequential, layers};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::campaign::{Campaign, Outcome};

const MODELS: [&[u8]; 4] = [
    include_bytes!("../data/mlp_compiled_adam.keras"),
    include_bytes!("../data/cnn.keras"),
    include_bytes!("../data/functional.keras"),
    include_bytes!("../data/text_lstm_gru.keras"),
];
const CONFIG: &str = "config.json";
const WEIGHTS: &str = "model.weights.h5";

/// What HDF5 files are made of.
const STRUCTURES: &[&str] = &[
    "TREE",
    "SNOD",
    "HEAP",
    "OHDR",
    "OCHK",
    "FRHP",
    "BTHD",
    "vars",
    "layers",
    "optimizer",
    "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}",
];

fn part(model: &[u8], name: &str) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(model)).unwrap();
    let mut bytes = Vec::new();
    let mut part = archive.by_name(name).unwrap();
    part.read_to_end(&mut bytes).unwrap();
    bytes
}

/// An archive with these parts, whose checksums fit.
fn archive(config: &[u8], weights: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [(CONFIG, config), (WEIGHTS, weights)] {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        zip.start_file(name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The samples as our own writer writes them.
fn own_models() -> Vec<Vec<u8>> {
    let again = |model: &&[u8]| {
        let model = KerasModel::from_bytes(model.to_vec(), "sample.keras").unwrap();
        keras::to_bytes(&model.into_network(&Device::flex()).unwrap()).unwrap()
    };
    MODELS.iter().map(again).collect()
}

fn all_models() -> Vec<Vec<u8>> {
    let of_keras = MODELS.iter().map(|model| model.to_vec());
    of_keras.chain(own_models()).collect()
}

/// The network of a model that was read, which must be one that can be built, whatever is said of how it was compiled.
fn outcome(bytes: Vec<u8>) -> Outcome {
    let model = KerasModel::from_bytes(bytes, "model.keras");
    model
        .and_then(|model| {
            let _ = model.compiled();
            model.into_network(&Device::flex())
        })
        .into()
}

#[test]
fn mutated_archives_are_read_or_refused() {
    let campaign = Campaign {
        reader: "keras-archives",
        extension: ".keras",
        inputs: all_models(),
        words: &[
            "PK\u{1}\u{2}",
            "PK\u{3}\u{4}",
            "PK\u{5}\u{6}",
            CONFIG,
            WEIGHTS,
            "../",
        ],
        cost: 1,
    };
    campaign.run(|_, bytes| outcome(bytes.to_vec()));
}

#[test]
fn mutated_configs_in_archives_are_read_or_refused() {
    let campaign = Campaign {
        reader: "keras-configs",
        extension: ".json",
        inputs: MODELS.iter().map(|model| part(model, CONFIG)).collect(),
        words: &[
            "null",
            "true",
            "Lambda",
            "Functional",
            "Sequential",
            "Normalization",
            "TextVectorization",
            "Bidirectional",
            "StackedRNNCells",
            "SpectralNormalization",
            "Adafactor",
            "Muon",
            "compile_config",
            "learning_rate",
            "gradient_accumulation_steps",
            "\"cell\":",
            "\"layer\":",
        ],
        cost: 1,
    };
    let weights: Vec<Vec<u8>> = MODELS.iter().map(|model| part(model, WEIGHTS)).collect();
    campaign.run(|_, bytes| outcome(archive(bytes, &weights[bytes.len() % weights.len()])));
}

#[test]
fn mutated_weights_in_archives_are_read_or_refused() {
    let models = all_models();
    let campaign = Campaign {
        reader: "keras-weights",
        extension: ".h5",
        inputs: models.iter().map(|model| part(model, WEIGHTS)).collect(),
        words: STRUCTURES,
        cost: 1,
    };
    let configs: Vec<Vec<u8>> = MODELS.iter().map(|model| part(model, CONFIG)).collect();
    campaign.run(|_, bytes| outcome(archive(&configs[bytes.len() % configs.len()], bytes)));
}

/// The network that the files of weights are of.
fn network() -> Network {
    let network = Sequential::new([4])
        .add(layers::Dense::new(5))
        .add(layers::Dense::new(3));
    network.build(1, &Device::flex()).unwrap()
}

#[test]
fn mutated_files_of_weights_are_read_or_refused() {
    let campaign = Campaign {
        reader: "keras-weight-files",
        extension: ".weights.h5",
        inputs: vec![
            include_bytes!("../data/mlp_compiled_adam.weights.h5").to_vec(),
            part(&own_models()[0], WEIGHTS),
        ],
        words: STRUCTURES,
        cost: 1,
    };
    let network = network();
    campaign.run(|path, _| {
        let _ = Format::KerasWeights.tensors(path);
        let _ = Format::KerasWeights.read_weights(path);
        keras::load_weights(&mut network.clone(), path).into()
    });
}

#[test]
fn mutated_files_of_keras_2_are_read_or_refused() {
    let campaign = Campaign {
        reader: "keras-2-weights",
        extension: ".h5",
        inputs: vec![
            include_bytes!("../data/keras2.h5").to_vec(),
            include_bytes!("../data/keras2_weights.h5").to_vec(),
        ],
        words: &[
            "TREE",
            "SNOD",
            "HEAP",
            "layer_names",
            "weight_names",
            "model_weights",
            "zeta",
            "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}",
        ],
        cost: 1,
    };
    campaign.run(|path, _| keras::read_layer_weights(path).into());
}

#[test]
fn mutated_safetensors_are_read_or_refused() {
    let network = network();
    let folder = tempfile::tempdir().unwrap();
    let written = |names| {
        let path = folder.path().join("sample.safetensors");
        safetensors::save(&network, &path, names).unwrap();
        std::fs::read(path).unwrap()
    };
    let campaign = Campaign {
        reader: "safetensors",
        extension: ".safetensors",
        inputs: vec![written(Names::Own), written(Names::PyTorch)],
        words: &[
            "F16",
            "BF16",
            "F64",
            "I64",
            "F4",
            "shape",
            "data_offsets",
            "__metadata__",
            "[]",
        ],
        cost: 1,
    };
    campaign.run(|path, _| {
        let _ = Format::Safetensors(Names::Own).tensors(path);
        let _ = Format::Safetensors(Names::Own).read_weights(path);
        safetensors::load_weights(&mut network.clone(), path).into()
    });
}

#[test]
fn mutated_files_of_pytorch_are_read_or_refused() {
    let network = Sequential::new([4])
        .add(layers::Dense::new(5).named("fc1"))
        .add(layers::Dense::new(3).named("fc2"));
    let network = network.build(1, &Device::flex()).unwrap();
    let campaign = Campaign {
        reader: "torch",
        extension: ".pt",
        inputs: vec![
            include_bytes!("../data/torch_mlp.pt").to_vec(),
            include_bytes!("../data/torch_legacy.pt").to_vec(),
            include_bytes!("../data/torch_views.pt").to_vec(),
            include_bytes!("../data/torch_checkpoint.ckpt").to_vec(),
        ],
        words: &[
            "PK\u{1}\u{2}",
            "PK\u{3}\u{4}",
            "FloatStorage",
            "_rebuild_tensor_v2",
            "data.pkl",
            "storage",
            "R.",
            "h\u{0}",
            "q\u{0}",
            "((",
            "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}",
        ],
        cost: 1,
    };
    campaign.run(|path, _| {
        let _ = firebrick_formats::Format::PyTorch.tensors(path);
        let _ = pytorch::load_weights(&mut network.clone(), path, &Mapping::in_order());
        pytorch::load_weights(&mut network.clone(), path, &Mapping::by_name()).into()
    });
}

/// An archive of `torch.save` with another description, so that its checksum fits.
fn torch_archive(description: &[u8]) -> Vec<u8> {
    let sample = include_bytes!("../data/torch_mlp.pt").as_slice();
    let mut archive = ZipArchive::new(Cursor::new(sample)).unwrap();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        zip.start_file(name.as_str(), options).unwrap();
        let bytes = if name.ends_with("data.pkl") {
            description
        } else {
            &bytes
        };
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn mutated_descriptions_of_pytorch_are_read_or_refused() {
    let network = Sequential::new([4])
        .add(layers::Dense::new(5).named("fc1"))
        .add(layers::Dense::new(3).named("fc2"));
    let network = network.build(1, &Device::flex()).unwrap();
    let sample = include_bytes!("../data/torch_mlp.pt").as_slice();
    let mut archive = ZipArchive::new(Cursor::new(sample)).unwrap();
    let mut description = Vec::new();
    let mut part = archive.by_name("torch_mlp/data.pkl").unwrap();
    part.read_to_end(&mut description).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let packed = folder.path().join("packed.pt");
    let campaign = Campaign {
        reader: "torch-descriptions",
        extension: ".pkl",
        inputs: vec![description],
        words: &[
            "FloatStorage",
            "DoubleStorage",
            "_rebuild_tensor_v2",
            "_rebuild_parameter",
            "R",
            "b",
            "u",
            "(",
            "t",
            "}",
            "]",
            "2\u{85}",
            "h\u{1}",
            "q\u{1}",
        ],
        cost: 1,
    };
    campaign.run(|_, bytes| {
        std::fs::write(&packed, torch_archive(bytes)).unwrap();
        let _ = firebrick_formats::Format::PyTorch.tensors(&packed);
        pytorch::load_weights(&mut network.clone(), &packed, &Mapping::by_name()).into()
    });
}
