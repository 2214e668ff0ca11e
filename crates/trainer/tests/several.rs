//! What a training takes of a model's `call`: terms of the loss, masks, several inputs and outputs.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::tensor::Device;
use firebrick_data::ArrayDataset;
use firebrick_model::layers::{Dense, Embedding, Layer, LayerProblem};
use firebrick_model::{Call, Sequential, Signals};
use firebrick_trainer::{Compile, Display, Fit};
use serde::{Deserialize, Serialize};

/// Adds the mean square of what goes through it to the loss.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct SmallPlease {}

impl Layer for SmallPlease {
    const CLASS_NAME: &'static str = "SmallPlease";

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let values = inputs.into_rank::<2>()?;
        call.add_loss(values.clone().square().mean());
        Ok(values.into())
    }
}

fn quietly(epochs: usize) -> Fit {
    Fit::new(epochs).with_display(Display::Quiet)
}

#[test]
fn what_layers_add_to_the_loss_is_learned_and_judged() {
    let device = Device::flex();
    let model = Sequential::new([1])
        .add(Dense::new(1).without_bias())
        .add(SmallPlease {})
        .build_with_weights([vec![2.0]], &device)
        .unwrap();
    let data = ArrayDataset::new([[1.0], [2.0]], [2.0, 4.0]).unwrap();
    let compile = Compile::by_name("sgd:learning_rate=0.1", "mse", ["mse"]).unwrap();
    let mut trainer = compile.model(model);
    // The answers 2 and 4 are right; their mean square is 10.
    let before = trainer.evaluate(&data).unwrap();
    assert_eq!((before.loss(), before.get("mse")), (10.0, Some(0.0)));
    trainer.fit(&data, &quietly(1)).unwrap();
    // The slope of (2² + 4²) / 2 with the weight: 2 · 10 / 2 = 10, so that 0.1 · 10 is taken off.
    let weight = trainer.predict(firebrick_model::AnyTensor::from(
        burn::tensor::Tensor::<2>::ones([1, 1], &device),
    ));
    let weight = weight.unwrap().into_vec().unwrap()[0];
    assert!((weight - 1.0).abs() < 1e-6, "{weight}");
}

#[test]
fn steps_that_a_mask_leaves_out_do_not_count() {
    let device = Device::flex();
    let network = Sequential::new([3])
        .add(Embedding::new(3, 1).with_mask_zero())
        .add(Dense::new(1).without_bias());
    // Vectors of 7, 1 and 2, answered as they are.
    let model = network
        .build_with_weights([vec![7.0, 1.0, 2.0], vec![1.0]], &device)
        .unwrap();
    let inputs = [[1.0, 2.0, 0.0], [2.0, 0.0, 0.0]];
    let data = ArrayDataset::new(inputs, [[2.0, 2.0, 0.0], [4.0, 0.0, 0.0]]).unwrap();
    let compile = Compile::by_name("sgd", "mse", ["mae"]).unwrap();
    let evaluation = compile.model(model).evaluate(&data).unwrap();
    // Errors of 1, 0 and 2 in three steps.
    let loss = 5.0 / 3.0;
    assert!(
        (evaluation.loss() - loss).abs() < 1e-6,
        "{}",
        evaluation.loss()
    );
    assert_eq!(evaluation.get("mae"), Some(1.0));
}
