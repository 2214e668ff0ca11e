use burn::tensor::{Device, Tensor, TensorData};
use firebrick_data::ShuffleState;
use firebrick_model::Activation;

use super::HostRows;
use crate::losses::{
    BinaryCrossentropy, CategoricalCrossentropy, Huber, Loss, MeanAbsoluteError, MeanSquaredError,
    Outputs, Reduction, SparseCategoricalCrossentropy, TargetForm,
};
use crate::metrics::{self, Metric};

/// Numbers from -1 to 1, some of them at the ends.
fn drawn(count: usize, seed: u64) -> Vec<f32> {
    let order = ShuffleState::new(seed).permutation(count.max(40));
    let most = order.len() as f32 - 1.0;
    let numbers = order
        .into_iter()
        .map(|place| 2.0 * place as f32 / most - 1.0);
    numbers.take(count).collect()
}

/// Rows of a batch, whose outputs go this far.
struct Case {
    outputs: Vec<f32>,
    columns: usize,
    targets: Vec<f32>,
    weights: Vec<f32>,
    activation: Activation,
}

impl Case {
    const ROWS: usize = 13;

    fn new(form: TargetForm, columns: usize, reach: f32, activation: Activation) -> Self {
        let outputs = drawn(Self::ROWS * columns, 1);
        let targets = match form {
            TargetForm::LikeOutputs => {
                let numbers = drawn(Self::ROWS * columns, 2).into_iter();
                numbers.map(|own| f32::midpoint(own, 1.0)).collect()
            }
            _ => (0..Self::ROWS).map(|row| (row % columns) as f32).collect(),
        };
        let weights = drawn(Self::ROWS, 3).into_iter();
        Self {
            outputs: outputs.into_iter().map(|own| own * reach).collect(),
            columns,
            targets,
            weights: weights.map(|own| own + 1.0).collect(),
            activation,
        }
    }

    fn rows(&self) -> HostRows<'_> {
        HostRows::new(&self.outputs, self.columns, &self.targets).with_activation(self.activation)
    }

    fn matrix(values: &[f32], device: &Device) -> Tensor<2> {
        let shape = [Self::ROWS, values.len() / Self::ROWS];
        Tensor::from_data(TensorData::new(values.to_vec(), shape), device)
    }

    /// The loss and its slopes by automatic differentiation.
    fn by_tensors(&self, loss: &Loss, weights: Option<&[f32]>) -> (f32, Vec<f32>) {
        let device = Device::flex().autodiff();
        let leaf = Self::matrix(&self.outputs, &device).require_grad();
        let outputs = Outputs::new(leaf.clone(), self.activation);
        let weights = weights.map(|own| Tensor::from_floats(own, &device));
        let value = loss.forward(Self::matrix(&self.targets, &device), &outputs, weights);
        let slopes = leaf.grad(&value.clone().backward()).unwrap();
        let slopes = slopes.into_data().iter().collect();
        (value.into_scalar::<f32>(), slopes)
    }
}

fn assert_close(own: f32, expected: f32, what: &str) {
    let bound = 2e-6_f32.max(2e-5 * expected.abs());
    assert!(
        (own - expected).abs() <= bound,
        "{what}: {own} instead of {expected}"
    );
}

#[track_caller]
fn check(loss: impl Into<Loss>, activation: Activation) {
    let loss = loss.into();
    for (columns, reach) in [(2, 1.0), (10, 3.0), (37, 90.0)] {
        let case = Case::new(loss.function().target_form(), columns, reach, activation);
        for reduction in [
            Reduction::SumOverBatchSize,
            Reduction::Sum,
            Reduction::MeanWithSampleWeight,
        ] {
            for weights in [None, Some(&case.weights[..])] {
                let loss = loss.clone().with_reduction(reduction);
                let (own, slopes) = loss.on_host(&case.rows(), weights).unwrap();
                let (expected, expected_slopes) = case.by_tensors(&loss, weights);
                let what = format!("{loss:?}, {columns} columns");
                assert_close(own, expected, &what);
                assert_eq!(slopes.len(), expected_slopes.len());
                for (own, expected) in slopes.iter().zip(&expected_slopes) {
                    assert_close(*own, *expected, &what);
                }
            }
        }
    }
}

#[test]
fn errors_are_those_of_tensors() {
    for activation in [Activation::Linear, Activation::Sigmoid] {
        check(MeanSquaredError::new(), activation);
        check(MeanAbsoluteError::new(), activation);
        check(Huber::new(), activation);
        check(Huber::new().with_delta(0.3).unwrap(), activation);
    }
}

#[test]
fn cross_entropies_are_those_of_tensors() {
    check(SparseCategoricalCrossentropy::new(), Activation::Softmax);
    let of_logits = SparseCategoricalCrossentropy::new().from_logits();
    check(of_logits, Activation::Linear);
    check(of_logits.with_ignore_class(1), Activation::Linear);
    let smoothed = CategoricalCrossentropy::new().with_label_smoothing(0.2);
    check(smoothed.unwrap(), Activation::Softmax);
    check(
        CategoricalCrossentropy::new().from_logits(),
        Activation::Linear,
    );
    let smoothed = BinaryCrossentropy::new().with_label_smoothing(0.2);
    check(smoothed.unwrap(), Activation::Sigmoid);
    check(BinaryCrossentropy::new().from_logits(), Activation::Linear);
}

