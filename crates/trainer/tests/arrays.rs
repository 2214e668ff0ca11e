//! Fitting on arrays: every form of targets learns, and what does not fit says so.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test that cannot go on should panic; exact numbers are meant where they are compared"
)]

use burn::data::dataset::InMemDataset;
use burn::tensor::{Device, Tensor};
use firebrick_data::{ArrayData, ArrayDataset, Batch, DataError, DatasetSource, Targets};
use firebrick_model::layers::{Conv2D, Dense, Flatten, MaxPooling2D};
use firebrick_model::{Activation, Model, Network, Sequential};
use firebrick_trainer::losses::{
    BinaryCrossentropy, CategoricalCrossentropy, MeanSquaredError, SparseCategoricalCrossentropy,
};
use firebrick_trainer::metrics::{MeanAbsoluteError, R2Score};
use firebrick_trainer::{
    Compile, Display, Fit, History, Loss, Metric, Optimizer, TrainError, Trainer,
};
use ndarray::{Array1, Array2, Array3, Array4};

fn build(network: &Sequential) -> Network {
    network.build(7, &Device::flex()).unwrap()
}

fn dense(units: usize, activation: Activation) -> Dense {
    Dense::new(units).with_activation(activation)
}

fn compile(loss: impl Into<Loss>) -> Compile {
    Compile::new(Optimizer::adam(), loss).with_learning_rate(0.02)
}

fn fit(epochs: usize) -> Fit {
    Fit::new(epochs).with_display(Display::Quiet)
}

/// A number from -1 to 1 for each place, the same in every run.
fn noise(row: usize, column: usize) -> f64 {
    let phase = 12.9898 * (row as f64 + 1.0) + 78.233 * (column as f64 + 1.0);
    2.0 * (phase.sin() * 43_758.547).fract().abs() - 1.0
}

fn features(samples: usize, columns: usize) -> Array2<f64> {
    Array2::from_shape_fn((samples, columns), |(row, column)| noise(row, column))
}

fn argmax(values: impl IntoIterator<Item = f64>) -> usize {
    let largest = values
        .into_iter()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(&b.1));
    largest.unwrap().0
}

/// The class of a sample is its largest feature.
fn largest_feature(inputs: &Array2<f64>) -> Vec<usize> {
    inputs
        .outer_iter()
        .map(|row| argmax(row.iter().copied()))
        .collect()
}

fn last(history: &History, figure: &str) -> f64 {
    history.last().unwrap().get(figure).unwrap()
}

#[test]
fn features_with_class_indices_learn() {
    let inputs = features(300, 3);
    let data = ArrayDataset::new(&inputs, largest_feature(&inputs)).unwrap();
    let network = Sequential::new([3]).add(dense(3, Activation::Softmax));
    let mut trainer = compile(SparseCategoricalCrossentropy::new())
        .with_metrics([Metric::accuracy()])
        .model(build(&network));
    let history = trainer
        .fit(&data, &fit(25).with_validation_split(0.2))
        .unwrap();
    assert!(last(&history, "loss") < 0.35, "{history:?}");
    assert!(last(&history, "val_accuracy") > 0.9, "{history:?}");
    assert_eq!(trainer.evaluate(&data).unwrap().samples, 300);
}

#[test]
fn images_learn_through_a_convolution() {
    // Bars that lie or stand, at changing places.
    let labels: Vec<u8> = (0_u8..200).map(|row| row % 2).collect();
    let images = Array4::from_shape_fn((200, 8, 8, 1), |(row, y, x, _)| {
        let at = if row % 2 == 0 { y } else { x };
        if at == row / 2 % 8 { 255_u8 } else { 0 }
    });
    let images = ArrayData::try_from(images).unwrap();
    let data = ArrayDataset::new(images.divided_by(255.0).unwrap(), labels).unwrap();
    let network = Sequential::new([8, 8, 1])
        .add(Conv2D::new(6, 3).with_activation(Activation::Relu))
        .add(MaxPooling2D::new(2))
        .add(Flatten::new())
        .add(dense(2, Activation::Softmax));
    let mut trainer = compile(SparseCategoricalCrossentropy::new()).model(build(&network));
    let history = trainer.fit(&data, &fit(6)).unwrap();
    assert!(history["loss"][0] > 0.3, "{history:?}");
    assert!(last(&history, "loss") < 0.05, "{history:?}");
}

