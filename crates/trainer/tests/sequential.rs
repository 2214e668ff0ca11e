//! Training a sequential network, on the embedded sample.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::tensor::{Device, Distribution, Tensor};
use firebrick_data::{ValidationSplit, mnist_sample};
use firebrick_model::layers::{
    BatchNormalization, Conv2D, Dense, Dropout, Flatten, GaussianNoise, MaxPooling2D, Padding,
};
use firebrick_model::{Activation, Model, SavedModel, Sequential, save_model};
use firebrick_trainer::losses::SparseCategoricalCrossentropy;
use firebrick_trainer::{Compile, Display, Fit, Metric, Optimizer};

fn cnn() -> Sequential {
    Sequential::new([28, 28, 1])
        .add(
            Conv2D::new(6, 3)
                .with_strides(2)
                .with_padding(Padding::Same)
                .without_bias(),
        )
        .add(BatchNormalization::new().with_momentum(0.8))
        .add(Activation::Relu)
        .add(MaxPooling2D::new(2))
        .add(Flatten::new())
        .add(Dropout::new(0.1))
        .add(Dense::new(10).with_activation(Activation::Softmax))
}

fn compile() -> Compile {
    Compile::new(Optimizer::adam(), SparseCategoricalCrossentropy::new())
        .with_learning_rate(0.01)
        .with_metrics([Metric::accuracy()])
}

fn outputs(model: &impl Model, inputs: &Tensor<2>) -> Vec<f32> {
    let outputs: Tensor<2> = model
        .forward(inputs.clone().into())
        .unwrap()
        .into_rank()
        .unwrap();
    outputs.into_data().iter().collect()
}

#[test]
fn a_small_cnn_learns_and_is_the_same_after_saving_and_loading() {
    let device = Device::flex();
    let data = mnist_sample().unwrap();
    let (train, validation) = data
        .train
        .split(&ValidationSplit::Tail { fraction: 0.1 })
        .unwrap();
    let mut trainer = compile().model(cnn().build(7, &device).unwrap());
    let fit = Fit::new(4)
        .with_batch_size(20)
        .with_validation(&validation)
        .with_display(Display::Quiet);
    let history = trainer.fit(&train, &fit).unwrap();
    let accuracy = trainer
        .evaluate(&data.test)
        .unwrap()
        .get("accuracy")
        .unwrap();
    assert!(accuracy > 0.8, "{accuracy}: {history:?}");

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.bpk");
    save_model(trainer.model(), &path).unwrap();
    let loaded = SavedModel::read(&path)
        .unwrap()
        .into_network(&device)
        .unwrap();
    assert_eq!(loaded.config(), &cnn());
    let values: Vec<f32> = (0..3 * 784)
        .map(|i| (i as f32 * 0.37).sin().abs())
        .collect();
    let inputs = Tensor::<1>::from_floats(&values[..], &device).reshape([3, 784]);
    assert_eq!(outputs(&loaded, &inputs), outputs(trainer.model(), &inputs));
    // The moving statistics were learned: a fresh network of these weights would differ.
    let evaluated = compile().model(loaded).evaluate(&data.test).unwrap();
    assert_eq!(evaluated.get("accuracy"), Some(accuracy));
}

#[test]
fn a_frozen_layer_stays_as_it_is_while_the_others_learn() {
    let data = mnist_sample().unwrap();
    let network = ["conv2d", "batch_normalization"]
        .into_iter()
        .try_fold(cnn(), Sequential::freeze_layer)
        .unwrap();
    let model = network.build(7, &Device::flex()).unwrap();
    let before = model.get_weights().unwrap();
    let optimizer = Optimizer::adam();
    let compile =
        Compile::new(optimizer, SparseCategoricalCrossentropy::new()).with_learning_rate(0.01);
    let mut trainer = compile.model(model);
    let fit = Fit::new(1).with_batch_size(20).with_display(Display::Quiet);
    trainer.fit(&data.train, &fit).unwrap();
    trainer.fit(&data.train, &fit).unwrap();
    let after = trainer.model().get_weights().unwrap();
    let moved: Vec<bool> = before.iter().zip(&after).map(|(a, b)| a != b).collect();
    // The kernel; gamma, beta and the moving statistics; kernel and bias.
    assert_eq!(moved, [false, false, false, false, false, true, true]);
}

#[test]
fn a_layer_where_it_does_not_fit_is_explained_before_anything_is_built() {
    let network = Sequential::new([28, 28, 1])
        .add(Flatten::new())
        .add(Conv2D::new(8, 3));
    assert_eq!(
        network.build(1, &Device::flex()).unwrap_err().to_string(),
        "layer `conv2d` (Conv2D, index 1) expects an input of [height, width, channels]; place it \
         before the layer that flattens, or put a Reshape in front of it; it receives [784] from \
         layer `flatten` (Flatten)"
    );
}

/// What a network with dropout and noise has learned: the losses of the epochs and the outputs for the first samples.
fn noisy(fits: &[Fit]) -> (Vec<f64>, Vec<f32>) {
    let device = Device::flex();
    let data = mnist_sample().unwrap();
    let network = Sequential::new([784])
        .add(GaussianNoise::new(0.1))
        .add(Dense::new(16).with_activation(Activation::Relu))
        .add(Dropout::new(0.3))
        .add(Dense::new(10).with_activation(Activation::Softmax));
    let mut trainer = compile().model(network.build(7, &device).unwrap());
    let mut losses = Vec::new();
    for fit in fits {
        // What else draws on the device changes nothing.
        device.seed(fits.len() as u64);
        let _ = Tensor::<1>::random([3], Distribution::Default, &device);
        let fit = fit.clone().with_batch_size(100);
        let history = trainer.fit(&data.train, &fit.with_display(Display::Quiet));
        losses.extend(history.unwrap()["loss"].iter());
    }
    let first = Tensor::<2>::ones([1, 784], &device) * 0.5;
    (losses, outputs(trainer.model(), &first))
}

#[test]
fn a_training_with_dropout_and_noise_repeats_and_goes_on_where_it_stopped() {
    let whole = noisy(&[Fit::new(4)]);
    assert_eq!(noisy(&[Fit::new(4)]), whole);
    let second = Fit::new(4).with_initial_epoch(2);
    assert_eq!(noisy(&[Fit::new(2), second]), whole);
}

#[test]
fn the_seed_of_the_fit_decides_what_layers_draw_also_without_shuffling() {
    let fit = |seed| Fit::new(1).with_seed(seed).without_shuffle();
    assert_eq!(noisy(&[fit(1)]), noisy(&[fit(1)]));
    assert_ne!(noisy(&[fit(1)]), noisy(&[fit(2)]));
}
