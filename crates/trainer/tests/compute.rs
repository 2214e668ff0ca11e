//! A loss or a metric of arrays, without a training.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::tensor::Tensor;
use firebrick_trainer::losses::{
    BinaryCrossentropy, Huber, MeanSquaredError, Reduction, SparseCategoricalCrossentropy,
    TargetForm,
};
use firebrick_trainer::metrics::{AUC, Direction, Precision, TopKCategoricalAccuracy};
use firebrick_trainer::{Loss, LossFunction, Metric, MetricFunction, Outputs};

fn near(value: f64, expected: f64) -> bool {
    (value - expected).abs() < 1e-6
}

#[test]
#[expect(clippy::float_cmp, reason = "sums of halves and quarters are exact")]
fn a_loss_is_the_mean_over_the_rows_whatever_the_arrays_are() {
    let loss = Loss::from(MeanSquaredError::new());
    let expected = 2.5;
    assert_eq!(loss.compute([1.0, 2.0], [3.0, 1.0]).unwrap(), expected);
    assert_eq!(loss.compute(vec![1, 2], [[3.0], [1.0]]).unwrap(), expected);
    let images = (vec![1.0, 2.0], [1, 1, 2, 1]);
    assert_eq!(
        loss.compute(images.clone(), (vec![3.0, 1.0], [1, 1, 2, 1]))
            .unwrap(),
        expected
    );
    let sum = loss.with_reduction(Reduction::Sum);
    assert_eq!(sum.compute([1.0, 2.0], [3.0, 1.0]).unwrap(), 5.0);
    // 0.5 of the square within delta, linear beyond: (0.125 + 2.5) / 2.
    let huber = Loss::from(Huber::new());
    assert_eq!(huber.compute([[0.0, 0.0]], [[0.5, 3.0]]).unwrap(), 1.3125);
}

#[test]
fn classes_are_taken_by_their_index_and_refused_where_there_is_none() {
    let loss = Loss::from(SparseCategoricalCrossentropy::new());
    let outputs = [[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]];
    let expected = -(0.5_f64.ln() + 0.8_f64.ln()) / 2.0;
    assert!(near(loss.compute([0, 2], outputs).unwrap(), expected));
    let ignoring = SparseCategoricalCrossentropy::new().with_ignore_class(-1);
    let value = Loss::from(ignoring).compute([0, -1], outputs).unwrap();
    assert!(near(value, -(0.5_f64.ln())), "{value}");

    assert_eq!(Metric::accuracy().compute([0, 1], outputs).unwrap(), [0.5]);
    for (wrong, words) in [
        (3.0, "is 3, expected a class index"),
        (0.5, "is 0.5"),
        (-1.0, "is -1"),
    ] {
        for error in [
            loss.compute([0.0, wrong], outputs).unwrap_err(),
            Metric::accuracy()
                .compute([0.0, wrong], outputs)
                .unwrap_err(),
        ] {
            let message = error.to_string();
            assert!(message.starts_with("the target of sample 1"), "{message}");
            assert!(message.contains(words), "{message}");
        }
    }
}

#[test]
fn a_metric_gives_one_figure_or_one_for_each_class() {
    // Keras' own example of its documentation.
    let auc = Metric::from(AUC::new().with_num_thresholds(3).unwrap());
    let figure = auc.compute([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9]).unwrap();
    assert!(figure.len() == 1 && near(figure[0], 0.75), "{figure:?}");
    let top = Metric::from(TopKCategoricalAccuracy::new().with_k(2).unwrap());
    let outputs = [[0.1, 0.9, 0.8], [0.05, 0.95, 0.0]];
    let figure = top.compute([[0, 0, 1], [0, 0, 1]], outputs).unwrap();
    assert_eq!(figure, [0.5]);
}

#[test]
fn arrays_that_do_not_go_together_are_errors_that_name_both_shapes() {
    let loss = Loss::from(MeanSquaredError::new());
    let message = loss
        .compute([1.0, 2.0], [[1.0, 2.0], [3.0, 4.0]])
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with(
            "the loss mean_squared_error cannot compare targets of the shape [2, 1] with outputs of the shape [2, 2]"
        ),
        "{message}"
    );
    let message = loss.compute([1.0], [1.0, 2.0]).unwrap_err().to_string();
    assert!(
        message.contains("[1] with outputs of the shape [2]"),
        "{message}"
    );
    let sparse = Loss::from(SparseCategoricalCrossentropy::new());
    let one_hot = [[1.0, 0.0], [0.0, 1.0]];
    let message = sparse.compute(one_hot, one_hot).unwrap_err().to_string();
    assert!(
        message.contains("where it takes the index of a class one for every row"),
        "{message}"
    );
    // What an argument of the metric does not go with.
    let metric = Metric::from(Precision::new().with_class_id(2));
    assert!(metric.compute(one_hot, one_hot).is_err());
}

#[derive(Debug)]
struct Panicking;

impl LossFunction for Panicking {
    fn name(&self) -> &'static str {
        "distance"
    }

    fn target_form(&self) -> TargetForm {
        TargetForm::LikeOutputs
    }

    fn values(&self, _: Tensor<2>, _: &Outputs) -> Tensor<1> {
        panic!("no such axis")
    }
}

impl MetricFunction for Panicking {
    fn name(&self) -> &'static str {
        "distance"
    }

    fn direction(&self) -> Direction {
        Direction::Down
    }

    fn update(&self, _: Tensor<2>, _: &Outputs, _: Option<Tensor<1>>) -> Tensor<1> {
        panic!("no such axis")
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        sums.to_vec()
    }
}

#[test]
fn a_function_of_ones_own_that_panics_is_named() {
    let message = Loss::custom(Panicking)
        .compute([1.0], [1.0])
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("the loss distance panicked: no such axis;"),
        "{message}"
    );
    let message = Metric::custom(Panicking)
        .compute([1.0], [1.0])
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("the metric distance panicked: no such axis;"),
        "{message}"
    );
}

#[test]
fn targets_that_a_training_refuses_are_refused_here_too() {
    let loss = Loss::from(BinaryCrossentropy::new());
    let message = loss
        .compute([1.0, -1.0], [0.8, 0.4])
        .unwrap_err()
        .to_string();
    assert!(
        message
            .contains("is -1, the loss binary_crossentropy takes numbers from 0 (no) to 1 (yes)"),
        "{message}"
    );
    assert!(message.starts_with("the target of sample 1"), "{message}");
}
