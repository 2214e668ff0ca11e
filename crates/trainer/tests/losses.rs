//! Losses against Keras' own, see `data/make_losses.py`, and where Keras has none against their definitions, see
//! `data/make_pair_losses.py`.
//!
//! `FIREBRICK_GOLDEN` may name another folder with a `losses.json` of the same form.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::path::{Path, PathBuf};

use burn::tensor::{Device, Tensor, TensorData, activation};
use firebrick_data::{ArrayData, ArrayDataset};
use firebrick_model::layers::{self, Identity};
use firebrick_model::{Activation, AnyTensor, Sequential};
use firebrick_trainer::losses::{CategoricalCrossentropy, Reduction};
use firebrick_trainer::{Compile, Loss, Optimizer, Outputs, TargetForm};
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    loss: String,
    config: Map<String, Value>,
    y_true: Value,
    y_pred: Value,
    per_sample: Value,
    mean: Value,
    sum: Value,
    grad_mean_wrt_y_pred: Value,
    sample_weight: Option<Value>,
    mean_sw: Option<Value>,
    sum_sw: Option<Value>,
    mean_with_sample_weight_sw: Option<Value>,
}

fn cases(file: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(file)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display()));
    serde_json::from_str::<Golden>(&text).unwrap().cases
}

fn own_data() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

fn golden() -> Vec<Case> {
    let folder = std::env::var_os("FIREBRICK_GOLDEN").map_or_else(own_data, PathBuf::from);
    cases(&folder.join("losses.json"))
}

/// All numbers of nested lists.
fn numbers(value: &Value) -> Vec<f32> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        Value::String(name) => vec![name.parse().unwrap()],
        number => {
            #[allow(
                clippy::cast_possible_truncation,
                reason = "the numbers are those of single precision"
            )]
            let number = number.as_f64().unwrap() as f32;
            vec![number]
        }
    }
}

/// The length of the last axis.
fn columns(value: &Value) -> usize {
    match value.as_array() {
        Some(items) if items[0].is_array() => columns(&items[0]),
        Some(items) => items.len(),
        None => 1,
    }
}

fn rows_of(values: Vec<f32>, columns: usize, device: &Device) -> Tensor<2> {
    let rows = values.len() / columns;
    Tensor::from_data(TensorData::new(values, [rows, columns]), device)
}

fn read<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().iter().collect()
}

impl Case {
    /// The loss by its text form; `None` if it is not built.
    fn loss(&self) -> Option<Loss> {
        self.loss.parse::<Loss>().ok()?;
        let mut table = self.config.clone();
        table.insert("name".to_owned(), self.loss.clone().into());
        Some(serde_json::from_value(table.into()).unwrap())
    }

    /// Rows of outputs a sample.
    fn steps(&self) -> usize {
        let samples = self.y_pred.as_array().map_or(1, Vec::len);
        numbers(&self.y_pred).len() / columns(&self.y_pred) / samples
    }

    /// Axes before the last become rows, as the trainer has it.
    fn outputs(&self, device: &Device) -> Tensor<2> {
        rows_of(numbers(&self.y_pred), columns(&self.y_pred), device)
    }

    fn targets(&self, loss: &Loss, device: &Device) -> Tensor<2> {
        let columns = match loss.function().target_form() {
            TargetForm::ClassIndex | TargetForm::Label => 1,
            TargetForm::LikeOutputs => columns(&self.y_pred),
            TargetForm::LabelSequence => columns(&self.y_true),
        };
        rows_of(numbers(&self.y_true), columns, device)
    }

    fn weights(&self, device: &Device) -> Option<Tensor<1>> {
        let weights = numbers(self.sample_weight.as_ref()?);
        Some(Tensor::from_floats(&weights[..], device))
    }

    /// Where the gradient of `|x|` at 0 is asked for, which has no one answer.
    fn ties(&self) -> Vec<usize> {
        if !matches!(
            self.loss.as_str(),
            "MeanAbsoluteError" | "MeanAbsolutePercentageError"
        ) {
            return Vec::new();
        }
        let pairs = numbers(&self.y_true).into_iter().zip(numbers(&self.y_pred));
        let is_tie = |(index, (target, output)): (usize, (f32, f32))| {
            (target.to_bits() == output.to_bits()).then_some(index)
        };
        pairs.enumerate().filter_map(is_tie).collect()
    }

