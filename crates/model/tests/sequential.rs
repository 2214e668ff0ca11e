//! Describing, checking, building and saving a sequential network.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::collections::BTreeMap;

use burn::module::Module;
use burn::tensor::{Device, Distribution, Tensor};
use firebrick_model::layers::{
    BatchNormalization, Conv2D, Dense, Dropout, Flatten, GaussianNoise, GlobalAveragePooling2D,
    Layer, LayerNormalization, MaxPooling2D, Padding, ReLU, RepeatVector, Reshape,
    SpatialDropout2D,
};
use firebrick_model::{
    Activation, AnyTensor, Draws, GraphLayer, Mode, Model, ModelError, Network, SavedModel,
    Sequential, save_model,
};
use serde::Deserialize;

fn cnn() -> Sequential {
    Sequential::new([8, 8, 1])
        .add(Conv2D::new(3, 3).with_padding(Padding::Same).without_bias())
        .add(BatchNormalization::new())
        .add(Activation::Relu)
        .add(MaxPooling2D::new(2))
        .add(Conv2D::new(4, [3, 1]).with_activation(Activation::Tanh))
        .add(Flatten::new())
        .add(Dense::new(5).with_activation(Activation::Softmax))
}

fn build(network: &Sequential) -> Network {
    network.build(3, &Device::flex()).unwrap()
}

fn images(samples: usize) -> Tensor<4> {
    let values: Vec<f32> = (0..samples * 64).map(|i| (i as f32 * 7.3).sin()).collect();
    Tensor::<1>::from_floats(&values[..], &Device::flex()).reshape([samples, 8, 8, 1])
}

fn values(tensor: AnyTensor) -> Vec<f32> {
    tensor
        .into_rank::<2>()
        .unwrap()
        .into_data()
        .iter()
        .collect()
}

fn error(network: &Sequential) -> String {
    network.build(1, &Device::flex()).unwrap_err().to_string()
}

#[test]
fn the_summary_is_the_one_keras_prints() {
    #[derive(Deserialize)]
    struct Golden {
        summaries: BTreeMap<String, String>,
    }
    let golden: Golden = serde_json::from_str(include_str!("data/summaries.json")).unwrap();
    let mlp = Sequential::new([784])
        .add(Dense::new(128).with_activation(Activation::Relu))
        .add(Dropout::new(0.2))
        .add(Dense::new(10).with_activation(Activation::Softmax));
    let cnn = Sequential::new([28, 28, 1])
        .named("my_cnn")
        .add(Conv2D::new(32, 3).with_activation(Activation::Relu))
        .add(BatchNormalization::new())
        .add(MaxPooling2D::default())
        .add(
            Conv2D::new(16, [3, 5])
                .with_strides(2)
                .with_padding(Padding::Same)
                .without_bias(),
        )
        .add(LayerNormalization::new())
        .add(ReLU::new())
        .add(GlobalAveragePooling2D::new())
        .add(Dense::new(10).named("digits"));
    let cnn_frozen = Sequential::new([28, 28, 1])
        .named("my_cnn")
        .add(
            Conv2D::new(32, 3)
                .with_activation(Activation::Relu)
                .frozen(),
        )
        .add(BatchNormalization::new())
        .add(MaxPooling2D::default())
        .add(Flatten::new())
        .add(Dense::new(10));
    for (name, network) in [("mlp", mlp), ("cnn", cnn), ("cnn_frozen", cnn_frozen)] {
        let summary = network.summary().unwrap().to_string();
        assert_eq!(summary.trim_end(), golden.summaries[name].trim_end());
        assert_eq!(build(&network).to_string(), summary);
    }
}

#[test]
fn layers_are_named_as_keras_names_them_and_found_by_name_and_index() {
    let network = Sequential::from_layers([4], [Dense::new(3), Dense::new(2)])
        .add(Activation::Relu)
        .add(Dense::new(2).named("last"));
    let names: Vec<&str> = network.layers().iter().map(GraphLayer::name).collect();
    assert_eq!(names, ["dense", "dense_1", "activation", "last"]);
    assert_eq!(network.get_layer("last").unwrap().name(), "last");
    assert_eq!(network.get_layer(1).unwrap().name(), "dense_1");
    assert_eq!(
        network.get_layer("dense_2").unwrap_err().to_string(),
        "the network has no layer `dense_2`; its layers are: dense, dense_1, activation, last"
    );
    assert!(network.get_layer(4).is_err());
}