#[test]
fn one_hot_targets_learn_and_are_the_same_as_indices() {
    let inputs = features(200, 3);
    let labels = largest_feature(&inputs);
    let one_hot = Array2::from_shape_fn((200, 3), |(row, class)| u8::from(labels[row] == class));
    let network = Sequential::new([3]).add(dense(3, Activation::Softmax));
    let mut one_hot_trainer = compile(CategoricalCrossentropy::new()).model(build(&network));
    let data = ArrayDataset::new(&inputs, one_hot).unwrap();
    let history = one_hot_trainer.fit(&data, &fit(15)).unwrap();
    assert!(last(&history, "loss") < 0.5, "{history:?}");

    let mut trainer = compile(SparseCategoricalCrossentropy::new()).model(build(&network));
    let by_index = ArrayDataset::new(&inputs, labels).unwrap();
    let by_index = trainer.fit(&by_index, &fit(15)).unwrap();
    for (one_hot, index) in history["loss"].iter().zip(&by_index["loss"]) {
        assert!((one_hot - index).abs() < 1e-5, "{one_hot} {index}");
    }
}

#[test]
fn several_columns_of_a_regression_learn() {
    let inputs = features(300, 4);
    let targets = Array2::from_shape_fn((300, 2), |(row, column)| {
        let x = inputs.row(row);
        if column == 0 {
            x[0] - 2.0 * x[1]
        } else {
            3.0 * x[2] + 1.0
        }
    });
    let data = ArrayDataset::new(inputs, targets).unwrap();
    let network = Sequential::new([4]).add(Dense::new(2));
    let mut trainer = compile(MeanSquaredError::new())
        .with_learning_rate(0.05)
        .with_metrics([
            Metric::from(MeanAbsoluteError::new()),
            R2Score::new().into(),
        ])
        .model(build(&network));
    let history = trainer.fit(&data, &fit(30)).unwrap();
    assert!(history["loss"][0] > 1.0, "{history:?}");
    assert!(last(&history, "loss") < 1e-3, "{history:?}");
    assert!(last(&history, "r2_score") > 0.99, "{history:?}");
}

#[test]
fn a_binary_problem_learns_with_one_sigmoid_unit() {
    let inputs = features(300, 2);
    let labels: Vec<bool> = inputs.outer_iter().map(|row| row[0] > row[1]).collect();
    let network = Sequential::new([2]).add(dense(1, Activation::Sigmoid));
    let learn = |data: &ArrayDataset| {
        let mut trainer = compile(BinaryCrossentropy::new())
            .with_learning_rate(0.1)
            .with_metrics([Metric::accuracy()])
            .model(build(&network));
        trainer.fit(data, &fit(15)).unwrap()
    };
    let numbers: Vec<f32> = labels
        .iter()
        .map(|&label| f32::from(u8::from(label)))
        .collect();
    let classes = learn(&ArrayDataset::new(&inputs, labels).unwrap());
    assert!(last(&classes, "loss") < 0.2, "{classes:?}");
    assert!(last(&classes, "accuracy") > 0.95, "{classes:?}");
    // Numbers 0 and 1 that nobody has declared to be classes.
    let values = learn(&ArrayDataset::new(&inputs, numbers).unwrap());
    assert_eq!(values["loss"], classes["loss"]);
}

