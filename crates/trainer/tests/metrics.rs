//! Metrics against Keras' own, see `data/make_metrics.py`, and against scikit-learn's where single precision is not
//! enough for Keras, see `data/make_regression_scores.py`.
//!
//! `FIREBRICK_GOLDEN` may name another folder with a `metrics.json` of the same form.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::path::PathBuf;

use burn::tensor::{Device, Tensor};
use firebrick_model::Activation;
use firebrick_trainer::metrics::{
    AUC, Accuracy, BinaryCrossentropy, CategoricalCrossentropy, ConfusionMatrix, Direction,
    Precision, Recall,
};
use firebrick_trainer::{Metric, MetricFunction, Outputs, TargetForm};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    metric: String,
    config: serde_json::Map<String, Value>,
    default_name: Option<String>,
    direction: Option<String>,
    #[serde(default)]
    batches: Vec<Batch>,
    /// Values and, where there are some, weights, of metrics that take no targets.
    #[serde(default)]
    values: Vec<Vec<Value>>,
    result_after_each_batch: Vec<Value>,
}

#[derive(Deserialize)]
struct Batch {
    y_true: Value,
    y_pred: Value,
    sample_weight: Option<Value>,
}

impl Case {
    /// As a file would describe it; `None` if it is not built.
    fn metric(&self) -> Option<Metric> {
        if self.metric == "Accuracy" {
            return Some(Accuracy::new().into());
        }
        let mut table = self.config.clone();
        table.insert("metric".to_owned(), json!(self.metric));
        match serde_json::from_value(Value::Object(table)) {
            Ok(metric) => Some(metric),
            Err(error) if error.to_string().contains("unknown metric") => None,
            Err(error) => panic!("{}: {error}", self.name),
        }
    }

    fn batches(&self) -> Vec<Batch> {
        let values = self.values.iter().map(|update| Batch {
            y_true: update[0].clone(),
            y_pred: update[0].clone(),
            sample_weight: update.get(1).cloned(),
        });
        let batches = self.batches.iter().map(|batch| Batch {
            y_true: batch.y_true.clone(),
            y_pred: batch.y_pred.clone(),
            sample_weight: batch.sample_weight.clone(),
        });
        batches.chain(values).collect()
    }

    /// Whether it is built.
    fn check(&self) -> bool {
        self.check_by(|name, batch, function, sums, expected| {
            assert_close(name, batch, &function.result(sums), expected);
        })
    }

    /// Whether it is built; what its sums come to after each batch is checked by `compare`.
    fn check_by(&self, compare: Compare) -> bool {
        let Some(metric) = self.metric() else {
            return false;
        };
        let batches = self.batches();
        assert_eq!(batches.len(), self.result_after_each_batch.len());
        let mut sums: Vec<f64> = Vec::new();
        for (index, (batch, expected)) in batches
            .iter()
            .zip(&self.result_after_each_batch)
            .enumerate()
        {
            let outputs = rows(&batch.y_pred);
            let columns = outputs.dims()[1];
            let function = metric.function(TargetForm::LikeOutputs, columns);
            function.check(columns).unwrap();
            let added = update(
                function,
                &batch.y_true,
                outputs,
                batch.sample_weight.as_ref(),
            );
            if sums.is_empty() {
                sums = added;
            } else {
                assert_eq!(sums.len(), added.len(), "{}", self.name);
                function.join(&mut sums, &added);
            }
            let (_, expected) = numbers(expected);
            compare(&self.name, index + 1, function, &sums, &expected);
            if let Some(name) = &self.default_name {
                assert_eq!(metric.name(), without_count(name), "{}", self.name);
            }
            assert_eq!(
                function.direction(),
                match self.direction.as_deref() {
                    Some("up") => Direction::Up,
                    Some("down") => Direction::Down,
                    _ => Direction::Unknown,
                },
                "{}",
                self.name
            );
        }
        true
    }
}

/// Compares, after a batch of a case, what sums come to with what is expected.
type Compare = fn(&str, usize, &dyn MetricFunction, &[f64], &[f64]);

/// Keras numbers the metrics of one name in a program.
fn without_count(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((name, count)) if count.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => name,
    }
}

fn update(
    function: &dyn MetricFunction,
    targets: &Value,
    outputs: Tensor<2>,
    weights: Option<&Value>,
) -> Vec<f64> {
    let device = Device::flex();
    let weights = weights.map(|weights| Tensor::from_floats(&numbers(weights).1[..], &device));
    let outputs = Outputs::new(outputs, Activation::Linear);
    let sums = function.update(rows(targets), &outputs, weights);
    sums.into_data().iter().collect()
}

/// Rows of numbers; a list of them is a single column.
fn rows(value: &Value) -> Tensor<2> {
    let (shape, values) = numbers(value);
    let shape = [shape[0], shape.get(1).copied().unwrap_or(1)];
    Tensor::<1>::from_floats(&values[..], &Device::flex()).reshape(shape)
}