    fn assert_close(&self, what: &str, values: &[f32], expected: &[f32]) {
        assert_eq!(values.len(), expected.len(), "{}, {what}", self.name);
        for (value, expected) in values.iter().zip(expected) {
            assert!(
                (value - expected).abs() <= 1e-5 + 1e-4 * expected.abs(),
                "{}, {what}: {values:?} instead of {expected}",
                self.name
            );
        }
    }

    /// Values, reductions and gradient; how many elements of the gradient were left out.
    fn check(&self, loss: &Loss) -> usize {
        let device = Device::flex();
        let targets = self.targets(loss, &device);
        let answers = |raw| Outputs::new(raw, Activation::Linear).with_steps(self.steps());
        let outputs = answers(self.outputs(&device));

        let values = loss.function().values(targets.clone(), &outputs);
        self.assert_close("per sample", &read(values), &numbers(&self.per_sample));

        let weights = self.weights(&device);
        for (what, reduction, weights, expected) in [
            ("mean", Reduction::SumOverBatchSize, None, Some(&self.mean)),
            ("mean", Reduction::Mean, None, Some(&self.mean)),
            (
                "mean",
                Reduction::MeanWithSampleWeight,
                None,
                Some(&self.mean),
            ),
            ("sum", Reduction::Sum, None, Some(&self.sum)),
            (
                "weighted mean",
                Reduction::SumOverBatchSize,
                weights.clone(),
                self.mean_sw.as_ref(),
            ),
            (
                "weighted sum",
                Reduction::Sum,
                weights.clone(),
                self.sum_sw.as_ref(),
            ),
            (
                "mean by weight",
                Reduction::MeanWithSampleWeight,
                weights,
                self.mean_with_sample_weight_sw.as_ref(),
            ),
        ] {
            let Some(expected) = expected else { continue };
            let loss = loss.clone().with_reduction(reduction);
            let value = loss.forward(targets.clone(), &outputs, weights);
            self.assert_close(what, &read(value), &numbers(expected));
        }

        let device = device.autodiff();
        let y_pred = self.outputs(&device).require_grad();
        let outputs = answers(y_pred.clone());
        let mean = loss.forward(self.targets(loss, &device), &outputs, None);
        let mut gradient = read(y_pred.grad(&mean.backward()).unwrap());
        let mut expected = numbers(&self.grad_mean_wrt_y_pred);
        let ties = self.ties();
        for &index in &ties {
            assert_eq!(gradient[index].abs().to_bits(), 0, "{}", self.name);
            (gradient[index], expected[index]) = (0.0, 0.0);
        }
        self.assert_close("gradient", &gradient, &expected);
        ties.len()
    }
}

#[test]
fn values_reductions_and_gradients_are_those_of_keras() {
    let golden = golden();
    let (mut absent, mut ties) = (Vec::new(), 0);
    for case in &golden {
        match case.loss() {
            Some(loss) => ties += case.check(&loss),
            None => absent.push(case.name.as_str()),
        }
    }
    let checked = golden.len() - absent.len();
    println!(
        "{checked} cases checked, {} not built: {absent:?}; {ties} elements of gradients at ties left out",
        absent.len()
    );
    assert!(checked >= 40, "only {checked} cases were checked");
    if std::env::var_os("FIREBRICK_GOLDEN").is_none() {
        assert!(absent.is_empty(), "{absent:?}");
        assert_eq!(ties, 6);
    }
}

#[test]
fn losses_of_pairs_are_those_of_their_definitions() {
    let golden = cases(&own_data().join("pair_losses.json"));
    assert!(golden.len() >= 20);
    for case in golden {
        assert_eq!(case.check(&case.loss().unwrap()), 0);
    }
}

#[test]
fn arguments_do_what_they_do_in_keras() {
    let golden = cases(&own_data().join("loss_arguments.json"));
    assert!(golden.len() >= 39);
    for case in golden {
        assert_eq!(case.check(&case.loss().unwrap()), 0);
    }
}

/// Logits that the activation makes these probabilities of, those at 0 and 1 as Keras clips them.
fn logits_of(p: Tensor<2>, activation: Activation) -> Tensor<2> {
    let p = p.clamp_min(1e-7);
    if activation == Activation::Softmax {
        return p.log();
    }
    let p = p.clamp_max(1.0 - 1e-7);
    p.clone().log() - (-p + 1.0).log()
}

