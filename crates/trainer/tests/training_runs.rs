//! Whole fits from given weights against Keras' own; see `data/make_training_runs.py`.
//!
//! `FIREBRICK_GOLDEN` may name another folder with a `training_runs.json` of the same form.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use burn::data::dataset::DatasetError;
use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::{Device, Tensor, TensorData};
use firebrick_data::{Batch, BatchSource, Targets};
use firebrick_model::layers::{
    BatchNormalization, Conv2D, Dense, Embedding, Flatten, LSTM, MaxPooling2D,
};
use firebrick_model::{Activation, AnyTensor, Model, ModelError, Network, Regularizer, Sequential};
use firebrick_scheduler::ExponentialDecay;
use firebrick_trainer::callbacks::SwapEmaWeights;
use firebrick_trainer::losses::SparseCategoricalCrossentropy;
use firebrick_trainer::{
    Compile, Display, Fit, History, Logs, Loss, Metric, Optimizer, StepKind, Trainer,
};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Golden {
    #[serde(rename = "X")]
    inputs: Value,
    y_int: Vec<f32>,
    y_onehot: Value,
    initial_weights: Vec<Value>,
    cases: Vec<Value>,
}

/// A fit of the small dense network.
#[derive(Deserialize)]
struct Case {
    name: String,
    loss: String,
    optimizer: BTreeMap<String, Value>,
    epochs: usize,
    batch_size: usize,
    metrics: Vec<String>,
    evaluate_before: BTreeMap<String, f64>,
    history_keys: Vec<String>,
    history: BTreeMap<String, Vec<f64>>,
    history_epoch: Vec<usize>,
    history_params: Params,
    evaluate_after: BTreeMap<String, f64>,
    weights_after: Vec<Value>,
    predict_after: Value,
    fit_kwargs: Arguments,
}

#[derive(Deserialize)]
struct Params {
    epochs: usize,
    steps: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    validation_split: Option<f64>,
    validation_freq: Option<usize>,
    class_weight: Option<BTreeMap<usize, f64>>,
    sample_weight: Option<Vec<f32>>,
    initial_epoch: Option<usize>,
    steps_per_epoch: Option<usize>,
    callbacks: Option<Vec<SwapArguments>>,
}

#[derive(Deserialize)]
struct SwapArguments {
    swap_on_epoch: bool,
}

/// A fit of the small convolutional network, validated on what it is trained on.
#[derive(Deserialize)]
struct ConvolutionalCase {
    batch_size: usize,
    #[serde(rename = "X")]
    inputs: Value,
    y: Vec<f32>,
    weights_before: Vec<Value>,
    history: BTreeMap<String, Vec<f64>>,
    weights_after: Vec<Value>,
    predict_after: Value,
}

/// A fit of an LSTM on short texts.
#[derive(Deserialize)]
struct TextCase {
    batch_size: usize,
    #[serde(rename = "X")]
    inputs: Value,
    y: Vec<f32>,
    weights_before: Vec<Value>,
    history: BTreeMap<String, Vec<f64>>,
    predict_after: Value,
}

#[derive(Deserialize)]
struct OnBatchCase {
    values: Vec<[f64; 2]>,
    test_on_batch: [f64; 2],
}

/// Samples in the host's memory, one row each.
#[derive(Clone)]
struct Rows {
    input_shape: Vec<usize>,
    inputs: Vec<f32>,
    targets: Targets,
    values: Vec<f32>,
    weights: Option<Vec<f32>>,
}

impl BatchSource for Rows {
    fn num_samples(&self) -> usize {
        self.values.len() / self.targets.num_columns()
    }

    fn input_shape(&self) -> Vec<usize> {
        self.input_shape.clone()
    }

    fn targets(&self) -> Targets {
        self.targets.clone()
    }