/// Sizes of the axes and all numbers of nested lists.
fn numbers(value: &Value) -> (Vec<usize>, Vec<f64>) {
    match value {
        Value::Array(items) => {
            let (shapes, values): (Vec<_>, Vec<_>) = items.iter().map(numbers).unzip();
            let inner = shapes.into_iter().next().unwrap_or_default();
            ([vec![items.len()], inner].concat(), values.concat())
        }
        Value::String(name) => (Vec::new(), vec![name.parse().unwrap()]),
        number => (Vec::new(), vec![number.as_f64().unwrap()]),
    }
}

fn assert_close(name: &str, batch: usize, values: &[f64], expected: &[f64]) {
    assert_eq!(values.len(), expected.len(), "{name} after batch {batch}");
    for (value, expected) in values.iter().zip(expected) {
        assert!(
            (value - expected).abs() <= 1e-5 + 1e-4 * expected.abs(),
            "{name} after batch {batch}: {value} instead of {expected}"
        );
    }
}

#[test]
fn results_are_those_of_keras_after_every_batch() {
    let elsewhere = std::env::var_os("FIREBRICK_GOLDEN").map(PathBuf::from);
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let path = elsewhere.clone().unwrap_or(own).join("metrics.json");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    let golden: Golden = serde_json::from_str(&text).unwrap();
    let (checked, left): (Vec<&Case>, Vec<&Case>) =
        golden.cases.iter().partition(|case| case.check());
    let left: Vec<&str> = left.iter().map(|case| case.name.as_str()).collect();
    println!(
        "{} cases checked, {} not built: {left:?}",
        checked.len(),
        left.len()
    );
    if elsewhere.is_none() {
        assert_eq!((checked.len(), left.len()), (85, 0));
    } else {
        assert!(!checked.is_empty());
    }
}

#[test]
fn results_with_rare_arguments_are_those_of_keras() {
    let text = include_str!("data/metric_arguments.json");
    let golden: Golden = serde_json::from_str(text).unwrap();
    assert_eq!(golden.cases.len(), 51);
    for case in &golden.cases {
        assert!(case.check(), "{} is not built", case.name);
    }
}

/// Where single precision loses what large numbers differ by, Keras' own scores are wrong.
#[test]
fn regression_scores_are_those_of_double_precision_whatever_the_numbers_have_in_common() {
    let text = include_str!("data/regression_scores.json");
    let golden: Golden = serde_json::from_str(text).unwrap();
    assert_eq!(golden.cases.len(), 40);
    for case in &golden.cases {
        let is_built = case.check_by(|name, batch, function, sums, expected| {
            let values = function.result(sums);
            assert_eq!(values.len(), expected.len(), "{name} after batch {batch}");
            for (figure, (value, expected)) in values.iter().zip(expected).enumerate() {
                if expected.is_nan() {
                    assert!(
                        !function.is_defined(sums, figure),
                        "{name} after batch {batch}"
                    );
                    continue;
                }
                assert!(
                    (value - expected).abs() <= 2e-6 * expected.abs(),
                    "{name} after batch {batch}: {value} instead of {expected}"
                );
            }
        });
        assert!(is_built, "{} is not built", case.name);
    }
}