fn activation_for(loss: &str) -> Option<Activation> {
    match loss {
        "BinaryCrossentropy" | "BinaryFocalCrossentropy" => Some(Activation::Sigmoid),
        "CategoricalCrossentropy"
        | "CategoricalFocalCrossentropy"
        | "SparseCategoricalCrossentropy"
        | "KLDivergence" => Some(Activation::Softmax),
        _ => None,
    }
}

#[test]
fn probabilities_with_their_activation_kept_apart_give_the_same_numbers() {
    let device = Device::flex();
    let mut checked = 0;
    for case in golden() {
        let (Some(loss), Some(activation)) = (case.loss(), activation_for(&case.loss)) else {
            continue;
        };
        if case.config.contains_key("from_logits") {
            continue;
        }
        let logits = logits_of(case.outputs(&device), activation);
        let outputs = Outputs::new(logits, activation);
        let targets = case.targets(&loss, &device);
        let values = loss.function().values(targets.clone(), &outputs);
        case.assert_close("per sample", &read(values), &numbers(&case.per_sample));
        let mean = loss.forward(targets, &outputs, None);
        case.assert_close("mean", &read(mean), &numbers(&case.mean));
        checked += 1;
    }
    assert!(checked >= 16, "{checked}");
}

/// Every loss, and some with arguments, with the activations that its outputs may go through.
fn all_losses() -> Vec<(Loss, [Activation; 2])> {
    let with_arguments = [
        r#"{"name": "binary_crossentropy", "label_smoothing": 0.1}"#,
        r#"{"name": "categorical_crossentropy", "label_smoothing": 0.1}"#,
        r#"{"name": "binary_focal_crossentropy", "gamma": 0.5, "apply_class_balancing": true}"#,
        r#"{"name": "categorical_focal_crossentropy", "gamma": 0.5, "label_smoothing": 0.1}"#,
        r#"{"name": "sparse_categorical_crossentropy", "ignore_class": 1}"#,
        r#"{"name": "categorical_generalized_cross_entropy", "q": 0.1}"#,
    ];
    let plain = Loss::NAMES.iter().map(|name| name.parse().unwrap());
    plain
        .chain(with_arguments.map(|table| serde_json::from_str(table).unwrap()))
        .map(|loss| (loss, [Activation::Softmax, Activation::Sigmoid]))
        .collect()
}

fn some_targets(loss: &Loss, device: &Device) -> Tensor<2> {
    match loss.function().target_form() {
        TargetForm::ClassIndex => Tensor::from_floats([[0.0], [2.0], [1.0]], device),
        TargetForm::LabelSequence => Tensor::from_floats([[2.0, 1.0, 0.0]], device),
        TargetForm::Label => Tensor::from_floats([[5.0], [2.0], [5.0]], device),
        TargetForm::LikeOutputs => {
            Tensor::from_floats([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]], device)
        }
    }
}

/// Loss and gradient in the logits.
fn loss_and_gradient(
    loss: &Loss,
    logits: [[f32; 3]; 3],
    answers: impl Fn(Tensor<2>) -> Outputs,
) -> (Vec<f32>, Vec<f32>) {
    let device = Device::flex().autodiff();
    let logits = Tensor::<2>::from_floats(logits, &device).require_grad();
    // Sequences are one of three steps; others do not look at it.
    let outputs = answers(logits.clone()).with_steps(3);
    let value = loss.forward(some_targets(loss, &device), &outputs, None);
    let gradient = logits.grad(&value.backward()).unwrap();
    (read(value), read(gradient))
}

#[test]
fn an_activation_kept_apart_changes_neither_loss_nor_gradient() {
    let logits = [[0.3, -1.2, 2.0], [-0.7, 0.1, 0.4], [1.5, 0.9, -2.1]];
    for (loss, activations) in all_losses() {
        for activation in activations {
            let apart = loss_and_gradient(&loss, logits, |x| Outputs::new(x, activation));
            let within = loss_and_gradient(&loss, logits, |x| {
                Outputs::new(activation.forward(x), Activation::Linear)
            });
            let pairs = apart.0.iter().chain(&apart.1);
            for (apart, within) in pairs.zip(within.0.iter().chain(&within.1)) {
                assert!(
                    (apart - within).abs() <= 1e-6 + 1e-4 * within.abs(),
                    "{loss} after {activation}: {apart} instead of {within}"
                );
            }
        }
    }
}