    fn gather(&self, rows: &[usize], device: &Device) -> Result<Batch, DatasetError> {
        let table = |values: &[f32], width: usize| -> Tensor<2> {
            let of_row = |&row: &usize| values[row * width..][..width].to_vec();
            let gathered: Vec<f32> = rows.iter().flat_map(of_row).collect();
            Tensor::from_data(TensorData::new(gathered, [rows.len(), width]), device)
        };
        let weights = self.weights.as_ref();
        let inputs = table(&self.inputs, self.input_shape.iter().product());
        let targets = table(&self.values, self.targets.num_columns());
        let weights = weights.map(|weights| table(weights, 1).squeeze_dim::<1>(1));
        Ok(Batch::new(inputs, targets).with_sample_weights(weights))
    }
}

/// All numbers of nested lists.
fn numbers(value: &Value) -> Vec<f32> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        #[allow(
            clippy::cast_possible_truncation,
            reason = "the numbers are those of single precision"
        )]
        number => vec![number.as_f64().unwrap() as f32],
    }
}

fn weights(values: &[Value]) -> Vec<Vec<f32>> {
    values.iter().map(numbers).collect()
}

fn assert_close<T: Copy + Into<f64>>(case: &str, what: &str, values: &[T], expected: &[T]) {
    assert_eq!(values.len(), expected.len(), "{case}, {what}");
    for (index, (value, expected)) in values.iter().zip(expected).enumerate() {
        let (value, expected): (f64, f64) = ((*value).into(), (*expected).into());
        assert!(
            (value - expected).abs() <= 1e-5 + 1e-4 * expected.abs(),
            "{case}, {what}[{index}]: {value} instead of {expected}"
        );
    }
}

fn assert_logs(case: &str, what: &str, logs: &Logs, expected: &BTreeMap<String, f64>) {
    let mut names: Vec<&str> = logs.names().collect();
    names.sort_unstable();
    assert_eq!(names, expected.keys().collect::<Vec<_>>(), "{case}, {what}");
    for (name, expected) in expected {
        assert_close(case, what, &[logs.get(name).unwrap()], &[*expected]);
    }
}

fn assert_history(case: &str, history: &History, expected: &BTreeMap<String, Vec<f64>>) {
    let mut names: Vec<&str> = history.names().collect();
    names.sort_unstable();
    assert_eq!(names, expected.keys().collect::<Vec<_>>(), "{case}");
    for (name, expected) in expected {
        assert_close(case, name, &history[name], expected);
    }
}

fn assert_learned(
    case: &str,
    trainer: &Trainer<Network>,
    data: &Rows,
    (weights_after, predict_after): (&[Value], &Value),
) {
    let own = trainer.model().get_weights().unwrap();
    assert_eq!(own.len(), weights_after.len(), "{case}");
    for (own, expected) in own.iter().zip(weights(weights_after)) {
        assert_close(case, "weights", own.values(), &expected);
    }
    assert_answers(case, trainer, data, predict_after);
}

fn assert_answers<M: Model>(case: &str, trainer: &Trainer<M>, data: &Rows, expected: &Value) {
    let answers: Tensor<2> = trainer.predict_data(data).unwrap().into_rank().unwrap();
    let answers: Vec<f32> = answers.into_data().iter().collect();
    assert_close(case, "predictions", &answers, &numbers(expected));
}

/// The dense network of a case, its data and its weights.
fn network(golden: &Golden, case: &Case) -> (Network, Rows) {
    let is_binary = case.loss == "binary_crossentropy";
    let regularizer = match case.name.as_str() {
        "cce_l1" => Some(Regularizer::L1 { l1: 0.01 }),
        "cce_l2" => Some(Regularizer::L2 { l2: 0.01 }),
        _ => None,
    };
    let mut hidden = Dense::new(5).with_activation(Activation::Sigmoid);
    if let Some(regularizer) = regularizer {
        hidden = hidden.with_kernel_regularizer(regularizer);
    }
    let last = if is_binary {
        Dense::new(1).with_activation(Activation::Sigmoid)
    } else {
        Dense::new(3).with_activation(Activation::Softmax)
    };
    let mut given = weights(&golden.initial_weights);
    if is_binary {
        // The first of three columns.
        given[2] = given[2].iter().copied().step_by(3).collect();
        given[3].truncate(1);
    }
    let network = Sequential::new([4]).add(hidden).add(last);
    let model = network.build_with_weights(given, &Device::flex()).unwrap();
    let (targets, values) = match case.loss.as_str() {
        "sparse_categorical_crossentropy" => {
            (Targets::Classes { num_classes: 3 }, golden.y_int.clone())
        }
        "binary_crossentropy" => {
            let is_above = |&class: &f32| f32::from(u8::from(class > 0.0));
            let values = golden.y_int.iter().map(is_above).collect();
            (Targets::Values { shape: vec![1] }, values)
        }
        _ => (
            Targets::Values { shape: vec![3] },
            numbers(&golden.y_onehot),
        ),
    };
    let data = Rows {
        input_shape: vec![4],
        inputs: numbers(&golden.inputs),
        targets,
        values,
        weights: None,
    };
    (model, data)
}

