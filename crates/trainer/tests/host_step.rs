//! Trainings over plain memory against the same trainings by automatic differentiation.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::tensor::{Device, Tensor, TensorData};
use firebrick_data::ArrayDataset;
use firebrick_model::layers::{
    Add, Bidirectional, Conv2D, Dense, Dropout, Flatten, GRU, GRUCell, LSTM, Layer, Masking,
    MaxPooling2D, Padding, RNN, SimpleRNN,
};
use firebrick_model::{
    Activation, AnyTensor, Axes, Constraint, Graph, Network, Regularizer, Sequential, input,
};
use firebrick_trainer::{
    Compile, Display, FineTune, Fit, History, Loss, Metric, Optimizer, StepKind, TrainError,
    Trainer,
};

use crate::numbers::numbers;

const ROWS: usize = 70;

/// Rows of this shape, and whether their numbers have a sum above 0.
fn arrays(shape: &[usize]) -> (Vec<f32>, Vec<f32>) {
    let len: usize = shape.iter().product();
    let values = numbers(ROWS * len);
    let is_positive = |row: &[f32]| f32::from(u8::from(row.iter().sum::<f32>() > 0.0));
    let classes = values.chunks(len).map(is_positive).collect();
    (values, classes)
}

fn data(shape: &[usize]) -> ArrayDataset {
    let (values, classes) = arrays(shape);
    let mut whole = vec![ROWS];
    whole.extend(shape);
    ArrayDataset::new((values, whole), (classes, vec![ROWS, 1])).unwrap()
}

fn tensors<const D: usize>(shape: [usize; D]) -> (Tensor<D>, Tensor<2>) {
    let (values, classes) = arrays(&shape[1..]);
    let device = Device::flex();
    let inputs = Tensor::from_data(TensorData::new(values, shape), &device);
    (
        inputs,
        Tensor::from_data(TensorData::new(classes, [ROWS, 1]), &device),
    )
}

fn convolutional() -> Network {
    Sequential::new([8, 7, 2])
        .add(
            Conv2D::new(4, 3)
                .with_activation(Activation::Relu)
                .with_padding(Padding::Same),
        )
        .add(MaxPooling2D::new(2))
        .add(Conv2D::new(3, [2, 3]).with_activation(Activation::Silu))
        .add(Flatten::new())
        .add(Dropout::new(0.3))
        .add(Dense::new(1).with_activation(Activation::Sigmoid))
        .build(5, &Device::flex())
        .unwrap()
}

fn branching() -> Network {
    let start = input([6]);
    let left = Dense::new(8)
        .with_activation(Activation::Tanh)
        .with_kernel_regularizer(Regularizer::L2 { l2: 0.01 })
        .on(&start);
    let right = Dense::new(8)
        .with_kernel_constraint(Constraint::MaxNorm {
            max_value: 0.8,
            axis: Axes::One(0),
        })
        .with_kernel_regularizer(Regularizer::L1 { l1: 0.01 })
        .on(&start);
    let joined = Add::new().on([&left, &right]);
    let end = Dense::new(1)
        .with_activation(Activation::Sigmoid)
        .on(&joined);
    Graph::new([start], [end])
        .build(3, &Device::flex())
        .unwrap()
}

/// Steps that count and steps that do not, both ways through them, and gates of every kind.
fn recurrent() -> Network {
    Sequential::new([9, 3])
        .add(Dense::new(5).with_activation(Activation::Relu))
        .add(Masking::new())
        .add(Bidirectional::new(LSTM::new(5).with_return_sequences()))
        .add(GRU::new(7).with_return_sequences())
        .add(SimpleRNN::new(6).with_return_sequences())
        .add(GRU::new(4).with_reset_before().with_go_backwards())
        .add(Dense::new(1).with_activation(Activation::Sigmoid))
        .build(5, &Device::flex())
        .unwrap()
}

fn compiled(model: Network, optimizer: Optimizer) -> Trainer<Network> {
    Compile::new(optimizer, "binary_crossentropy".parse::<Loss>().unwrap())
        .with_metrics([Metric::accuracy()])
        .with_learning_rate(0.01)
        .model(model)
}

fn fit(step: StepKind) -> Fit {
    Fit::new(4)
        .with_batch_size(33)
        .with_validation_split(0.1)
        .with_step(step)
        .with_display(Display::Quiet)
}

fn weights(trainer: &Trainer<Network>) -> Vec<f32> {
    let weights = trainer.model().get_weights().unwrap();
    weights
        .iter()
        .flat_map(|weight| weight.values().to_vec())
        .collect()
}

fn assert_near(own: &[f32], plain: &[f32], what: &str) {
    assert_eq!(own.len(), plain.len(), "{what}");
    for (own, plain) in own.iter().zip(plain) {
        assert!(
            (own - plain).abs() <= 1e-3 * plain.abs().max(0.1),
            "{what}: {own}, {plain}"
        );
    }
}