#[test]
fn a_class_at_every_step_of_a_sequence_learns() {
    let inputs = Array3::from_shape_fn((120, 5, 3), |(row, step, column)| {
        noise(10 * row + step, column)
    });
    let targets = Array2::from_shape_fn((120, 5), |(row, step)| {
        let step = (0..3).map(|column| inputs[[row, step, column]]);
        i64::try_from(argmax(step)).unwrap()
    });
    let data = ArrayDataset::new(inputs, targets).unwrap();
    let network = Sequential::new([5, 3]).add(dense(3, Activation::Softmax));
    let mut trainer = compile(SparseCategoricalCrossentropy::new())
        .with_learning_rate(0.05)
        .with_metrics([Metric::accuracy()])
        .model(build(&network));
    let history = trainer.fit(&data, &fit(20)).unwrap();
    assert!(last(&history, "loss") < 0.4, "{history:?}");
    assert!(last(&history, "accuracy") > 0.9, "{history:?}");
}

#[test]
fn samples_without_weight_are_not_learned() {
    // Every input comes twice with opposite answers; the weights say which one counts.
    let inputs = Array2::from_shape_fn((200, 1), |(row, _)| noise(row / 2, 0));
    let targets: Array1<f64> = (0..200)
        .map(|row| {
            if row % 2 == 0 {
                2.0 * inputs[[row, 0]]
            } else {
                -5.0
            }
        })
        .collect();
    let weights: Vec<f32> = (0..200)
        .map(|row| if row % 2 == 0 { 1.0 } else { 0.0 })
        .collect();
    let data = ArrayDataset::new(inputs, &targets).unwrap();
    let weighted = data.clone().with_sample_weights(weights).unwrap();
    let network = Sequential::new([1]).add(Dense::new(1));
    let slope = |data: &ArrayDataset| {
        let mut trainer = compile(MeanSquaredError::new())
            .with_learning_rate(0.1)
            .model(build(&network));
        trainer.fit(data, &fit(40)).unwrap();
        let inputs = Tensor::<2>::from_floats([[0.0], [1.0]], &Device::flex());
        let answers: Tensor<2> = trainer.predict(inputs).unwrap().into_rank().unwrap();
        let answers: Vec<f32> = answers.into_data().iter().collect();
        (answers[0], answers[1] - answers[0])
    };
    let (offset, rise) = slope(&weighted);
    assert!(
        offset.abs() < 0.05 && (rise - 2.0).abs() < 0.1,
        "{offset} {rise}"
    );
    let (offset, _) = slope(&data);
    assert!((offset + 2.5).abs() < 0.5, "{offset}");
}

#[test]
fn a_data_set_of_burns_learns() {
    let items: Vec<([f64; 2], f64)> = features(200, 2)
        .outer_iter()
        .map(|row| {
            let [a, b] = [row[0], row[1]];
            ([a, b], a + 3.0 * b)
        })
        .collect();
    let batch = |items: Vec<([f64; 2], f64)>, device: &Device| {
        let (inputs, targets): (Vec<[f64; 2]>, Vec<f64>) = items.into_iter().unzip();
        let inputs = Tensor::<1>::from_floats(inputs.as_flattened(), device);
        Batch::new(
            inputs.reshape([targets.len(), 2]),
            Tensor::<1>::from_floats(&targets[..], device),
        )
    };
    let targets = Targets::Values { shape: vec![] };
    let data = DatasetSource::with_closure(InMemDataset::new(items), batch, vec![2], targets);
    let network = Sequential::new([2]).add(Dense::new(1));
    let mut trainer = compile(MeanSquaredError::new())
        .with_learning_rate(0.1)
        .model(build(&network));
    let history = trainer.fit(&data, &fit(20)).unwrap();
    assert!(last(&history, "loss") < 1e-3, "{history:?}");
}

/// What a fit of one epoch says.
fn error(trainer: &mut Trainer<impl Model>, data: &ArrayDataset) -> TrainError {
    trainer.fit(data, &fit(1)).unwrap_err()
}

/// 4 samples of 3 features with these targets.
fn small<Y>(targets: Y) -> ArrayDataset
where
    Y: TryInto<ArrayData, Error: Into<DataError>>,
{
    ArrayDataset::new(features(4, 3), targets).unwrap()
}

