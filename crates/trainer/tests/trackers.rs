//! Metrics that a loop of one's own feeds, against Keras' after each batch; see `data/make_metrics.py`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use burn::nn::{Linear, LinearConfig};
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Tensor, TensorData};
use firebrick_trainer::losses::{Dice, Huber, Loss, SparseCategoricalCrossentropy};
use firebrick_trainer::metrics::{MeanOfLoss, MeanTracker, Metric, MetricTracker, SumTracker};
use serde_json::{Map, Value, json};

fn golden() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/metrics.json");
    let golden: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    golden["cases"].as_array().unwrap().clone()
}

/// All numbers of nested lists.
fn numbers(value: &Value) -> Vec<f32> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        Value::String(name) => vec![name.parse().unwrap()],
        #[expect(
            clippy::cast_possible_truncation,
            reason = "they are those of single precision"
        )]
        number => vec![number.as_f64().unwrap() as f32],
    }
}

fn vector(value: &Value) -> Tensor<1> {
    Tensor::from_floats(&numbers(value)[..], &Device::flex())
}

/// The outer list's items as rows.
fn rows(value: &Value) -> Tensor<2> {
    let (numbers, rows) = (numbers(value), value.as_array().unwrap().len());
    let shape = [rows, numbers.len() / rows];
    Tensor::from_data(TensorData::new(numbers, shape), &Device::flex())
}

fn assert_close(name: &str, values: &[f64], expected: &Value) {
    let expected = numbers(expected);
    assert_eq!(values.len(), expected.len(), "{name}");
    for (value, expected) in values.iter().zip(expected.iter().copied().map(f64::from)) {
        let difference = (value - expected).abs();
        assert!(
            difference <= 1e-5 + 1e-4 * expected.abs(),
            "{name}: {values:?}, {expected}"
        );
    }
}

#[test]
fn mean_and_sum_are_those_of_keras() {
    let mut checked = 0;
    for case in golden() {
        let Some(updates) = case["values"].as_array() else {
            continue;
        };
        let name = case["name"].as_str().unwrap();
        let (mut mean, mut sum) = (MeanTracker::new(name), SumTracker::new(name));
        let expected = case["result_after_each_batch"].as_array().unwrap();
        for (update, expected) in updates.iter().zip(expected) {
            let weights = || update.get(1).map(vector);
            let values = vector(&update[0]);
            let result = if case["metric"] == "Mean" {
                mean.update_state(values, weights()).unwrap();
                mean.result().unwrap()
            } else {
                sum.update_state(values, weights()).unwrap();
                sum.result().unwrap()
            };
            assert_close(name, &[result], expected);
            checked += 1;
        }
    }
    assert_eq!(checked, 5);
}

#[test]
fn any_metric_gathers_as_in_keras() {
    let mut checked = 0;
    for case in golden() {
        let Some(batches) = case["batches"].as_array() else {
            continue;
        };
        let mut table: Map<String, Value> = case["config"].as_object().unwrap().clone();
        table.insert("metric".to_owned(), case["metric"].clone());
        let name = case["name"].as_str().unwrap();
        // By its shape where Keras has one of exact equality.
        if name == "Accuracy" {
            continue;
        }
        let metric: Metric = serde_json::from_value(json!(table)).unwrap();
        let mut tracker = MetricTracker::new(metric);
        for pass in 0..2 {
            tracker.reset_state();
            assert_eq!(tracker.result().unwrap(), Vec::<f64>::new(), "pass {pass}");
            let expected = case["result_after_each_batch"].as_array().unwrap();
            for (batch, expected) in batches.iter().zip(expected) {
                let weights = batch.get("sample_weight").map(vector);
                let outputs = rows(&batch["y_pred"]).into();
                tracker
                    .update_state(rows(&batch["y_true"]), &outputs, weights)
                    .unwrap();
                assert_close(name, &tracker.result().unwrap(), expected);
            }
        }
        checked += 1;
    }
    assert!(checked >= 80, "{checked}");
}

#[test]
fn many_batches_are_read_in_between_without_losing_any() {
    let mut mean = MeanTracker::new("loss");
    for batch in 0..600_u16 {
        let value = Tensor::from_floats([f32::from(batch)], &Device::flex());
        mean.update_state(value, None).unwrap();
    }
    assert!((mean.result().unwrap() - 299.5).abs() < 1e-9);
    mean.reset_state();
    assert!(mean.result().unwrap().abs() < f64::MIN_POSITIVE);
}

