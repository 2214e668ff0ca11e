//! Evaluations, validations and predictions over plain memory against the same by tensors.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::tensor::{Bool, Device, Tensor, TensorData};
use firebrick_data::{ArrayData, ArrayDataset};
use firebrick_model::layers::{
    Add, Conv2D, Dense, Flatten, GRUCell, Layer, MaxPooling2D, RNN, Subtract,
};
use firebrick_model::{
    Activation, AnyTensor, Graph, MlpConfig, Model, Network, Regularizer, Sequential, Signal,
    Signals, input,
};
use firebrick_trainer::{
    Compile, Display, Evaluation, Fit, Loss, Metric, Optimizer, Pass, StepKind, Trainer,
};

use crate::numbers::numbers;

const ROWS: usize = 70;

fn rows(shape: &[usize]) -> (Vec<f32>, Vec<usize>) {
    let mut whole = vec![ROWS];
    whole.extend(shape);
    (numbers(whole.iter().product()), whole)
}

fn weights() -> Vec<f32> {
    (0..ROWS).map(|row| 0.5 + (row % 4) as f32 / 2.0).collect()
}

/// Rows of this shape, each of one of so many classes, which count for more or less.
fn classes(shape: &[usize], count: usize) -> ArrayDataset {
    let classes: Vec<usize> = (0..ROWS).map(|row| row * 7 % count).collect();
    ArrayDataset::new(rows(shape), classes)
        .unwrap()
        .with_sample_weights(weights())
        .unwrap()
}

/// Rows of this shape, with so many numbers to be found for each.
fn values(shape: &[usize], columns: usize) -> ArrayDataset {
    ArrayDataset::new(rows(shape), (numbers(ROWS * columns), vec![ROWS, columns])).unwrap()
}

fn compiled(model: Network, loss: &str, metrics: &[&str]) -> Trainer<Network> {
    let metrics = metrics
        .iter()
        .map(|metric| metric.parse::<Metric>().unwrap());
    Compile::new(Optimizer::adam(), loss.parse::<Loss>().unwrap())
        .with_metrics(metrics)
        .model(model)
}

fn convolutional(outputs: usize, activation: Activation) -> Network {
    let convolution = Conv2D::new(4, 3).with_activation(Activation::Relu);
    Sequential::new([8, 7, 2])
        .add(convolution.with_kernel_regularizer(Regularizer::L2 { l2: 0.01 }))
        .add(MaxPooling2D::new(2))
        .add(Flatten::new())
        .add(Dense::new(outputs).with_activation(activation))
        .build(5, &Device::flex())
        .unwrap()
}

fn pass(step: StepKind) -> Pass {
    Pass::new().with_batch_size(33).with_step(step)
}

fn assert_near(own: &[f32], plain: &[f32]) {
    assert_eq!(own.len(), plain.len());
    for (own, plain) in own.iter().zip(plain) {
        assert!(
            (own - plain).abs() <= 1e-6 * plain.abs().max(1.0),
            "{own}, {plain}"
        );
    }
}

fn assert_same(own: &Evaluation, plain: &Evaluation) {
    let names = |evaluation: &Evaluation| -> Vec<String> {
        let figures = evaluation.figures.iter();
        figures.map(|(name, _)| name.to_owned()).collect()
    };
    assert_eq!(names(own), names(plain));
    for ((name, own), (_, plain)) in own.figures.iter().zip(plain.figures.iter()) {
        let is_near = (own - plain).abs() <= 1e-6 * plain.abs().max(0.1);
        assert!(is_near, "{name}: {own}, {plain}");
    }
    assert_eq!(own.samples, plain.samples);
    assert_eq!(own.classes, plain.classes);
}

fn assert_judged_the_same(trainer: &Trainer<Network>, data: &ArrayDataset) -> Evaluation {
    let judged = |step| trainer.evaluate_with(data, &pass(step)).unwrap();
    let plain = judged(StepKind::Autodiff);
    assert_same(&judged(StepKind::Host), &plain);
    assert_eq!(judged(StepKind::Auto), judged(StepKind::Host));
    plain
}

#[test]
fn classes_are_judged_the_same() {
    let data = classes(&[8, 7, 2], 5);
    let metrics = [
        "accuracy",
        "sparse_categorical_crossentropy",
        "sparse_top_k_categorical_accuracy",
    ];
    for activation in [Activation::Softmax, Activation::Linear] {
        let loss = match activation {
            Activation::Softmax => "sparse_categorical_crossentropy",
            _ => "sparse_categorical_crossentropy:from_logits=true",
        };
        let metrics = if activation == Activation::Softmax {
            &metrics[..]
        } else {
            &metrics[..1]
        };
        let trainer = compiled(convolutional(5, activation), loss, metrics);
        let judged = assert_judged_the_same(&trainer, &data);
        assert!(judged.classes.is_some());
    }
}