fn compile(case: &Case) -> Compile {
    let is_adam = case.optimizer.contains_key("beta_1");
    let mut optimizer = if is_adam {
        Optimizer::adam()
    } else {
        Optimizer::sgd()
    };
    if let Some(momentum) = case.optimizer.get("momentum") {
        optimizer = optimizer.with_momentum(momentum.as_f64().unwrap()).unwrap();
    }
    if case.optimizer.contains_key("nesterov") {
        optimizer = optimizer.with_nesterov().unwrap();
    }
    let whole = |key: &str| {
        let number = case.optimizer.get(key).and_then(Value::as_u64);
        number.map(|number| usize::try_from(number).unwrap())
    };
    if let Some(steps) = whole("gradient_accumulation_steps") {
        optimizer = optimizer.with_gradient_accumulation_steps(steps).unwrap();
    }
    if let Some(momentum) = case.optimizer.get("ema_momentum") {
        optimizer = optimizer.with_ema(momentum.as_f64().unwrap()).unwrap();
    }
    if let Some(updates) = whole("ema_overwrite_frequency") {
        optimizer = optimizer.with_ema_overwrite_frequency(updates).unwrap();
    }
    let named = |name: &String| name.parse::<Metric>().unwrap().named(name);
    let compile = Compile::new(optimizer, case.loss.parse::<Loss>().unwrap())
        .with_metrics(case.metrics.iter().map(named));
    let is_weighted = |name: &&String| name.starts_with("weighted_");
    let compile = match case.history_keys.iter().find(is_weighted) {
        Some(_) => compile.with_weighted_metrics([Metric::accuracy()]),
        None => compile,
    };
    match &case.optimizer["learning_rate"] {
        Value::Object(schedule) => {
            let [initial, steps, rate] = &schedule["ExponentialDecay"].as_array().unwrap()[..]
            else {
                panic!("{}: {schedule:?}", case.name)
            };
            let (initial, rate) = (initial.as_f64().unwrap(), rate.as_f64().unwrap());
            let schedule = ExponentialDecay::new(initial, steps.as_u64().unwrap(), rate);
            compile.with_schedule(schedule.unwrap())
        }
        rate => compile.with_learning_rate(rate.as_f64().unwrap()),
    }
}

fn fit(case: &Case) -> Fit {
    let arguments = &case.fit_kwargs;
    let mut fit = Fit::new(case.epochs)
        .with_batch_size(case.batch_size)
        .without_shuffle()
        .with_initial_epoch(arguments.initial_epoch.unwrap_or(0))
        .with_validation_freq(arguments.validation_freq.unwrap_or(1))
        .with_display(Display::Quiet);
    if let Some(fraction) = arguments.validation_split {
        fit = fit.with_validation_split(fraction);
    }
    if let Some(weights) = &arguments.class_weight {
        fit = fit.with_class_weight(weights.clone());
    }
    if let Some(steps) = arguments.steps_per_epoch {
        fit = fit.with_steps_per_epoch(steps);
    }
    for arguments in arguments.callbacks.iter().flatten() {
        let swap = SwapEmaWeights::new();
        fit = fit.with_callback(if arguments.swap_on_epoch {
            swap.with_swap_on_epoch()
        } else {
            swap
        });
    }
    fit
}