#[test]
fn what_does_not_fit_is_refused() {
    let device = Device::flex();
    let values = Tensor::<1>::ones([3], &device);
    let error = MeanTracker::new("loss").update_state(values, Some(Tensor::ones([2], &device)));
    let message = error.unwrap_err().to_string();
    assert!(
        message.contains("weights") && message.contains("2 for 3 values"),
        "{message}"
    );

    let zeros = |rows, columns| Tensor::<2>::zeros([rows, columns], &device);
    let mut accuracy = MetricTracker::new(Metric::accuracy());
    let message = accuracy
        .update_state(zeros(2, 2), &zeros(3, 2).into(), None)
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("the metric accuracy cannot compare targets of the shape [2, 2]"),
        "{message}"
    );
    accuracy
        .update_state(zeros(2, 1), &zeros(2, 3).into(), None)
        .unwrap();
    let message = accuracy
        .update_state(zeros(2, 1), &zeros(2, 4).into(), None)
        .unwrap_err()
        .to_string();
    assert!(message.contains("4 after 3"), "{message}");
    let message = accuracy.update_state(
        zeros(2, 1),
        &zeros(2, 3).into(),
        Some(Tensor::ones([3], &device)),
    );
    assert!(message.unwrap_err().to_string().contains("3 for 2 rows"));
}

#[test]
fn the_mean_of_a_loss_is_its_loss_over_all_rows() {
    let device = Device::flex();
    let targets = Tensor::<2>::from_floats([[1.0], [-1.0], [2.0]], &device);
    let outputs =
        || Tensor::<2>::from_floats([[0.2, 0.5, 0.3], [0.1, 0.1, 0.8], [0.3, 0.3, 0.4]], &device);
    let ignoring = SparseCategoricalCrossentropy::new().with_ignore_class(-1);
    let mut tracker = MetricTracker::new(MeanOfLoss::new(ignoring));
    tracker
        .update_state(targets.clone(), &outputs().into(), None)
        .unwrap();
    let expected = Loss::from(ignoring).forward(targets, &outputs().into(), None);
    let expected: Vec<f64> = expected.into_data().iter().collect();
    assert!((tracker.result().unwrap()[0] - expected[0]).abs() < 1e-6);

    // One value of all rows, with weights of the rows.
    let mut dice = MetricTracker::new(MeanOfLoss::new(Dice::new()));
    let ones = || Tensor::<2>::ones([3, 1], &device);
    let weights = Tensor::from_floats([1.0, 0.0, 2.0], &device);
    dice.update_state(ones(), &(ones() * 0.5).into(), Some(weights))
        .unwrap();
    assert!((dice.result().unwrap()[0] - 1.0 / 3.0).abs() < 1e-6);

    let metric = Metric::from(MeanOfLoss::new(Huber::new().with_delta(2.0).unwrap()));
    let written = serde_json::to_string(&metric).unwrap();
    assert_eq!(
        serde_json::from_str::<Metric>(&written).unwrap(),
        metric,
        "{written}"
    );
    assert_eq!(metric.name(), "huber");
}

/// A loop of one's own, as Keras' guides write it.
#[test]
fn a_loop_of_ones_own_follows_its_loss_and_a_metric() {
    let device = Device::flex();
    let train = device.clone().autodiff();
    let mut model: Linear = LinearConfig::new(1, 1).init(&train);
    let mut optimizer: ModuleOptimizer = AdamConfig::new().init();
    let loss = Loss::from(Huber::new());
    let (mut mean, mut error) = (
        MeanTracker::new("loss"),
        MetricTracker::new("mae".parse::<Metric>().unwrap()),
    );
    let mut history: Vec<[f64; 2]> = Vec::new();
    for _ in 0..20 {
        mean.reset_state();
        error.reset_state();
        for batch in 0..4_u8 {
            let x = f32::from(batch);
            let inputs = Tensor::<2>::from_floats([[x], [x + 0.5]], &train);
            let targets = inputs.clone() * 2.0 + 1.0;
            let outputs = model.forward(inputs).into();
            let value = loss.forward(targets.clone(), &outputs, None);
            mean.update_state(value.clone(), None).unwrap();
            error.update_state(targets, &outputs, None).unwrap();
            let gradients = GradientsParams::from_grads(value.backward(), &model);
            model = optimizer.step(0.1, model, gradients);
        }
        history.push([mean.result().unwrap(), error.result().unwrap()[0]]);
    }
    let (first, last) = (history[0], history[19]);
    assert!(
        last[0] < 0.2 * first[0] && last[1] < 0.4 * first[1],
        "{history:?}"
    );
    assert_eq!((mean.name(), error.name()), ("loss", "mae"));
}
