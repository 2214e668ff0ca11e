//! Reading and replacing the weights of a built network.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use firebrick_model::layers::{
    BatchNormalization, Conv1D, Conv2D, Dense, Embedding, Flatten, Layer, LayerNormalization, PReLU,
};
use firebrick_model::{Draws, Mode, Network, Sequential, WeightValue};

fn network() -> Sequential {
    Sequential::new([5, 6, 2])
        .add(Conv2D::new(3, [2, 3]))
        .add(BatchNormalization::new())
        .add(LayerNormalization::new().with_axis([2, 3]))
        .add(PReLU::new())
        .add(Flatten::new())
        .add(Dense::new(2).named("last"))
}

/// Values that tell their places.
fn counted(network: &Sequential) -> Vec<WeightValue> {
    let mut start = 0;
    let weights = network.weights().unwrap();
    weights
        .into_iter()
        .map(|(_, weight)| {
            let values: Vec<f32> = (start..start + weight.num_params())
                .map(|place| place as f32 / 8.0)
                .collect();
            start += weight.num_params();
            WeightValue::new(weight.shape, values).unwrap()
        })
        .collect()
}

fn build() -> Network {
    network().build(1, &Device::flex()).unwrap()
}

#[test]
fn weights_come_back_as_they_were_set_in_keras_layout() {
    let given = counted(&network());
    let mut model = build();
    model.set_weights(given.clone()).unwrap();
    assert_eq!(model.get_weights().unwrap(), given);
    let values = given.iter().map(|weight| weight.values().to_vec());
    let built = network()
        .build_with_weights(values, &Device::flex())
        .unwrap();
    assert_eq!(built.get_weights().unwrap(), given);
    let x = Tensor::<4>::ones([2, 5, 6, 2], &Device::flex()).cumsum(2);
    let run = |model: &Network| {
        let y = model.predict(x.clone()).unwrap().into_rank::<2>().unwrap();
        y.into_data()
    };
    assert_eq!(run(&model), run(&built));
    assert_ne!(run(&model), run(&build()));

    let paths: Vec<String> = network()
        .weights()
        .unwrap()
        .into_iter()
        .map(|(layer, weight)| format!("{layer}/{}", weight.name))
        .collect();
    assert_eq!(paths[5], "batch_normalization/moving_variance");
    for (path, expected) in paths.iter().zip(&given) {
        assert_eq!(&model.weight(path).unwrap(), expected, "{path}");
    }
    let mut one_by_one = build();
    for (path, value) in paths.iter().zip(&given) {
        one_by_one.set_weight(path, value.clone()).unwrap();
    }
    assert_eq!(one_by_one.get_weights().unwrap(), given);
}

#[test]
fn kernels_of_one_and_two_dimensions_are_channels_last() {
    let device = Device::flex();
    let conv = Sequential::new([4, 2]).add(Conv1D::new(3, 2));
    let mut conv = conv.build(1, &device).unwrap();
    let values: Vec<f32> = (0..12_u8).map(f32::from).collect();
    let kernel = WeightValue::new([2, 2, 3], values).unwrap();
    conv.set_weight("conv1d/kernel", kernel.clone()).unwrap();
    assert_eq!(conv.weight("conv1d/kernel").unwrap(), kernel);
    // A one at the second position, first channel, meets kernel[1][0][..].
    let mut x = [0.0; 8];
    x[2] = 1.0;
    let x = Tensor::<1>::from_floats(&x[..], &device).reshape([1, 4, 2]);
    let y = conv.predict(x).unwrap().into_rank::<3>().unwrap();
    let y: Vec<f32> = y.into_data().iter().collect();
    assert_eq!(y[..3], [6.0, 7.0, 8.0]);
}

#[test]
fn a_clone_keeps_its_weights() {
    let mut model = build();
    let clone = model.clone();
    let before = clone.get_weights().unwrap();
    model.set_weights(counted(&network())).unwrap();
    assert_eq!(clone.get_weights().unwrap(), before);
    let mean = "batch_normalization/moving_mean";
    model
        .set_weight(mean, WeightValue::new([3], [7.0; 3]).unwrap())
        .unwrap();
    assert_eq!(clone.weight(mean).unwrap().values(), [0.0; 3]);
}

