//! What a mask leaves out counts neither in a loss nor in a metric, as in Keras; see `data/make_masks.py`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::tensor::{Device, Tensor, TensorData};
use firebrick_trainer::losses::{CTC, Reduction};
use firebrick_trainer::metrics::{Metric, MetricTracker};
use firebrick_trainer::{Loss, Outputs, TargetForm};
use serde_json::{Value, json};

fn golden() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/masks.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// All numbers of nested lists.
fn numbers(value: &Value) -> Vec<f32> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "they are those of single precision"
        )]
        number => vec![number.as_f64().unwrap() as f32],
    }
}

/// Six rows.
fn rows(value: &Value, device: &Device) -> Tensor<2> {
    let numbers = numbers(value);
    let shape = [6, numbers.len() / 6];
    Tensor::from_data(TensorData::new(numbers, shape), device)
}

/// A number a row, those of samples repeated.
fn row_numbers(value: &Value, device: &Device) -> Tensor<1> {
    let numbers = numbers(value);
    let repeats = 6 / numbers.len();
    let repeated = numbers.iter().flat_map(|number| vec![*number; repeats]);
    Tensor::from_floats(&repeated.collect::<Vec<f32>>()[..], device)
}

fn assert_close(name: &str, values: impl IntoIterator<Item = f64>, expected: &Value) {
    let (values, expected): (Vec<f64>, _) = (values.into_iter().collect(), numbers(expected));
    assert_eq!(values.len(), expected.len(), "{name}");
    for (value, expected) in values.iter().zip(expected.iter().copied().map(f64::from)) {
        let difference = (value - expected).abs();
        assert!(
            difference <= 1e-5 + 1e-4 * expected.abs(),
            "{name}: {values:?} instead of {expected}"
        );
    }
}

fn described(case: &Value, kind: &str) -> Value {
    let mut table = case["config"].clone();
    table["class_name"] = json!(case[kind]);
    table
}

#[test]
fn losses_and_their_gradients_are_those_of_keras() {
    let golden = golden();
    let cases = golden["losses"].as_array().unwrap();
    assert_eq!(cases.len(), 14);
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let loss: Loss = serde_json::from_value(described(case, "loss")).unwrap();
        let device = Device::flex().autodiff();
        let weights = case
            .get("sample_weight")
            .map(|weights| row_numbers(weights, &device));
        let y_pred = rows(&case["y_pred"], &device).require_grad();
        let mask = row_numbers(&case["mask"], &device);
        let outputs = Outputs::from(y_pred.clone()).with_steps(3).with_mask(mask);
        let value = |reduction| {
            let loss = loss.clone().with_reduction(reduction);
            loss.forward(rows(&case["y_true"], &device), &outputs, weights.clone())
        };
        for (reduction, key) in [
            (Reduction::SumOverBatchSize, "sum_over_batch_size"),
            (Reduction::Mean, "sum_over_batch_size"),
            (Reduction::Sum, "sum"),
            (Reduction::MeanWithSampleWeight, "mean_with_sample_weight"),
        ] {
            let value = value(reduction).into_data();
            assert_close(&format!("{name}, {key}"), value.iter(), &case[key]);
        }
        let gradients = value(Reduction::SumOverBatchSize).backward();
        let gradient = y_pred.grad(&gradients).unwrap().into_data();
        assert_close(
            &format!("{name}, gradient"),
            gradient.iter(),
            &case["gradient"],
        );
    }
}

#[test]
fn metrics_are_those_of_keras() {
    let golden = golden();
    let cases = golden["metrics"].as_array().unwrap();
    assert_eq!(cases.len(), 22);
    let device = Device::flex();
    for case in cases {
        let metric: Metric = serde_json::from_value(described(case, "metric")).unwrap();
        let mut tracker = MetricTracker::new(metric);
        let expected = case["result_after_each_batch"].as_array().unwrap();
        for (batch, expected) in case["batches"].as_array().unwrap().iter().zip(expected) {
            let weights = batch
                .get("sample_weight")
                .map(|weights| row_numbers(weights, &device));
            let mask = row_numbers(&batch["mask"], &device);
            let outputs = Outputs::from(rows(&batch["y_pred"], &device)).with_mask(mask);
            let targets = rows(&batch["y_true"], &device);
            tracker.update_state(targets, &outputs, weights).unwrap();
            assert_close(
                case["name"].as_str().unwrap(),
                tracker.result().unwrap(),
                expected,
            );
        }
    }
}

/// Every loss of rows, of rows that are filled up with rubbish, is that of the rows alone.
#[test]
fn what_is_filled_up_moves_no_loss() {
    let device = Device::flex();
    let mut checked = 0;
    for name in Loss::NAMES {
        let loss: Loss = name.parse().unwrap();
        let form = loss.function().target_form();
        let of_rows = matches!(form, TargetForm::LikeOutputs | TargetForm::ClassIndex);
        // One value of all rows is, in Keras too, one of those that do not count.
        if !of_rows || matches!(*name, "dice" | "tversky") {
            continue;
        }
        let value = |rows: usize, rubbish: f32, masked: bool| {
            let fill = |kept: Vec<f32>, columns: usize| {
                let mut numbers = kept;
                numbers.resize(rows * columns, rubbish);
                Tensor::<2>::from_data(TensorData::new(numbers, [rows, columns]), &device)
            };
            let targets = match form {
                TargetForm::ClassIndex => fill(vec![0.0, 1.0], 1),
                _ => fill(vec![1.0, 0.0, 0.0, 1.0], 2),
            };
            let outputs = Outputs::from(fill(vec![0.6, 0.4, 0.3, 0.7], 2));
            let mask = Tensor::<1>::from_floats(&[1.0, 1.0, 0.0][..rows], &device);
            let outputs = if masked {
                outputs.with_mask(mask)
            } else {
                outputs
            };
            loss.forward(targets, &outputs, None).into_scalar::<f32>()
        };
        let (alone, filled) = (value(2, 1.0, false), value(3, 1.0, true));
        assert!((alone - filled).abs() < 1e-6, "{name}: {alone}, {filled}");
        checked += 1;
    }
    assert!(checked >= 17, "{checked}");
}

#[test]
fn sequences_of_labels_end_where_their_mask_does() {
    let device = Device::flex();
    let logits = [[0.3, 1.2, -0.5], [0.9, 0.7, -0.2], [5.0, 5.0, -5.0]];
    let value = |steps: usize, masked: bool| {
        let logits = Tensor::<2>::from_floats(logits, &device).narrow(0, 0, steps);
        let outputs = Outputs::from(logits).with_steps(steps);
        let mask = Tensor::<1>::from_floats(&[1.0, 1.0, 0.0][..steps], &device);
        let outputs = if masked {
            outputs.with_mask(mask)
        } else {
            outputs
        };
        let labels = Tensor::<2>::from_floats([[1.0, 0.0]], &device);
        Loss::from(CTC::new())
            .forward(labels, &outputs, None)
            .into_scalar::<f32>()
    };
    let (short, masked, long) = (value(2, false), value(3, true), value(3, false));
    assert!(
        (short - masked).abs() < 1e-6 && (short - long).abs() > 0.1,
        "{short}, {masked}, {long}"
    );
}
