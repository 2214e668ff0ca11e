//! A network of either kind behind one type.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::path::Path;

use burn::tensor::{Device, Tensor};
use firebrick_model::layers::{BatchNormalization, Dense};
use firebrick_model::{
    Activation, AnyModel, AnyTensor, MlpConfig, Model, SavedModel, Sequential, save_model,
};

fn sequential() -> Sequential {
    Sequential::new([2, 3])
        .add(firebrick_model::layers::Flatten::new())
        .add(BatchNormalization::new())
        .add(Dense::new(4).with_activation(Activation::Softmax))
}

fn mlp() -> MlpConfig {
    MlpConfig::new(6, 4).with_hidden([5])
}

fn answers(model: &impl Model) -> Vec<f32> {
    let values: Vec<f32> = (0..12).map(|i| (i as f32).sin()).collect();
    let inputs = Tensor::<1>::from_floats(&values[..], &Device::flex()).reshape([2, 6]);
    let answers: Tensor<2> = model.predict(inputs).unwrap().into_rank().unwrap();
    answers.into_data().iter().collect()
}

#[test]
fn the_networks_predict_by_the_same_call() {
    let device = Device::flex();
    let mlp = mlp().init(3, &device).unwrap();
    let sequential = sequential().build(3, &device).unwrap();
    let flat = || Tensor::<2>::ones([2, 6], &device);
    let inputs = || Tensor::<3>::ones([2, 2, 3], &device);
    // The methods of the types themselves: nobody who predicts has to import the trait.
    let by_mlp = mlp.predict(flat()).unwrap();
    let by_sequential = sequential.predict(inputs()).unwrap();
    assert_eq!(
        (by_mlp.shape(), by_sequential.shape()),
        (vec![2, 4], vec![2, 4])
    );
    for (model, expected) in [
        (AnyModel::from(mlp.clone()), by_mlp),
        (AnyModel::from(sequential.clone()), by_sequential),
    ] {
        let expected = expected.into_vec().unwrap();
        for inputs in [AnyTensor::from(flat()), inputs().into()] {
            let predicted = model.predict(inputs).unwrap().into_vec().unwrap();
            assert_eq!(predicted, expected);
            for row in predicted.chunks(4) {
                assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-6, "{row:?}");
            }
        }
    }
    let wrong = || Tensor::<2>::ones([2, 5], &device);
    for (refused, expected) in [
        (mlp.predict(wrong()), "[6]"),
        (sequential.predict(wrong()), "[2, 3]"),
    ] {
        let message = refused.unwrap_err().to_string();
        let words = format!("the network expects a batch of {expected}, received [2, 5]");
        assert!(message.starts_with(&words), "{message}");
    }
}

fn load(path: &Path) -> AnyModel {
    let saved = SavedModel::read(path).unwrap();
    saved.into_model(&Device::flex()).unwrap()
}

#[test]
fn it_is_saved_as_the_network_inside_and_loaded_again() {
    let device = Device::flex();
    let directory = tempfile::tempdir().unwrap();
    let [inside, outside] = ["inside.bpk", "outside.bpk"].map(|name| directory.path().join(name));

    let model = sequential().build(3, &device).unwrap();
    let any = AnyModel::from(model.clone());
    save_model(&model, &inside).unwrap();
    save_model(&any, &outside).unwrap();
    assert_eq!(
        std::fs::read(&inside).unwrap(),
        std::fs::read(&outside).unwrap()
    );
    let loaded = load(&outside);
    assert!(matches!(&loaded, AnyModel::Network(own) if own.config() == &sequential()));
    assert_eq!(answers(&loaded), answers(&model));
    assert_eq!(loaded.input_shape(), [2, 3]);
    assert_eq!(loaded.to_string(), model.to_string());

    let model = mlp().init(3, &device).unwrap();
    save_model(&model, &inside).unwrap();
    save_model(&AnyModel::from(model.clone()), &outside).unwrap();
    assert_eq!(
        std::fs::read(&inside).unwrap(),
        std::fs::read(&outside).unwrap()
    );
    let loaded = load(&outside);
    assert!(matches!(&loaded, AnyModel::Mlp(own) if own.config() == mlp()));
    assert_eq!(answers(&loaded), answers(&model));
    assert_eq!(loaded.input_shape(), [6]);
    assert_eq!(loaded.to_string(), model.to_string());
}

#[test]
fn the_summary_of_a_file_takes_no_device() {
    let device = Device::flex();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.bpk");
    save_model(&sequential().build(3, &device).unwrap(), &path).unwrap();
    let summary = SavedModel::read(&path).unwrap().summary().unwrap();
    assert_eq!(
        summary.to_string(),
        sequential().summary().unwrap().to_string()
    );
    save_model(&mlp().init(3, &device).unwrap(), &path).unwrap();
    let summary = SavedModel::read(&path).unwrap().summary().unwrap();
    assert_eq!(summary.to_string(), mlp().summary().unwrap().to_string());
}