#[test]
fn extreme_logits_give_finite_losses_and_gradients() {
    for logits in [
        [
            [200.0, -200.0, 0.0],
            [200.0, 200.0, -200.0],
            [-200.0, -200.0, -200.0],
        ],
        [
            [-200.0, 200.0, 200.0],
            [-200.0, -200.0, 200.0],
            [200.0, 200.0, 200.0],
        ],
    ] {
        for (loss, activations) in all_losses() {
            for activation in activations {
                let (value, gradient) =
                    loss_and_gradient(&loss, logits, |x| Outputs::new(x, activation));
                assert!(
                    value.iter().chain(&gradient).all(|x| x.is_finite()),
                    "{loss} after {activation}: {value:?}, {gradient:?}"
                );
            }
        }
    }
}

#[test]
fn a_wrong_answer_of_full_certainty_still_has_a_slope() {
    for (name, activation) in [
        ("binary_crossentropy", Activation::Sigmoid),
        ("binary_focal_crossentropy", Activation::Sigmoid),
        ("categorical_crossentropy", Activation::Softmax),
        ("categorical_focal_crossentropy", Activation::Softmax),
        ("sparse_categorical_crossentropy", Activation::Softmax),
        ("kl_divergence", Activation::Softmax),
    ] {
        let loss: Loss = name.parse().unwrap();
        let wrong = [
            [-200.0, 200.0, -200.0],
            [200.0, -200.0, -200.0],
            [200.0, -200.0, 200.0],
        ];
        let (value, gradient) = loss_and_gradient(&loss, wrong, |x| Outputs::new(x, activation));
        assert!(value[0] > 30.0, "{loss}: {value:?}");
        for right in [gradient[0], gradient[5], gradient[7]] {
            assert!(right < -0.01, "{loss}: {gradient:?}");
        }
    }
}

#[test]
fn the_cosine_of_a_row_of_zeros_is_0_with_a_finite_slope() {
    let loss: Loss = "cosine_similarity".parse().unwrap();
    let (value, gradient) = loss_and_gradient(&loss, [[0.0; 3]; 3], |x| {
        Outputs::new(x, Activation::Linear)
    });
    assert!(value[0].abs() < f32::MIN_POSITIVE, "{value:?}");
    assert!(gradient.iter().all(|x| x.is_finite()), "{gradient:?}");
}