fn assert_same_history(own: &History, plain: &History) {
    let names: Vec<&str> = plain.names().collect();
    assert_eq!(own.names().collect::<Vec<_>>(), names);
    for name in names {
        for (own, plain) in own[name].iter().zip(&plain[name]) {
            assert!(
                (own - plain).abs() <= 1e-3 * plain.abs().max(0.1),
                "{name}: {own}, {plain}"
            );
        }
    }
}

fn assert_both_ways_learn_the_same(model: &Network, shape: &[usize], optimizer: &Optimizer) {
    let data = data(shape);
    let learned = [StepKind::Autodiff, StepKind::Host].map(|step| {
        let mut trainer = compiled(model.clone(), optimizer.clone());
        let history = trainer.fit(&data, &fit(step)).unwrap();
        (history, weights(&trainer))
    });
    let [(plain, plain_weights), (own, own_weights)] = &learned;
    assert_same_history(own, plain);
    assert_near(own_weights, plain_weights, "weights");
    assert_ne!(
        *plain_weights,
        weights(&compiled(model.clone(), optimizer.clone()))
    );
}

#[test]
fn a_convolutional_network_with_dropout_learns_the_same_both_ways() {
    assert_both_ways_learn_the_same(&convolutional(), &[8, 7, 2], &Optimizer::adam());
}

#[test]
fn a_recurrent_network_learns_the_same_both_ways() {
    assert_both_ways_learn_the_same(&recurrent(), &[9, 3], &Optimizer::adam());
}

#[test]
fn a_network_with_penalties_and_constraints_learns_the_same_both_ways() {
    assert_both_ways_learn_the_same(&branching(), &[6], &Optimizer::sgd());
}

#[test]
fn clipping_accumulation_and_moving_averages_do_the_same_both_ways() {
    let optimizer = Optimizer::adam()
        .with_clipnorm(0.5)
        .unwrap()
        .with_gradient_accumulation_steps(2)
        .unwrap()
        .with_ema(0.9)
        .unwrap();
    assert_both_ways_learn_the_same(&branching(), &[6], &optimizer);
}

fn assert_any_number_of_threads_learns_the_same<const D: usize>(
    build: fn() -> Network,
    shape: [usize; D],
) where
    AnyTensor: From<Tensor<D>>,
{
    let learn = || {
        let (inputs, targets) = tensors(shape);
        let mut trainer = compiled(build(), Optimizer::adam());
        for _ in 0..3 {
            trainer
                .train_on_batch(inputs.clone(), targets.clone())
                .unwrap();
        }
        weights(&trainer)
    };
    let of_threads = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(learn)
    };
    let one = of_threads(1);
    for threads in [2, 3, 8] {
        assert_eq!(of_threads(threads), one, "{threads} threads");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    assert_any_number_of_threads_learns_the_same(convolutional, [ROWS, 8, 7, 2]);
    assert_any_number_of_threads_learns_the_same(recurrent, [ROWS, 9, 3]);
}

#[test]
fn the_second_part_of_a_fine_tuning_moves_what_was_frozen() {
    let data = data(&[8, 7, 2]);
    let learned = [StepKind::Autodiff, StepKind::Host].map(|step| {
        let mut trainer = compiled(convolutional(), Optimizer::adam());
        let tune = FineTune::new("dense")
            .with_freeze_epochs(2)
            .with_learning_rate(0.01);
        trainer.fit(&data, &fit(step).with_fine_tune(tune)).unwrap();
        weights(&trainer)
    });
    assert_near(&learned[1], &learned[0], "weights");
    assert_ne!(learned[1], learned[0], "each way has a rounding of its own");
}

#[test]
fn a_layer_without_a_form_is_named_where_plain_memory_is_asked_for() {
    let network = Sequential::new([3, 2])
        .add(RNN::new(GRUCell::new(2)))
        .add(Dense::new(1).with_activation(Activation::Sigmoid));
    let model = network.build(1, &Device::flex()).unwrap();
    assert_eq!(
        StepKind::Auto.explain(&model, &Device::flex()),
        "autodiff: layer `rnn` (RNN) has no form for plain memory"
    );
    let mut trainer = compiled(model, Optimizer::adam());
    let error = trainer
        .fit(&data(&[3, 2]), &fit(StepKind::Host))
        .unwrap_err();
    assert!(matches!(error, TrainError::NoHostStep { .. }), "{error}");
    assert_eq!(
        error.to_string(),
        "the step `host` cannot run this: layer `rnn` (RNN) has no form for plain memory; take `auto` or `autodiff`"
    );
    // Nothing was lost: the same trainer goes on the other way.
    trainer.fit(&data(&[3, 2]), &fit(StepKind::Auto)).unwrap();
}
