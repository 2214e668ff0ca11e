//! What a training takes of a model's `call`: terms of the loss, masks, several inputs and outputs.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::tensor::{Device, Int, Tensor};
use firebrick_data::{ArrayData, ArrayDataset, NamedArray};
use firebrick_model::layers::{Concatenate, Dense, Embedding, Flatten, Layer, LayerProblem};
use firebrick_model::{AnyTensor, Call, Graph, Network, Sequential, Signal, Signals, named_input};
use firebrick_trainer::{Compile, Display, Fit, Pass};
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
    let weight = trainer.predict(Tensor::<2>::ones([1, 1], &device));
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

/// An index and two numbers, joined.
fn recommender(device: &Device) -> Network {
    let user = named_input("user", [1]);
    let film = named_input("film", [2]);
    let vectors = Embedding::new(4, 2).on(&user);
    let vectors = Flatten::new().on(&vectors);
    let joined = Concatenate::new().on([&vectors, &film]);
    let rating = Dense::new(1).on(&joined);
    Graph::new([user, film], rating).build(3, device).unwrap()
}

fn users() -> NamedArray {
    ArrayData::named("user", [0, 1, 2, 3, 1]).unwrap()
}

fn films() -> NamedArray {
    ArrayData::named(
        "film",
        [[0.5, 1.0], [0.0, 1.0], [0.3, 0.1], [1.0, 1.0], [0.2, 0.9]],
    )
    .unwrap()
}

fn ratings() -> NamedArray {
    ArrayData::named("rating", [1.0, 0.5, 0.0, 1.0, 0.25]).unwrap()
}

fn mse() -> Compile {
    Compile::by_name("adam:learning_rate=0.05", "mse", ["mae"]).unwrap()
}

#[test]
fn inputs_are_found_by_their_names_and_whole_numbers_stay_whole() {
    let device = Device::flex();
    let in_order = ArrayDataset::of_named([users(), films()], [ratings()]).unwrap();
    let other_way = ArrayDataset::of_named([films(), users()], [ratings()]).unwrap();
    let fit = quietly(20).with_batch_size(2).with_validation(&in_order);
    let mut histories = Vec::new();
    for data in [&in_order, &other_way] {
        let mut trainer = mse().model(recommender(&device));
        let history = trainer
            .fit(data, &fit.clone().with_validation(data))
            .unwrap();
        assert!(history["val_loss"][19] < 0.5 * history["val_loss"][0]);
        assert_eq!(trainer.evaluate(data).unwrap().samples, 5);
        // The same from tensors, in the order of the network.
        let answers = trainer.predict_data(data).unwrap();
        let user = Tensor::<2, Int>::from_ints([[0], [1], [2], [3], [1]], &device);
        let film = [[0.5, 1.0], [0.0, 1.0], [0.3, 0.1], [1.0, 1.0], [0.2, 0.9]];
        let inputs: [Signal; 2] = [
            AnyTensor::from(user).into(),
            Tensor::<2>::from_floats(film, &device).into(),
        ];
        let pass = Pass::new().with_batch_size(2);
        let same = trainer.predict_all(inputs, &pass).unwrap();
        assert_eq!(
            same[0].values().clone().into_vec().unwrap(),
            answers.into_vec().unwrap()
        );
        histories.push((history["loss"].to_vec(), history["val_mae"].to_vec()));
    }
    assert_eq!(histories[0], histories[1]);
}

#[test]
fn inputs_that_do_not_fit_are_an_error_that_says_what_to_do() {
    let device = Device::flex();
    let trainer = mse().model(recommender(&device));
    let error = |inputs: Vec<NamedArray>| {
        let data = ArrayDataset::of_named(inputs, [ratings()]).unwrap();
        trainer.check(&data, &quietly(1)).unwrap_err().to_string()
    };
    let usr = ArrayData::named("usr", [0, 1, 2, 3, 1]).unwrap();
    assert_eq!(
        error(vec![usr, films()]),
        "unknown input `usr`, did you mean `user`?; known inputs: user, film"
    );
    assert_eq!(
        error(vec![films()]),
        "the network has the input `user`, the samples have none of this name but `film`; give it, or build the network \
         without it"
    );
    let wide = ArrayData::named("film", [[0.5; 3]; 5]).unwrap();
    let text = error(vec![users(), wide]);
    assert!(text.contains("samples of shape [1] and [3]"), "{text}");
    let many = ArrayData::named("user", [0, 1, 2, 4, 1]).unwrap();
    let text = error(vec![many, films()]);
    assert!(text.contains("sample 3"), "{text}");
}