fn check(golden: &Golden, case: &Case, step: StepKind) {
    let name = case.name.as_str();
    let (model, data) = network(golden, case);
    let mut trainer = compile(case).model(model);
    let before = trainer.evaluate(&data).unwrap();
    assert_logs(name, "before", &before.figures, &case.evaluate_before);

    let weighted = Rows {
        weights: case.fit_kwargs.sample_weight.clone(),
        ..data.clone()
    };
    let history = trainer.fit(&weighted, &fit(case).with_step(step)).unwrap();
    assert_eq!(
        case.history_keys,
        case.history.keys().cloned().collect::<Vec<_>>()
    );
    assert_history(name, &history, &case.history);
    let epochs: Vec<usize> = history.epochs().iter().map(|own| own.epoch - 1).collect();
    assert_eq!(epochs, case.history_epoch, "{name}");
    let params = (history.params.epochs, history.params.steps.unwrap());
    let expected = (case.history_params.epochs, case.history_params.steps);
    assert_eq!(params, expected, "{name}");

    let after = trainer.evaluate(&data).unwrap();
    assert_logs(name, "after", &after.figures, &case.evaluate_after);
    assert_learned(
        name,
        &trainer,
        &data,
        (&case.weights_after, &case.predict_after),
    );
}

fn check_convolutional(name: &str, case: &ConvolutionalCase, step: StepKind) {
    let network = Sequential::new([6, 6, 1])
        .add(Conv2D::new(2, 3).with_activation(Activation::Relu))
        .add(BatchNormalization::new())
        .add(MaxPooling2D::new(2))
        .add(Flatten::new())
        .add(Dense::new(2));
    let model = network
        .build_with_weights(weights(&case.weights_before), &Device::flex())
        .unwrap();
    let data = Rows {
        input_shape: vec![6, 6, 1],
        inputs: numbers(&case.inputs),
        targets: Targets::Classes { num_classes: 2 },
        values: case.y.clone(),
        weights: None,
    };
    let loss = SparseCategoricalCrossentropy::new().from_logits();
    let mut trainer = Compile::new(Optimizer::adam(), loss)
        .with_learning_rate(0.01)
        .with_metrics([Metric::accuracy()])
        .model(model);
    let fit = Fit::new(case.history["loss"].len())
        .with_batch_size(case.batch_size)
        .without_shuffle()
        .with_validation(&data)
        .with_step(step)
        .with_display(Display::Quiet);
    let history = trainer.fit(&data, &fit).unwrap();
    assert_history(name, &history, &case.history);
    assert_learned(
        name,
        &trainer,
        &data,
        (&case.weights_after, &case.predict_after),
    );
}

fn check_text(name: &str, case: &TextCase) {
    let embedding = Embedding::new(10, 4);
    let embedding = if name.ends_with("True") {
        embedding.with_mask_zero()
    } else {
        embedding
    };
    let network = Sequential::new([5])
        .add(embedding)
        .add(LSTM::new(3))
        .add(Dense::new(1).with_activation(Activation::Sigmoid));
    let model = network
        .build_with_weights(weights(&case.weights_before), &Device::flex())
        .unwrap();
    let data = Rows {
        input_shape: vec![5],
        inputs: numbers(&case.inputs),
        targets: Targets::Values { shape: vec![1] },
        values: case.y.clone(),
        weights: None,
    };
    let mut trainer = Compile::by_name("rmsprop", "binary_crossentropy", [] as [&str; 0])
        .unwrap()
        .with_learning_rate(0.01)
        .model(model);
    let fit = Fit::new(case.history["loss"].len())
        .with_batch_size(case.batch_size)
        .without_shuffle()
        .with_display(Display::Quiet);
    let history = trainer.fit(&data, &fit).unwrap();
    assert_history(name, &history, &case.history);
    assert_answers(name, &trainer, &data, &case.predict_after);
}