/// What a fit says of a network, its loss and data that do not suit one another.
fn misfit(loss: impl Into<Loss>, network: &Sequential, data: &ArrayDataset) -> String {
    error(&mut compile(loss).model(build(network)), data).to_string()
}

fn softmax(units: usize) -> Sequential {
    Sequential::new([3]).add(dense(units, Activation::Softmax))
}

fn sigmoid() -> Sequential {
    Sequential::new([3]).add(dense(1, Activation::Sigmoid))
}

fn linear(units: usize) -> Sequential {
    Sequential::new([3]).add(Dense::new(units))
}

#[test]
fn a_loss_of_class_indices_explains_targets_that_are_none() {
    let says = |network: &Sequential, data: &ArrayDataset| {
        misfit(SparseCategoricalCrossentropy::new(), network, data)
    };
    assert_eq!(
        says(&softmax(2), &small([[1, 0], [0, 1], [0, 1], [1, 0]])),
        "the loss sparse_categorical_crossentropy cannot compare outputs of shape [2] a sample with targets of shape \
         [2]; this loss takes the index of a class; for one-hot targets take categorical_crossentropy"
    );
    assert_eq!(
        says(&softmax(3), &small([[1, 0], [0, 1], [0, 1], [1, 0]])),
        "the loss sparse_categorical_crossentropy cannot compare outputs of shape [3] a sample with targets of shape \
         [2]; this loss takes the index of a class for every row of outputs: one a sample, or one a step where the network \
         keeps the steps"
    );
    assert_eq!(
        says(&softmax(3), &small([0, 3, 1, 2])),
        "the network has 3 outputs, the data has 4 classes; build the network for 4 classes"
    );
    for (targets, sample, shown) in [
        ([0.0, 1.0, 2.0, 3.0], 3, "3"),
        ([0.0, 0.5, 2.0, 1.0], 1, "0.5"),
    ] {
        assert_eq!(
            says(&softmax(3), &small(targets)),
            format!(
                "the target of sample {sample} (counted from 0) is {shown}, expected a class index: a whole number from 0 to \
                 2; check the labels, or give the last layer more units"
            )
        );
    }
    assert_eq!(
        says(&sigmoid(), &small([0, 1, 1, 0])),
        "the loss sparse_categorical_crossentropy cannot compare outputs of shape [1] a sample with the index of one of 2 \
         classes; one output cannot tell classes apart; take binary_crossentropy with a sigmoid, or as many outputs as \
         there are classes"
    );
    assert_eq!(
        says(&softmax(3), &small([0, 0, 0, 0])),
        "the data has 1 class, expected at least 2; use labels of two classes or more"
    );
}

#[test]
fn an_index_out_of_range_is_found_at_any_step_and_in_the_validation_data() {
    let steps = |last: i64| {
        let mut targets = Array2::<i64>::zeros((4, 5));
        targets[[2, 4]] = last;
        let inputs = Array3::<f32>::ones((4, 5, 3));
        ArrayDataset::new(inputs, targets).unwrap()
    };
    let network = Sequential::new([5, 3]).add(dense(3, Activation::Softmax));
    let mut trainer = compile(SparseCategoricalCrossentropy::new()).model(build(&network));
    for target in [3, -1] {
        let error = error(&mut trainer, &steps(target));
        let at = |error: &TrainError| match *error {
            TrainError::TargetOutOfRange { sample, target, .. } => Some((sample, target)),
            _ => None,
        };
        assert_eq!(at(&error), Some((2, target as f32)), "{error}");
        let validated = fit(1).with_validation(&steps(target));
        let error = trainer.fit(&steps(2), &validated).unwrap_err();
        assert_eq!(at(&error), Some((2, target as f32)), "{error}");
    }
}