#[test]
fn a_score_of_targets_that_are_all_the_same_is_undefined() {
    let device = Device::flex();
    let of = |metric: &Metric, targets: &[[f32; 2]]| {
        let tensor = |by: f32| {
            let targets = targets.iter().flatten().map(|target| target + by);
            let targets: Vec<f32> = targets.collect();
            Tensor::<1>::from_floats(&targets[..], &device).reshape([targets.len() / 2, 2])
        };
        let outputs = Outputs::new(tensor(0.5), Activation::Linear);
        let function = metric.function(TargetForm::LikeOutputs, 2);
        let sums: Vec<f64> = function
            .update(tensor(0.0), &outputs, None)
            .into_data()
            .iter()
            .collect();
        let figures = function.result(&sums);
        let is_defined =
            |(figure, value): (usize, &f64)| (*value, function.is_defined(&sums, figure));
        figures
            .iter()
            .enumerate()
            .map(is_defined)
            .collect::<Vec<_>>()
    };
    let table = |text| serde_json::from_str::<Metric>(text).unwrap();
    let average = table(r#"{"metric": "r2_score"}"#);
    let each = table(r#"{"metric": "r2_score", "class_aggregation": "none"}"#);
    let single = [[1.0, 2.0]];
    assert_eq!(of(&average, &single), [(0.0, false)]);
    assert_eq!(of(&each, &single), [(0.0, false), (0.0, false)]);
    let one_varies = [[1.0, 7.0], [2.0, 7.0]];
    assert_eq!(
        of(&average, &one_varies),
        [(0.0, true)],
        "the mean of 0 and 0"
    );
    assert_eq!(of(&each, &one_varies), [(0.0, true), (0.0, false)]);
    let constant_rows = [[1.0, 1.0], [2.0, 3.0]];
    let [(value, false)] = of(
        &table(r#"{"metric": "pearson_correlation"}"#),
        &constant_rows,
    )[..] else {
        panic!("a row of equal numbers has no correlation");
    };
    assert!(value.is_nan());
    let concordance = table(r#"{"metric": "concordance_correlation"}"#);
    assert!(!of(&concordance, &constant_rows)[0].1);
    assert!(of(&concordance, &[[1.0, 2.0]])[0].1);
}

/// Numbers by hand.
#[test]
fn the_confusion_matrix_counts_rows_of_true_classes() {
    let metric: Metric =
        serde_json::from_str(r#"{"metric": "confusion_matrix", "num_classes": 3}"#).unwrap();
    let function = metric.function(TargetForm::ClassIndex, 3);
    let outputs = json!([
        [0.7, 0.2, 0.1],
        [0.1, 0.8, 0.1],
        [0.3, 0.3, 0.4],
        [0.4, 0.4, 0.2]
    ]);
    let weights = json!([1.0, 0.5, 2.0, 3.0]);
    let expected = [1.0, 0.0, 0.0, 3.0, 0.0, 2.0, 0.0, 0.5, 0.0];
    let one_hot = json!([[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 0]]);
    for targets in [&json!([0, 2, 1, 1]), &one_hot] {
        let sums = update(function, targets, rows(&outputs), Some(&weights));
        assert_eq!(function.result(&sums), expected);
    }
    let sums = update(function, &json!([0, 2, 1, 9]), rows(&outputs), None);
    let without_the_last = [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0];
    assert_eq!(sums, without_the_last, "9 is no class");
    let table = ConfusionMatrix::new(3).unwrap().table(&expected).unwrap();
    assert_eq!(
        table.to_string(),
        "          0    1    2\n    0  1.00 0.00 0.00\n    1  3.00 0.00 2.00\n    2  0.00 0.50 0.00\n"
    );
    let error = ConfusionMatrix::new(2)
        .unwrap()
        .table(&expected)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the confusion matrix is 9 figures, not 4, expected one figure for every pair of classes"
    );
}

#[test]
fn a_single_column_is_told_apart_at_one_half() {
    let metric = ConfusionMatrix::new(2).unwrap();
    let outputs = rows(&json!([0.1, 0.5, 0.51, 0.9]));
    let sums = update(&metric, &json!([0, 1, 1, 0]), outputs, None);
    assert_eq!(metric.result(&sums), [1.0, 1.0, 1.0, 1.0]);
}

#[test]
fn accuracy_and_crossentropy_go_by_columns_and_targets() {
    use TargetForm::{ClassIndex, LikeOutputs};
    for (form, columns, accuracy, crossentropy) in [
        (LikeOutputs, 1, "binary_accuracy", "binary_crossentropy"),
        (ClassIndex, 1, "binary_accuracy", "binary_crossentropy"),
        (
            LikeOutputs,
            3,
            "categorical_accuracy",
            "categorical_crossentropy",
        ),
        (
            ClassIndex,
            3,
            "sparse_categorical_accuracy",
            "sparse_categorical_crossentropy",
        ),
    ] {
        assert_eq!(Metric::accuracy().function(form, columns).name(), accuracy);
        assert_eq!(
            Metric::crossentropy().function(form, columns).name(),
            crossentropy
        );
    }
}

#[test]
fn crossentropies_are_computed_from_the_logits_before_a_last_activation() {
    let device = Device::flex();
    let logits = || Tensor::<2>::from_floats([[200.0], [-200.0]], &device);
    let targets = || Tensor::<2>::from_floats([[0.0], [1.0]], &device);
    let outputs = Outputs::new(logits(), Activation::Sigmoid);
    let metric = BinaryCrossentropy::new();
    let sums: Vec<f64> = metric
        .update(targets(), &outputs, None)
        .into_data()
        .iter()
        .collect();
    assert_close("sigmoid", 1, &metric.result(&sums), &[200.0]);

    let logits = Tensor::<2>::from_floats([[200.0, 0.0]], &device);
    let targets = Tensor::<2>::from_floats([[0.0, 1.0]], &device);
    let outputs = Outputs::new(logits, Activation::Softmax);
    let metric = CategoricalCrossentropy::new();
    let sums: Vec<f64> = metric
        .update(targets, &outputs, None)
        .into_data()
        .iter()
        .collect();
    assert_close("softmax", 1, &metric.result(&sums), &[200.0]);
}

#[test]
fn columns_that_arguments_do_not_go_with_are_refused() {
    let refusal = |metric: Metric, columns| {
        let function = metric.function(TargetForm::LikeOutputs, columns);
        function.check(columns).unwrap_err().to_string()
    };
    assert_eq!(
        refusal(Precision::new().with_class_id(3).into(), 3),
        "class_id is 3 for 3 columns, expected a class of the outputs, counted from 0"
    );
    assert_eq!(
        refusal(Recall::new().with_top_k(4).unwrap().into(), 3),
        "top_k is 4 for 3 columns, expected at most the number of outputs"
    );
    assert_eq!(
        refusal(AUC::new().with_label_weights([1.0, 2.0]).unwrap().into(), 3),
        "label_weights is 2 for 3 columns, expected one weight for every output"
    );
    assert_eq!(
        refusal(
            AUC::new().multi_label().with_num_labels(2).unwrap().into(),
            3
        ),
        "num_labels is 2 for 3 columns, expected the number of outputs"
    );
}