#[test]
fn what_does_not_fit_is_an_error_that_names_the_layer() {
    let flat = Sequential::new([28, 28, 1]).add(Flatten::new());
    assert_eq!(
        error(&flat.clone().add(Conv2D::new(8, 3))),
        "layer `conv2d` (Conv2D, index 1) expects an input of [height, width, channels]; place it \
         before the layer that flattens, or put a Reshape in front of it; it receives [784] from \
         layer `flatten` (Flatten)"
    );
    assert_eq!(
        error(&flat.clone().add(Dense::new(0))),
        "layer `dense` (Dense, index 1) needs `units` to be at least 1, it is 0; change it; it \
         receives [784] from layer `flatten` (Flatten)"
    );
    let small = Sequential::new([4, 4, 1]).add(MaxPooling2D::new(5));
    assert_eq!(
        error(&small),
        "layer `max_pooling2d` (MaxPooling2D, index 0) expects an input of at least 5 positions \
         along each axis of its window; choose a smaller window, pad with `same`, or shrink less \
         before it; it receives [4, 4, 1] from the input"
    );
    let twice = Sequential::new([4])
        .add(Dense::new(1).named("a"))
        .add(Dense::new(1).named("a"));
    assert_eq!(
        error(&twice),
        "two layers are named `a`, index 0 and index 1, expected names of their own; rename one \
         or let the network name it"
    );
    for (network, text) in [
        (Sequential::new([4]), "has no layers"),
        (Sequential::new([4, 0]).add(Flatten::new()), "0 inputs"),
        (
            flat.clone().add(Dense::new(usize::MAX)),
            "expected at most 1073741824 elements",
        ),
        (
            flat.clone().add(Dense::new(2_000_000)),
            "more than 1073741824 weights",
        ),
        (
            flat.clone().add(RepeatVector::new(usize::MAX)),
            "expected at most",
        ),
        (
            flat.clone().add(Reshape::new([5, -1])),
            "a shape of 784 elements",
        ),
        (
            flat.clone().add(Reshape::new([2, 2, 2, 2, 7, 7])),
            "at most 5 axes",
        ),
        (
            flat.clone().add(Dropout::new(1.0)),
            "`rate` to be from 0 to below 1, it is 1.0",
        ),
        (
            flat.add(GaussianNoise::new(f64::NAN)),
            "`stddev` to be a number from 0 on",
        ),
        (
            Sequential::new([8, 8, 3]).add(Conv2D::new(4, 3).with_groups(2)),
            "a divisor of the 3 channels and of the 4 filters",
        ),
        (
            Sequential::new([8, 8, 3]).add(Conv2D::new(4, 3).with_strides(0)),
            "`strides` to be at least 1",
        ),
        (
            Sequential::new([8, 8, 3]).add(Conv2D::new(4, usize::MAX).with_dilation_rate(9)),
            "`kernel_size` to be at most 65536",
        ),
    ] {
        assert!(
            error(&network).contains(text),
            "{text}: {}",
            error(&network)
        );
    }
}