#[test]
fn a_loss_of_numbers_explains_targets_of_another_shape() {
    let one_hot = || small([[1, 0], [0, 1], [0, 1], [1, 0]]);
    let numbers = || small([1.0, 2.0, 3.0, 4.0]);
    let steps = Sequential::new([5, 3]).add(Dense::new(1));
    let long = |targets: Array3<f32>| ArrayDataset::new(features(4, 3), targets).unwrap();
    let sequences =
        ArrayDataset::new(Array3::<f32>::ones((4, 5, 3)), [1.0, 2.0, 3.0, 4.0]).unwrap();
    for (text, received, hint) in [
        (
            misfit(
                CategoricalCrossentropy::new(),
                &softmax(3),
                &small([0.0, 1.0, 2.0, 0.0]),
            ),
            "outputs of shape [3] a sample with one number a sample",
            "for class indices take sparse_categorical_crossentropy; for numbers give the last layer as many units as there \
             are targets",
        ),
        (
            misfit(CategoricalCrossentropy::new(), &softmax(3), &one_hot()),
            "outputs of shape [3] a sample with targets of shape [2]",
            "give the last layer as many units as there are targets",
        ),
        (
            misfit(BinaryCrossentropy::new(), &sigmoid(), &one_hot()),
            "outputs of shape [1] a sample with targets of shape [2]",
            "give the last layer as many units as there are targets",
        ),
        (
            misfit(BinaryCrossentropy::new(), &sigmoid(), &small([0, 1, 2, 1])),
            "outputs of shape [1] a sample with the index of one of 3 classes",
            "for numbers to predict give the targets as floats; for classes take as many outputs as there are, with a softmax",
        ),
        (
            misfit(
                MeanSquaredError::new(),
                &linear(1),
                &small([310, 80, 95, 120]),
            ),
            "outputs of shape [1] a sample with the index of one of 311 classes",
            "for numbers to predict give the targets as floats; for classes take as many outputs as there are, with a softmax",
        ),
        (
            misfit(MeanSquaredError::new(), &linear(2), &numbers()),
            "outputs of shape [2] a sample with one number a sample",
            "for class indices take sparse_categorical_crossentropy; for numbers give the last layer as many units as there \
             are targets",
        ),
        (
            misfit(MeanSquaredError::new(), &steps, &sequences),
            "outputs of shape [5, 1] a sample with one number a sample",
            "the outputs have an axis that the targets lack; flatten or pool before the last layer",
        ),
        (
            misfit(
                MeanSquaredError::new(),
                &linear(2),
                &long(Array3::zeros((4, 5, 2))),
            ),
            "outputs of shape [2] a sample with targets of shape [5, 2]",
            "the targets have an axis that the outputs lack; keep it up to the last layer, or reshape the targets",
        ),
    ] {
        assert!(text.ends_with(&format!("{received}; {hint}")), "{text}");
    }
}

#[test]
fn inputs_of_another_shape_than_the_network_takes_are_explained() {
    let network = Sequential::new([4]).add(Dense::new(1));
    assert_eq!(
        misfit(
            MeanSquaredError::new(),
            &network,
            &small([1.0, 2.0, 3.0, 4.0])
        ),
        "the network does not take these samples of shape [3]: the network expects a batch of [4], received [1, 3] (the batch \
         axis first); reshape the batch, or give each sample as one row of features; build it for this shape"
    );
}

#[test]
fn a_batch_of_another_shape_than_declared_stops_the_training_in_order() {
    let items = InMemDataset::new(vec![1.0_f32, 2.0, 3.0]);
    let batch = |items: Vec<f32>, device: &Device| {
        let values = Tensor::<1>::from_floats(&items[..], device);
        Batch::new(values.clone(), values)
    };
    let targets = Targets::Values { shape: vec![] };
    let data = DatasetSource::with_closure(items, batch, vec![3], targets);
    let mut trainer = compile(MeanSquaredError::new()).model(build(&linear(1)));
    let text = trainer.fit(&data, &fit(1)).unwrap_err().to_string();
    assert!(
        text.contains(
            "the batcher made inputs of shape [3, 1], expected [3, 3] for samples of shape [3]"
        ),
        "{text}"
    );
}