#[test]
fn logits_are_taken_as_they_are_where_a_loss_is_told_so() {
    let device = Device::flex();
    let logits = Tensor::<2>::from_floats([[2.0, -1.0, 0.5]], &device);
    let target = Tensor::<2>::from_floats([[0.0, 0.0, 1.0]], &device);
    for (name, activation) in [
        ("binary_crossentropy", Activation::Sigmoid),
        ("binary_focal_crossentropy", Activation::Sigmoid),
        ("categorical_crossentropy", Activation::Softmax),
        ("categorical_focal_crossentropy", Activation::Softmax),
    ] {
        let plain: Loss = name.parse().unwrap();
        let table = format!(r#"{{"name": "{name}", "from_logits": true}}"#);
        let told: Loss = serde_json::from_str(&table).unwrap();
        let apart = Outputs::new(logits.clone(), activation);
        let raw = Outputs::new(logits.clone(), Activation::Linear);
        let expected = read(plain.forward(target.clone(), &apart, None))[0];
        let value = read(told.forward(target.clone(), &raw, None))[0];
        assert!(
            (value - expected).abs() < 1e-6,
            "{name}: {value}, {expected}"
        );
    }
}

#[test]
fn rows_of_an_ignored_class_change_nothing() {
    let device = Device::flex().autodiff();
    let loss: Loss =
        serde_json::from_str(r#"{"name": "sparse_categorical_crossentropy", "ignore_class": -1}"#)
            .unwrap();
    let logits = [[1.0, 2.0, 0.5], [0.2, 0.1, 0.0], [-1.0, 0.0, 1.0]];
    let logits = Tensor::<2>::from_floats(logits, &device).require_grad();
    let targets = Tensor::<2>::from_floats([[1.0], [-1.0], [2.0]], &device);
    let value = loss.forward(
        targets,
        &Outputs::new(logits.clone(), Activation::Softmax),
        None,
    );
    let gradient = read(logits.grad(&value.backward()).unwrap());
    assert!(gradient[3..6].iter().all(|g| g.abs() < f32::MIN_POSITIVE));

    let log_p = activation::log_softmax(logits.inner(), 1);
    let log_p = read(log_p);
    let expected = -f32::midpoint(log_p[1], log_p[8]);
    assert!((read(value)[0] - expected).abs() < 1e-6);
}

/// Nested lists as an array.
fn array(value: &Value) -> ArrayData {
    let mut shape = Vec::new();
    let mut inner = value;
    while let Value::Array(items) = inner {
        shape.push(items.len());
        inner = &items[0];
    }
    (numbers(value), shape).try_into().unwrap()
}

/// See `data/make_class_axis.py`.
#[test]
fn the_classes_may_lie_along_any_axis() {
    let text = std::fs::read_to_string(own_data().join("class_axis.json")).unwrap();
    let golden: Value = serde_json::from_str(&text).unwrap();
    let cases = golden["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 52);
    for case in cases {
        let loss: Loss = serde_json::from_value(case["config"].clone()).unwrap();
        let close = |own: f64, expected: &Value| {
            let expected = expected.as_f64().unwrap();
            let difference = (own - expected).abs();
            assert!(difference < 1e-5 * expected.abs().max(1.0), "{own} {case}");
        };
        let (targets, outputs) = (array(&case["targets"]), array(&case["outputs"]));
        let value = loss.compute(targets.clone(), outputs.clone()).unwrap();
        close(value, &case["value"]);
        // A network that answers what it is asked, and one that has its last activation kept apart.
        let weights = numbers(&case["weights"]);
        let data = ArrayDataset::new(outputs.clone(), targets.clone()).unwrap();
        let data = data.with_sample_weights(weights).unwrap();
        let network = Sequential::new(outputs.shape()[1..].to_vec()).add(Identity::new());
        let model = network.build(1, &Device::flex()).unwrap();
        let trainer = Compile::new(Optimizer::sgd(), loss.clone()).model(model);
        // Keras' sums of a batch are over all of it, ours over the batch too.
        close(trainer.evaluate(&data).unwrap().loss(), &case["weighted"]);
        let written = serde_json::to_value(&loss).unwrap();
        assert_eq!(serde_json::from_value::<Loss>(written).unwrap(), loss);
    }
}

#[test]
fn a_softmax_along_the_last_axis_stays_there_where_the_classes_lie_along_another() {
    let device = Device::flex();
    let logits = vec![0.3_f32, -1.0, 2.0, 0.5, 0.0, 0.1];
    let targets = vec![1.0_f32, 0.0, 0.0, 1.0, 0.0, 0.0];
    let data = ArrayDataset::new((logits.clone(), [1, 3, 2]), (targets, [1, 3, 2])).unwrap();
    let loss = CategoricalCrossentropy::new().with_axis(1).unwrap();
    let network = Sequential::new([3, 2]);
    let network = network.add(layers::Activation::new(Activation::Softmax));
    let trainer = Compile::new(Optimizer::sgd(), loss).model(network.build(1, &device).unwrap());
    let logits = Tensor::<3>::from_data(TensorData::new(logits, [1, 3, 2]), &device);
    let p = activation::softmax(logits, 2);
    let p = AnyTensor::from(p).into_vec().unwrap();
    let share = |column: usize, class: usize| {
        let all: f32 = (0..3).map(|row| p[row * 2 + column]).sum();
        f64::from(p[class * 2 + column] / all)
    };
    let expected = -f64::midpoint(share(0, 0).ln(), share(1, 1).ln());
    let own = trainer.evaluate(&data).unwrap().loss();
    assert!((own - expected).abs() < 1e-6, "{own} {expected}");
}

#[test]
fn an_axis_that_there_is_not_is_an_error() {
    assert_eq!(
        CategoricalCrossentropy::new()
            .with_axis(0)
            .unwrap_err()
            .to_string(),
        "axis is 0, expected an axis behind that of the batch, which is 0"
    );
    let loss = Loss::from(CategoricalCrossentropy::new().with_axis(2).unwrap());
    let message = loss
        .compute([[1.0, 0.0]], [[0.5, 0.5]])
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("axis is 2 with outputs of shape [2] a sample"),
        "{message}"
    );
}
