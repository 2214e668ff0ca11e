//! Units that are above 0 for no sample.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::tensor::{Device, Tensor};
use firebrick_model::layers::{Conv2D, Dense, Flatten, Layer, LeakyReLU, ReLU};
use firebrick_model::{Activation, MlpConfig, Model, Sequential};

fn shares(model: &impl Model, inputs: Tensor<2>) -> Vec<(String, f32)> {
    let dead = model.dead_units(inputs.into()).unwrap();
    dead.into_iter()
        .map(|dead| (dead.layer, dead.share.into_scalar::<f32>()))
        .collect()
}

#[test]
fn layers_of_a_relu_are_looked_at_and_no_others() {
    let device = Device::flex();
    let relu = || Dense::new(2).with_activation(Activation::Relu);
    let network = Sequential::new([1])
        .add(relu().named("half"))
        .add(Dense::new(2).named("own"))
        .add(ReLU::new().named("behind"))
        .add(Dense::new(2).with_activation(Activation::Sigmoid))
        .add(LeakyReLU::new())
        .add(ReLU::new().with_negative_slope(0.1));
    let model = network
        .build_with_weights(
            [
                vec![1.0, -1.0],
                vec![0.0, 0.0],
                vec![-1.0, -1.0, 0.0, 0.0],
                vec![0.0, 0.0],
                vec![1.0; 4],
                vec![0.0; 2],
            ],
            &device,
        )
        .unwrap();
    let x = Tensor::<2>::from_floats([[1.0], [2.0]], &device);
    assert_eq!(
        shares(&model, x),
        [("half".to_owned(), 0.5), ("behind".to_owned(), 1.0)]
    );
    // What one sample brings above 0 is not dead.
    let x = Tensor::<2>::from_floats([[1.0], [-2.0]], &device);
    assert_eq!(
        shares(&model, x),
        [("half".to_owned(), 0.0), ("behind".to_owned(), 1.0)]
    );
}

#[test]
fn a_unit_of_a_convolution_is_a_channel() {
    let device = Device::flex();
    let network = Sequential::new([2, 2, 1])
        .add(Conv2D::new(2, 1).with_activation(Activation::Relu))
        .add(Flatten::new())
        .add(Dense::new(1));
    let mut weights = vec![vec![1.0, -1.0], vec![0.0, 0.0]];
    weights.extend([vec![1.0; 8], vec![0.0]]);
    let model = network.build_with_weights(weights, &device).unwrap();
    let x = Tensor::<2>::from_floats([[0.0, 0.0, 0.0, 1.0]], &device);
    assert_eq!(shares(&model, x), [("conv2d".to_owned(), 0.5)]);
}

#[test]
fn a_perceptron_has_hidden_layers_alone() {
    let device = Device::flex();
    let x = || Tensor::<2>::ones([3, 4], &device);
    let of = |activation| {
        let config = MlpConfig::new(4, 3).with_hidden([8, 8]);
        config.with_activation(activation).init(1, &device).unwrap()
    };
    let found = shares(&of(Activation::Relu), x());
    let names: Vec<&str> = found.iter().map(|(layer, _)| layer.as_str()).collect();
    assert_eq!(names, ["layers/0", "layers/1"]);
    assert!(found.iter().all(|(_, share)| (0.0..=1.0).contains(share)));
    assert!(shares(&of(Activation::Sigmoid), x()).is_empty());
}