#[test]
fn weights_set_during_training_are_trained_on() {
    let device = Device::flex().autodiff();
    let network = Sequential::new([2])
        .add(BatchNormalization::new())
        .add(Dense::new(1));
    let mut model = network.build(1, &Device::flex()).unwrap().train();
    let x = Tensor::<2>::from_floats([[1.0, 2.0], [3.0, 5.0]], &device);
    let _ = model.forward(x.clone(), Mode::Training(Draws::new(1, 0)));
    let mean = "batch_normalization/moving_mean";
    // What the last batch has left is read, and does not come back over what is set.
    let followed = model.weight(mean).unwrap();
    assert!((followed.values()[0] - 0.02).abs() < 1e-6);
    model
        .set_weight(mean, WeightValue::new([2], [9.0; 2]).unwrap())
        .unwrap();
    model
        .set_weight(
            "dense/kernel",
            WeightValue::new([2, 1], [1.0, -1.0]).unwrap(),
        )
        .unwrap();
    assert_eq!(model.valid().weight(mean).unwrap().values(), [9.0; 2]);
    let y = model
        .forward(x, Mode::Training(Draws::new(1, 0)))
        .into_rank::<2>()
        .unwrap();
    let gradients = y.square().sum().backward();
    let found = burn::optim::GradientsParams::from_grads(gradients, &model);
    assert_eq!(found.len(), 4);
}

#[test]
fn what_does_not_fit_is_an_exact_error_and_changes_nothing() {
    let mut model = build();
    let before = model.get_weights().unwrap();
    assert_eq!(
        model.weight("last/kernal").unwrap_err().to_string(),
        "the network has no weight `last/kernal`; the nearest are: last/kernel, last/bias, \
         conv2d/kernel"
    );
    let flat = Sequential::new([2])
        .add(Flatten::new())
        .build(1, &Device::flex())
        .unwrap();
    assert_eq!(
        flat.weight("flatten/kernel").unwrap_err().to_string(),
        "the network has no weight `flatten/kernel`; it has no weights at all"
    );
    assert_eq!(
        WeightValue::new([2, 3], [0.0; 5]).unwrap_err().to_string(),
        "a value of the shape [2, 3] has 6 numbers, received 5; give one number for each element"
    );
    let wrong = WeightValue::new([3], [0.0; 3]).unwrap();
    assert_eq!(
        model
            .set_weight("last/bias", wrong.clone())
            .unwrap_err()
            .to_string(),
        "weight `last/bias` has the shape [2], received a value of the shape [3]; reshape the \
         value, it lies as in Keras"
    );
    let mut given = counted(&network());
    given.push(wrong.clone());
    let error = model.set_weights(given.clone()).unwrap_err().to_string();
    assert!(
        error.starts_with("weight 11 of the network, `none`, has 3 values"),
        "{error}"
    );
    given.truncate(10);
    let error = model.set_weights(given.clone()).unwrap_err().to_string();
    assert!(
        error.starts_with("weight 10 of the network, `last/bias`, has 0 values"),
        "{error}"
    );
    given.push(wrong);
    let error = model.set_weights(given).unwrap_err().to_string();
    assert!(
        error.starts_with("weight `last/bias` has the shape [2]"),
        "{error}"
    );
    assert_eq!(model.get_weights().unwrap(), before);
}

#[test]
fn a_layer_starts_as_its_initializers_say() {
    let uniform = Sequential::new([4]).add(Embedding::new(1000, 8));
    let uniform = uniform.build(1, &Device::flex()).unwrap();
    let rows = uniform.weight("embedding/embeddings").unwrap();
    let largest = rows
        .values()
        .iter()
        .fold(0.0_f32, |largest, value| largest.max(value.abs()));
    assert!((0.0499..=0.05).contains(&largest), "{largest}");
}