#[test]
fn rows_left_out_do_not_count() {
    let loss = SparseCategoricalCrossentropy::new().with_ignore_class(-1);
    let rows = HostRows::new(&[0.0, 0.0, 9.0, 1.0], 2, &[0.0, -1.0]);
    let rows = rows.with_activation(Activation::Softmax);
    let (value, slopes) = Loss::from(loss).on_host(&rows, None).unwrap();
    assert_close(value, 2.0_f32.ln(), "loss");
    assert_eq!(slopes, [-0.5, 0.5, 0.0, 0.0]);
}

#[test]
fn what_is_not_a_number_stays_visible() {
    let rows = HostRows::new(&[f32::NAN, 1.0], 1, &[1.0, 1.0]);
    let binary = BinaryCrossentropy::new().from_logits();
    for loss in [
        Loss::from(MeanSquaredError::new()),
        MeanAbsoluteError::new().into(),
        Huber::new().into(),
        binary.into(),
    ] {
        let (value, slopes) = loss.on_host(&rows, None).unwrap();
        assert!(
            value.is_nan() && slopes[0].is_nan(),
            "{loss}: {value} {slopes:?}"
        );
    }
    let rows = HostRows::new(&[f32::NAN, 1.0], 2, &[1.0]);
    let loss = Loss::from(SparseCategoricalCrossentropy::new().from_logits());
    let (value, slopes) = loss.on_host(&rows, None).unwrap();
    assert!(value.is_nan() && slopes.iter().all(|slope| slope.is_nan()));
}

#[test]
fn probabilities_and_foreign_targets_are_left_to_tensors() {
    let probabilities = HostRows::new(&[0.5, 0.5], 2, &[1.0]);
    let loss = Loss::from(SparseCategoricalCrossentropy::new());
    assert_eq!(loss.on_host(&probabilities, None), None);
    let logits =
        |targets| HostRows::new(&[0.5, 0.5], 2, targets).with_activation(Activation::Softmax);
    for targets in [&[2.0][..], &[-1.0], &[0.0, 1.0]] {
        assert_eq!(loss.on_host(&logits(targets), None), None, "{targets:?}");
    }
    assert_eq!(
        Loss::from(MeanSquaredError::new()).on_host(&probabilities, None),
        None
    );
}

#[test]
fn metrics_are_those_of_tensors() {
    let all: [(Metric, Activation); 12] = [
        (
            metrics::SparseCategoricalAccuracy::new().into(),
            Activation::Softmax,
        ),
        (
            metrics::CategoricalAccuracy::new().into(),
            Activation::Softmax,
        ),
        (metrics::BinaryAccuracy::new().into(), Activation::Sigmoid),
        (
            metrics::BinaryAccuracy::new().with_threshold(0.0).into(),
            Activation::Linear,
        ),
        (metrics::MeanSquaredError::new().into(), Activation::Linear),
        (
            metrics::MeanAbsoluteError::new().into(),
            Activation::Sigmoid,
        ),
        (
            metrics::SparseCategoricalCrossentropy::new().into(),
            Activation::Softmax,
        ),
        (
            metrics::CategoricalCrossentropy::new().into(),
            Activation::Softmax,
        ),
        (
            metrics::BinaryCrossentropy::new().into(),
            Activation::Sigmoid,
        ),
        (
            metrics::MeanOfLoss::new(Huber::new()).into(),
            Activation::Linear,
        ),
        (
            metrics::MeanOfLoss::new(SparseCategoricalCrossentropy::new().with_ignore_class(0))
                .into(),
            Activation::Softmax,
        ),
        (
            metrics::MeanOfLoss::new(MeanSquaredError::new()).into(),
            Activation::Linear,
        ),
    ];
    let device = Device::flex();
    for (metric, activation) in all {
        let function = metric.function(TargetForm::ClassIndex, 7);
        let mut case = Case::new(function.target_form(), 7, 3.0, activation);
        if metric.name() == "binary_accuracy" {
            case.targets.iter_mut().for_each(|own| *own = own.round());
        }
        for weights in [None, Some(&case.weights[..])] {
            let own = function.on_host(&case.rows(), weights).unwrap();
            let outputs = Outputs::new(Case::matrix(&case.outputs, &device), activation);
            let weights = weights.map(|own| Tensor::from_floats(own, &device));
            let targets = Case::matrix(&case.targets, &device);
            let expected = function.update(targets, &outputs, weights);
            let expected: Vec<f32> = expected.into_data().iter().collect();
            assert_eq!(own.len(), expected.len());
            for (own, expected) in own.iter().zip(&expected) {
                assert_close(*own, *expected, metric.name());
            }
        }
    }
}