#[test]
fn two_classes_are_judged_the_same() {
    let metrics = ["accuracy", "auc", "precision", "recall"];
    let network = convolutional(1, Activation::Sigmoid);
    let trainer = compiled(network, "binary_crossentropy", &metrics);
    let judged = assert_judged_the_same(&trainer, &classes(&[8, 7, 2], 2));
    assert!(judged.classes.is_some());
}

#[test]
fn losses_with_and_without_a_form_for_plain_memory_are_the_same() {
    let data = values(&[6], 3);
    for loss in [
        "mse",
        "mae",
        "log_cosh",
        "cosine_similarity",
        "mean_absolute_percentage_error",
    ] {
        let network = Sequential::new([6])
            .add(Dense::new(5).with_activation(Activation::Tanh))
            .add(Dense::new(3).with_kernel_regularizer(Regularizer::L1 { l1: 0.02 }))
            .build(2, &Device::flex());
        let trainer = compiled(network.unwrap(), loss, &["mae", "r2_score"]);
        let judged = assert_judged_the_same(&trainer, &data);
        assert_eq!(judged.classes, None);
    }
}

fn of_two() -> Network {
    let (a, b) = (input([3]), input([2, 2]));
    let flat = Flatten::new().on(&b);
    let left = Dense::new(4).with_activation(Activation::Sigmoid).on(&a);
    let right = Dense::new(4).on(&flat);
    let sum = Add::new().on([&left, &right]);
    let difference = Subtract::new().on([&left, &right]);
    let outputs = [
        Dense::new(2)
            .with_activation(Activation::Softmax)
            .named("sort")
            .on(&sum),
        Dense::new(1).named("size").on(&difference),
    ];
    Graph::new([a, b], outputs)
        .build(3, &Device::flex())
        .unwrap()
}

#[test]
fn several_inputs_and_outputs_are_judged_the_same() {
    let names = of_two().input_names();
    let array = |name: &str, shape: &[usize]| ArrayData::named(name, rows(shape)).unwrap();
    let sorts: Vec<usize> = (0..ROWS).map(|row| row % 2).collect();
    let sizes = (numbers(ROWS), vec![ROWS, 1]);
    let data = ArrayDataset::of_named(
        [array(&names[0], &[3]), array(&names[1], &[2, 2])],
        [
            ArrayData::named("sort", sorts).unwrap(),
            ArrayData::named("size", sizes).unwrap(),
        ],
    );
    let data = data
        .unwrap()
        .with_sample_weights_of("size", weights())
        .unwrap();
    let compile = Compile::by_name("adam", "mse", ["mae"]).unwrap();
    let compile = compile
        .with_output_loss(
            "sort",
            "sparse_categorical_crossentropy".parse::<Loss>().unwrap(),
        )
        .with_output_loss("size", "mse".parse::<Loss>().unwrap());
    assert_judged_the_same(&compile.model(of_two()), &data);
}

fn tensor<const D: usize>(shape: [usize; D]) -> Tensor<D> {
    let values = numbers(shape.iter().product());
    Tensor::from_data(TensorData::new(values, shape), &Device::flex())
}

fn floats(answers: Signals) -> Vec<Vec<f32>> {
    let answers = answers.into_iter().map(Signal::into_values);
    answers.map(|values| values.into_vec().unwrap()).collect()
}

#[test]
fn answers_are_the_same() {
    let trainer = Compile::by_name("adam", "mse", []).unwrap().model(of_two());
    for rows in [1, 16, 33, 70] {
        let asked = || {
            [
                Signal::from(tensor([rows, 3])),
                Signal::from(tensor([rows, 2, 2])),
            ]
        };
        let answers = |step| floats(trainer.predict_all(asked(), &pass(step)).unwrap());
        let plain = answers(StepKind::Autodiff);
        for (own, plain) in answers(StepKind::Host).iter().zip(&plain) {
            assert_near(own, plain);
        }
        for (own, plain) in answers(StepKind::Auto).iter().zip(&plain) {
            assert_near(own, plain);
        }
    }
}

#[test]
fn no_sample_has_no_answer() {
    let trainer = Compile::by_name("adam", "mse", []).unwrap().model(of_two());
    let asked = [
        Signal::from(tensor([0, 3])),
        Signal::from(tensor([0, 2, 2])),
    ];
    let answers = trainer.predict_all(asked, &pass(StepKind::Host)).unwrap();
    let shapes: Vec<Vec<usize>> = answers.iter().map(Signal::shape).collect();
    assert_eq!(shapes, [[0, 2], [0, 1]]);
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let ask = || {
        let network = convolutional(5, Activation::Softmax);
        let trainer = compiled(network, "sparse_categorical_crossentropy", &["accuracy"]);
        let pass = Pass::new().with_step(StepKind::Host);
        let answers = trainer.predict_with(tensor([3_000, 8, 7, 2]), &pass);
        let judged = trainer.evaluate_with(&classes(&[8, 7, 2], 5), &pass);
        (judged.unwrap(), answers.unwrap().into_vec().unwrap())
    };
    let of_threads = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new();
        let pool = pool.num_threads(threads).build().unwrap();
        pool.install(ask)
    };
    let one = of_threads(1);
    for threads in [2, 3, 8] {
        assert_eq!(of_threads(threads), one, "{threads} threads");
    }
}

