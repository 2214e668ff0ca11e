//! Saving a model and reading it back, whole or damaged.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::path::Path;

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Bytes, Device, Tensor};
use firebrick_model::{
    Activation, AnyTensor, Mlp, MlpConfig, Model, ModelError, SavedModel, save_model,
};

fn mlp() -> Mlp {
    let config = MlpConfig::new(9, 3)
        .with_hidden([5, 4])
        .with_activation(Activation::Tanh);
    config.init(2, &Device::flex()).unwrap()
}

fn outputs(model: &impl Model) -> Vec<f32> {
    let inputs = Tensor::<2>::ones([2, 9], &Device::flex());
    let outputs: Tensor<2> = model.forward(inputs.into()).unwrap().into_rank().unwrap();
    outputs.into_data().iter().collect()
}

/// The same file as it was written before there was a checksum.
fn without_checksum(file: &[u8]) -> Vec<u8> {
    let reader = burn_pack::Reader::from_bytes(Bytes::from_bytes_vec(file.to_vec())).unwrap();
    let metadata = reader.metadata().clone();
    let old = metadata
        .iter()
        .filter(|(key, _)| !["firebrick.form", "firebrick.sha256"].contains(&key.as_str()))
        .fold(
            burn_pack::Writer::new(reader.into_tensors().unwrap()),
            |writer, (key, value)| writer.with_metadata(key, value),
        );
    assert_eq!(metadata.len(), 5);
    old.into_bytes().unwrap().to_vec()
}

fn read(path: &Path) -> Result<Mlp, ModelError> {
    SavedModel::read(path)?.into_mlp(&Device::flex())
}

#[test]
fn a_loaded_model_is_the_saved_one() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.bpk");
    let model = mlp();
    save_model(&model, &path).unwrap();
    let loaded = read(&path).unwrap();
    assert_eq!(loaded.config(), model.config());
    assert_eq!(outputs(&loaded), outputs(&model));
}

#[derive(Module, Debug)]
struct Own {
    only: Linear,
}

impl Model for Own {
    fn forward(&self, inputs: AnyTensor) -> Result<AnyTensor, ModelError> {
        Ok(self.only.forward(inputs.into_rank::<2>()?).into())
    }
}

fn own(outputs: usize) -> Own {
    Own {
        only: LinearConfig::new(9, outputs).init(&Device::flex()),
    }
}

#[test]
fn weights_of_an_own_module_are_loaded_into_one_of_its_structure() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("own.bpk");
    let model = own(3);
    save_model(&model, &path).unwrap();
    let loaded = SavedModel::read(&path).unwrap().load_into(own(3)).unwrap();
    assert_eq!(outputs(&loaded), outputs(&model));

    let error = SavedModel::read(&path)
        .unwrap()
        .load_into(own(4))
        .unwrap_err();
    assert!(error.to_string().contains("shape mismatch"), "{error}");
    let error = read(&path).unwrap_err().to_string();
    assert!(error.contains("weights without a description"), "{error}");
}

#[test]
fn a_damaged_file_is_an_error_and_never_a_panic() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.bpk");
    save_model(&mlp(), &path).unwrap();
    let whole = std::fs::read(&path).unwrap();

    for length in (0..whole.len()).step_by(7) {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert!(read(&path).is_err(), "cut off after {length} bytes");
    }
    std::fs::write(&path, "not a model at all").unwrap();
    let error = read(&path).unwrap_err().to_string();
    assert!(
        error.contains("is not a model this version can read"),
        "{error}"
    );
}

#[test]
fn no_byte_can_change_without_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.bpk");
    save_model(&mlp(), &path).unwrap();
    let whole = std::fs::read(&path).unwrap();
    assert!(SavedModel::from_bytes(whole.clone(), "whole").is_ok());
    // Every byte, each changed by one bit, by several and by all of them.
    for position in 0..whole.len() {
        for mask in [0x01, 0x20, 0x5a, 0xff] {
            let mut damaged = whole.clone();
            damaged[position] ^= mask;
            let read = SavedModel::from_bytes(damaged, "damaged");
            assert!(read.is_err(), "byte {position} changed by {mask:#x}");
        }
    }
    let mut longer = whole.clone();
    longer.push(0);
    let error = SavedModel::from_bytes(longer, "longer.bpk").err().unwrap();
    assert!(
        error
            .to_string()
            .contains("`longer.bpk` is not a model this version can read: its bytes are not those that its checksum"),
        "{error}"
    );
}

#[test]
fn a_file_from_before_there_was_a_checksum_is_read_as_before() {
    // Written by `firebrick train --data t.csv --target y --epochs 2 --hidden 3`, which then predicted these numbers.
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/without_checksum.bpk");
    let device = Device::flex();
    let model = SavedModel::read(&path)
        .unwrap()
        .into_network(&device)
        .unwrap();
    let inputs = Tensor::<2>::from_data([[1.0], [2.0], [10.0]], &device);
    let outputs: Tensor<2> = Model::forward(&model, inputs.into())
        .unwrap()
        .into_rank()
        .unwrap();
    let outputs: Vec<f32> = outputs.into_data().iter().collect();
    assert_eq!(outputs, [9.208_614, 9.208_614, 1.604_173_7]);
}

#[test]
fn a_description_that_lies_about_its_sizes_is_found_out() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.bpk");
    save_model(&mlp(), &path).unwrap();
    let whole = without_checksum(&std::fs::read(&path).unwrap());
    let find = br#""hidden":[5,4]"#;
    let lie = br#""hidden":[9,4]"#;
    let at = whole
        .windows(find.len())
        .position(|window| window == find)
        .unwrap();
    let mut lying = whole.clone();
    lying[at..at + lie.len()].copy_from_slice(lie);
    std::fs::write(&path, lying).unwrap();
    let error = read(&path).unwrap_err().to_string();
    assert!(
        error.contains("weight `layers.0") && error.contains("should be"),
        "{error}"
    );
}

#[test]
fn a_file_that_cannot_be_read_or_written_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let error = read(&directory.path().join("none.bpk"))
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("cannot read the model file") && error.contains("none.bpk"));
    let below_a_file = directory.path().join("file");
    std::fs::write(&below_a_file, "x").unwrap();
    let error = save_model(&mlp(), &below_a_file.join("model.bpk"))
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("cannot write the model file"), "{error}");
}

#[test]
fn saving_again_replaces_the_file_and_leaves_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.bpk");
    save_model(&mlp(), &path).unwrap();
    let other = MlpConfig::new(9, 2).init(5, &Device::flex()).unwrap();
    save_model(&other, &path).unwrap();
    assert_eq!(read(&path).unwrap().config(), other.config());
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn the_same_weights_are_the_same_bytes() {
    let directory = tempfile::tempdir().unwrap();
    let saved = |name: &str| {
        let path = directory.path().join(name);
        // Every network has ids of its own for its parameters.
        save_model(&mlp(), &path).unwrap();
        std::fs::read(path).unwrap()
    };
    assert_eq!(saved("first.bpk"), saved("second.bpk"));
}