fn check_on_batch(golden: &Golden, name: &str, case: &OnBatchCase) {
    let network = Sequential::new([4])
        .add(Dense::new(5).with_activation(Activation::Sigmoid))
        .add(Dense::new(3).with_activation(Activation::Softmax));
    let model = network
        .build_with_weights(weights(&golden.initial_weights), &Device::flex())
        .unwrap();
    let mut trainer = Compile::by_name("sgd", "categorical_crossentropy", ["accuracy"])
        .unwrap()
        .with_learning_rate(0.1)
        .model(model);
    let table = |value: &Value, width: usize| -> AnyTensor {
        let values = numbers(value);
        let shape = [values.len() / width, width];
        Tensor::<2>::from_data(TensorData::new(values, shape), &Device::flex()).into()
    };
    let (inputs, targets) = (table(&golden.inputs, 4), table(&golden.y_onehot, 3));
    let figures = |logs: &Logs| ["loss", "accuracy"].map(|name| logs.get(name).unwrap());
    for expected in &case.values {
        let logs = trainer.train_on_batch(inputs.clone(), targets.clone());
        assert_close(name, "train_on_batch", &figures(&logs.unwrap()), expected);
    }
    let logs = trainer.test_on_batch(inputs, targets).unwrap();
    assert_close(name, "test_on_batch", &figures(&logs), &case.test_on_batch);
}

fn golden() -> Golden {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let elsewhere = std::env::var_os("FIREBRICK_GOLDEN").map(PathBuf::from);
    let path = elsewhere.unwrap_or(own).join("training_runs.json");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

#[test]
fn fits_are_those_of_keras_epoch_by_epoch() {
    let golden = golden();
    for case in &golden.cases {
        let name = case["name"].as_str().unwrap();
        let model = case["model"].as_str().unwrap_or_default();
        if model.contains("LSTM") {
            check_text(name, &TextCase::deserialize(case).unwrap());
        } else if model.contains("Conv2D") {
            let case = ConvolutionalCase::deserialize(case).unwrap();
            for step in [StepKind::Autodiff, StepKind::Auto] {
                check_convolutional(name, &case, step);
            }
        } else if case.get("values").is_some() {
            check_on_batch(&golden, name, &OnBatchCase::deserialize(case).unwrap());
        } else {
            let case = Case::deserialize(case).unwrap();
            for step in [StepKind::Autodiff, StepKind::Host] {
                check(&golden, &case, step);
            }
        }
    }
    assert!(
        golden.cases.len() >= 17,
        "only {} cases were checked",
        golden.cases.len()
    );
    if std::env::var_os("FIREBRICK_GOLDEN").is_none() {
        assert_eq!(golden.cases.len(), 24);
    }
}

/// The dense network as a module of one's own.
#[derive(Module, Debug)]
struct OwnNetwork {
    hidden: Linear,
    out: Linear,
}

impl OwnNetwork {
    fn new(golden: &Golden) -> Self {
        let given = weights(&golden.initial_weights);
        let device = Device::flex();
        let linear = |kernel: &[f32], bias: &[f32]| {
            let kernel = Tensor::<1>::from_floats(kernel, &device);
            let inputs = kernel.dims()[0] / bias.len();
            Linear {
                weight: Param::from_tensor(kernel.reshape([inputs, bias.len()])),
                bias: Some(Param::from_tensor(Tensor::from_floats(bias, &device))),
            }
        };
        Self {
            hidden: linear(&given[0], &given[1]),
            out: linear(&given[2], &given[3]),
        }
    }
}

impl Model for OwnNetwork {
    fn forward(&self, inputs: AnyTensor) -> Result<AnyTensor, ModelError> {
        let inputs: Tensor<2> = inputs.into_rank()?;
        let hidden = Activation::Sigmoid.forward(self.hidden.forward(inputs));
        Ok(self.out.forward(hidden).into())
    }

    fn output_activation(&self) -> Activation {
        Activation::Softmax
    }
}

#[test]
fn a_module_of_ones_own_fits_as_keras_layers_do() {
    let golden = golden();
    for case in &golden.cases {
        let name = case["name"].as_str().unwrap();
        if !name.starts_with("scce") && !name.starts_with("cce_adam") {
            continue;
        }
        let case = Case::deserialize(case).unwrap();
        let data = network(&golden, &case).1;
        let mut trainer = compile(&case).model(OwnNetwork::new(&golden));
        let history = trainer.fit(&data, &fit(&case)).unwrap();
        assert_history(name, &history, &case.history);
        assert_answers(name, &trainer, &data, &case.predict_after);
    }
}