#[test]
fn a_softmax_at_the_end_is_left_to_the_loss() {
    let with = cnn();
    let ends = |last: Dense| {
        let start = Sequential::new([3]);
        start.add(last)
    };
    let dense = ends(Dense::new(4).with_activation(Activation::Softmax));
    let separate = ends(Dense::new(4)).add(Activation::Softmax);
    let x = Tensor::<2>::from_floats([[1.0, -2.0, 0.5]], &Device::flex());
    for network in [dense, separate] {
        let model = build(&network);
        assert_eq!(model.output_activation(), Activation::Softmax);
        let logits = values(Model::forward(&model, x.clone().into()).unwrap());
        let probabilities = values(model.predict(x.clone()).unwrap());
        assert!((probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        let sum: f32 = logits.iter().map(|logit| logit.exp()).sum();
        for (logit, probability) in logits.iter().zip(probabilities) {
            assert!((logit.exp() / sum - probability).abs() < 1e-6);
        }
    }
    // Rows of features are images of the input shape.
    let model = build(&with);
    let flat = images(2).reshape([2, 64]);
    let from_images = values(model.predict(images(2)).unwrap());
    assert_eq!(values(model.predict(flat.clone()).unwrap()), from_images);
    let logits = Model::forward(&model, flat.into()).unwrap();
    assert_eq!(logits.shape(), [2, 5]);
}

#[test]
fn an_activation_that_halves_is_seen_by_the_shapes() {
    let network = Sequential::new([6, 6, 1])
        .add(Conv2D::new(4, 3).with_activation(Activation::Glu))
        .add(Flatten::new())
        .add(Dense::new(8).with_activation(Activation::Glu))
        .add(Activation::Glu);
    assert_eq!(network.output_shape().unwrap(), [2]);
    let x = Tensor::<4>::ones([3, 6, 6, 1], &Device::flex());
    let y = build(&network).predict(x).unwrap();
    assert_eq!(y.shape(), [3, 2]);
    let odd = Sequential::new([4]).add(Dense::new(3).with_activation(Activation::Glu));
    assert_eq!(
        error(&odd),
        "layer `dense` (Dense, index 0) needs `activation` to be one that does not halve the last \
         axis of [3], it is \"glu\"; change it; it receives [4] from the input"
    );
}

#[test]
fn inputs_of_another_shape_are_an_error() {
    let model = build(&cnn());
    let wrong = Tensor::<4>::zeros([2, 8, 8, 3], &Device::flex());
    assert_eq!(
        model.predict(wrong).unwrap_err().to_string(),
        "the network expects a batch of [8, 8, 1], received [2, 8, 8, 3] (the batch axis first); \
         reshape the batch, or give each sample as one row of features"
    );
}

#[test]
fn noise_acts_in_training_alone_and_keeps_the_mean() {
    let device = Device::flex();
    let x = Tensor::<4>::ones([8, 16, 16, 8], &device);
    let networks = [
        Sequential::new([16, 16, 8]).add(Dropout::new(0.25)),
        Sequential::new([16, 16, 8]).add(SpatialDropout2D::new(0.25)),
        Sequential::new([16, 16, 8]).add(GaussianNoise::new(0.25)),
    ];
    for network in networks {
        let model = build(&network);
        let run = |mode| -> Tensor<4> { model.forward(x.clone(), mode).into_rank().unwrap() };
        assert_eq!(run(Mode::Inference).into_data(), x.clone().into_data());
        let noisy = run(Mode::Training(Draws::new(1, 0)));
        assert_ne!(noisy.clone().into_data(), x.clone().into_data());
        let mean: f32 = noisy.mean().into_scalar();
        assert!((mean - 1.0).abs() < 0.25, "{network:?}: {mean}");
        let frozen = model.freeze();
        let kept: Tensor<4> = frozen
            .forward(x.clone(), Mode::Training(Draws::new(1, 0)))
            .into_rank()
            .unwrap();
        assert_eq!(kept.into_data(), x.clone().into_data());
    }
}

#[test]
fn the_device_decides_whether_a_model_trains() {
    let device = Device::flex();
    let model = build(
        &Sequential::new([50])
            .add(Dropout::new(0.5))
            .add(Dense::new(2)),
    );
    let run = |model: &Network, device: &Device| -> Vec<f32> {
        let x = Tensor::<2>::ones([3, 50], device);
        values(Model::forward(model, x.into()).unwrap())
    };
    assert_eq!(run(&model, &device), run(&model, &device));
    let training = model.train();
    let device = device.autodiff();
    assert_ne!(run(&training, &device), run(&training, &device));
}

#[test]
fn a_seed_means_the_same_weights_and_another_seed_others() {
    let start = |seed: u64| {
        let model = cnn().build(seed, &Device::flex()).unwrap();
        values(model.predict(images(2)).unwrap())
    };
    assert_eq!(start(9), start(9));
    assert_ne!(start(9), start(10));
}

#[test]
fn weights_of_another_size_are_an_error() {
    let network = Sequential::new([2]).add(Dense::new(3));
    let error = |weights: Vec<Vec<f32>>| {
        let device = Device::flex();
        network
            .build_with_weights(weights, &device)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        error(vec![vec![0.0; 6]]),
        "weight 1 of the network, `dense/bias`, has 0 values, expected 3; give the weights in the \
         order and the shapes that the network lists"
    );
    assert!(error(vec![vec![0.0; 5], vec![0.0; 3]]).contains("`dense/kernel`, has 5 values"));
    assert!(error(vec![vec![0.0; 6], vec![0.0; 3], vec![0.0]]).contains("has 1 values"));
}

#[test]
fn a_description_survives_being_written_down() {
    let text = serde_json::to_string(&cnn()).unwrap();
    assert_eq!(serde_json::from_str::<Sequential>(&text).unwrap(), cnn());
    let short = Sequential::new([4]).add(Dense::new(2).with_activation(Activation::Relu));
    assert_eq!(
        serde_json::to_string(&short).unwrap(),
        r#"{"name":"sequential","input_shape":[4],"layers":[{"name":"dense","layer":{"class_name":"Dense","config":{"units":2,"activation":"relu","use_bias":true}}}]}"#
    );
    let unknown = text.replace("use_bias", "uses_bias");
    assert!(serde_json::from_str::<Sequential>(&unknown).is_err());
}

fn saved() -> (tempfile::TempDir, std::path::PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.bpk");
    save_model(&build(&cnn()), &path).unwrap();
    (directory, path)
}

fn read(path: &std::path::Path) -> Result<Network, ModelError> {
    SavedModel::read(path)?.into_network(&Device::flex())
}

#[test]
fn a_loaded_network_is_the_saved_one() {
    let (_directory, path) = saved();
    let loaded = read(&path).unwrap();
    assert_eq!(loaded.config(), &cnn());
    let expected = values(build(&cnn()).predict(images(3)).unwrap());
    assert_eq!(values(loaded.predict(images(3)).unwrap()), expected);
    let error = SavedModel::read(&path).unwrap().into_mlp(&Device::flex());
    assert!(error.unwrap_err().to_string().contains("is no MLP"));
}

#[test]
fn a_damaged_or_lying_file_is_an_error_and_never_a_panic() {
    let (_directory, path) = saved();
    let mut whole = std::fs::read(&path).unwrap();
    // With its checksum no lie would be read; this is a file from before there was one.
    for mark in ["firebrick.sha256", "firebrick-sha256:"] {
        let mut places = whole.windows(mark.len());
        let at = places.position(|window| window == mark.as_bytes()).unwrap();
        whole[at..at + mark.len()].fill(b'x');
    }
    let lie = |find: &str, lie: &str| {
        assert_eq!(find.len(), lie.len());
        let mut bytes = whole.clone();
        let at = bytes
            .windows(find.len())
            .position(|window| window == find.as_bytes())
            .unwrap();
        bytes[at..at + find.len()].copy_from_slice(lie.as_bytes());
        std::fs::write(&path, bytes).unwrap();
        read(&path).unwrap_err().to_string()
    };
    let error = lie(r#""units":5"#, r#""units":7"#);
    assert!(
        error.contains("weight `layers.6.Dense.") && error.contains("should be"),
        "{error}"
    );
    let error = lie(r#""filters":3"#, r#""filters":0"#);
    assert!(error.contains("`filters` to be at least 1"), "{error}");
    for length in (0..whole.len()).step_by(61) {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert!(read(&path).is_err(), "cut off after {length} bytes");
    }
    for position in 0..whole.len().min(2000) {
        let mut damaged = whole.clone();
        damaged[position] ^= 0x10;
        std::fs::write(&path, &damaged).unwrap();
        let _ = read(&path);
    }
}

#[test]
fn gradients_flow_through_every_kind_of_window() {
    let device = Device::flex().autodiff();
    let network = Sequential::new([7, 7, 2])
        .add(
            Conv2D::new(4, 2)
                .with_strides(2)
                .with_padding(Padding::Same),
        )
        .add(
            MaxPooling2D::new(2)
                .with_padding(Padding::Same)
                .with_strides(1),
        )
        .add(firebrick_model::layers::AveragePooling2D::new(2).with_padding(Padding::Same))
        .add(Flatten::new());
    let model = network.build(1, &device).unwrap();
    let x = Tensor::<4>::random([2, 7, 7, 2], Distribution::Default, &device).require_grad();
    let y = model
        .forward(x.clone(), Mode::Training(Draws::new(1, 0)))
        .into_rank::<2>()
        .unwrap();
    let gradients = y.square().sum().backward();
    let gradient: Vec<f32> = x.grad(&gradients).unwrap().into_data().iter().collect();
    assert!(gradient.iter().all(|value| value.is_finite()));
    assert!(gradient.iter().any(|value| *value != 0.0));
}