#[test]
fn a_validation_is_what_an_evaluation_by_tensors_finds() {
    let data = classes(&[8, 7, 2], 5);
    let network = convolutional(5, Activation::Softmax);
    let mut trainer = compiled(network, "sparse_categorical_crossentropy", &["accuracy"]);
    let fit = Fit::new(3)
        .with_batch_size(33)
        .with_validation(&data)
        .with_step(StepKind::Host)
        .with_display(Display::Quiet);
    let history = trainer.fit(&data, &fit).unwrap();
    let judged = trainer
        .evaluate_with(&data, &pass(StepKind::Autodiff))
        .unwrap();
    for (name, expected) in judged.figures.iter() {
        let own = history[&*format!("val_{name}")][2];
        assert!(
            (own - expected).abs() <= 1e-6 * expected.abs(),
            "{name}: {own}, {expected}"
        );
    }
    // The weights of every epoch, not those of the first.
    assert_ne!(
        history["val_loss"][0].to_bits(),
        history["val_loss"][2].to_bits()
    );
}

#[test]
fn inputs_of_another_shape_are_refused_as_ever() {
    let trainer = Compile::by_name("adam", "mse", []).unwrap().model(of_two());
    let asked = || {
        [
            Signal::from(tensor([20, 3])),
            Signal::from(tensor([20, 2, 3])),
        ]
    };
    let error = |step| {
        trainer
            .predict_all(asked(), &pass(step))
            .unwrap_err()
            .to_string()
    };
    assert_eq!(error(StepKind::Host), error(StepKind::Autodiff));
    assert!(error(StepKind::Host).contains("received [20, 2, 3]"));
}

#[test]
fn inputs_of_more_axes_are_flattened_as_ever() {
    let model = MlpConfig::new(12, 3).init(1, &Device::flex()).unwrap();
    let loss = "sparse_categorical_crossentropy";
    let trainer = Compile::by_name("adam", loss, []).unwrap().model(model);
    let asked = || AnyTensor::from(tensor([20, 3, 4]));
    let answers = |step| {
        let answers = trainer.predict_with(asked(), &pass(step)).unwrap();
        answers.into_vec().unwrap()
    };
    assert_near(&answers(StepKind::Host), &answers(StepKind::Autodiff));
}

#[test]
fn a_mask_is_heard() {
    let network = Sequential::new([5, 2])
        .add(Dense::new(3))
        .add(Flatten::new())
        .build(1, &Device::flex());
    let trainer = Compile::by_name("adam", "mse", [])
        .unwrap()
        .model(network.unwrap());
    let mask: Tensor<2, Bool> = tensor([20, 5]).greater_elem(0.0);
    let asked = || [Signal::from(tensor([20, 5, 2])).with_mask(mask.clone())];
    // Nothing says which of the flattened numbers do not count.
    for step in [StepKind::Host, StepKind::Autodiff] {
        let refused = trainer.predict_all(asked(), &pass(step)).unwrap_err();
        assert!(refused.to_string().contains("mask"), "{refused}");
    }
}

#[test]
fn a_network_without_a_form_answers_by_tensors_unless_plain_memory_is_asked_for() {
    let network = Sequential::new([3, 2])
        .add(RNN::new(GRUCell::new(2)))
        .add(Dense::new(1))
        .build(1, &Device::flex());
    let trainer = Compile::by_name("adam", "mse", [])
        .unwrap()
        .model(network.unwrap());
    let answers = |step| trainer.predict_with(tensor([20, 3, 2]), &pass(step));
    let by_tensors = answers(StepKind::Autodiff).unwrap().into_vec().unwrap();
    assert_eq!(
        answers(StepKind::Auto).unwrap().into_vec().unwrap(),
        by_tensors
    );
    let refused = answers(StepKind::Host).unwrap_err().to_string();
    assert_eq!(
        refused,
        "the step `host` cannot run this: layer `rnn` (RNN) has no form for plain memory; take `auto` or `autodiff`"
    );
    let data = values(&[3, 2], 1);
    let judged = |step| trainer.evaluate_with(&data, &pass(step));
    assert_eq!(
        judged(StepKind::Auto).unwrap(),
        judged(StepKind::Autodiff).unwrap()
    );
    assert_eq!(judged(StepKind::Host).unwrap_err().to_string(), refused);
}
