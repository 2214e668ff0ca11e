//! Callbacks in real trainings of a single weight and a bias.

use std::path::Path;
use std::sync::{Arc, Mutex};

use burn::data::dataset::DatasetError;
use burn::tensor::{Device, Tensor};
use firebrick_data::{Batch, BatchSource, Targets};
use firebrick_model::layers::Dense;
use firebrick_model::{Initializer, Network, Sequential};
use serde_json::{Value, json};

use super::{Agreement, Case};
use crate::callback::{Callback, Flow, Training};
use crate::callbacks::fake::Fake;
use crate::callbacks::{CsvLogger, LambdaCallback, TerminateOnNan};
use crate::compile::Compile;
use crate::display::Display;
use crate::error::TrainError;
use crate::fit::Fit;
use crate::history::StopReason;
use crate::logs::Logs;
use crate::losses::MeanSquaredError;
use crate::metrics::MeanAbsoluteError;
use crate::metrics::Metric;
use crate::optimizers::Optimizer;
use crate::pass::Pass;
use crate::trainer::Trainer;

/// A column of inputs and one of targets.
#[derive(Clone)]
struct Rows {
    inputs: Vec<f32>,
    targets: Vec<f32>,
}

impl BatchSource for Rows {
    fn num_samples(&self) -> usize {
        self.inputs.len()
    }

    fn input_shape(&self) -> Vec<usize> {
        vec![1]
    }

    fn targets(&self) -> Targets {
        Targets::Values { shape: vec![1] }
    }

    fn gather(&self, rows: &[usize], device: &Device) -> Result<Batch, DatasetError> {
        let column = |values: &[f32]| {
            let values: Vec<f32> = rows.iter().map(|&row| values[row]).collect();
            Tensor::<1>::from_floats(&values[..], device).unsqueeze_dim::<2>(1)
        };
        Ok(Batch::new(column(&self.inputs), column(&self.targets)))
    }
}

fn trainer(kernel: Initializer) -> Trainer<Network> {
    let network = Sequential::new([1]).add(Dense::new(1).with_kernel_initializer(kernel));
    Compile::new(Optimizer::sgd(), MeanSquaredError::new())
        .with_learning_rate(0.1)
        .with_metrics([Metric::from(MeanAbsoluteError::new()).named("mae")])
        .model(network.build(1, &Device::flex()).unwrap())
}

fn fit(epochs: usize) -> Fit {
    Fit::new(epochs)
        .with_batch_size(2)
        .without_shuffle()
        .with_display(Display::Quiet)
}

/// A fit without validation refuses a callback that watches it.
pub(super) fn refuses_what_nothing_produces(callback: impl Callback + 'static, name: &str) {
    let data = Rows {
        inputs: vec![0.0; 4],
        targets: vec![0.0; 4],
    };
    let error = trainer(Initializer::Zeros).fit(&data, &fit(1).with_callback(callback));
    match error {
        Err(TrainError::UnknownMonitor {
            callback, monitor, ..
        }) => {
            assert_eq!((callback.as_str(), monitor.as_str()), (name, "val_loss"));
        }
        other => panic!("{other:?}"),
    }
}

/// Notes every hook as the file does: its name, its number counted from 0, the names of its figures.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<Value>>>);

impl Recorder {
    fn note(&self, hook: &str, number: Option<usize>, logs: Option<&Logs>) -> Flow {
        let mut entry = vec![json!(hook)];
        entry.extend(number.map(|number| json!(number - 1)));
        let mut names: Vec<&str> = logs.into_iter().flat_map(Logs::names).collect();
        names.sort_unstable();
        entry.push(logs.map_or(Value::Null, |_| json!(names)));
        self.0.lock().unwrap().push(Value::Array(entry));
        Flow::Continue
    }

    fn taken(&self) -> Value {
        Value::Array(std::mem::take(&mut *self.0.lock().unwrap()))
    }

    fn callback(&self) -> LambdaCallback {
        let plain = |hook: &'static str| {
            let recorder = self.clone();
            move |_: &mut Training<'_>| Ok(recorder.note(hook, None, None))
        };
        let epoch = |hook: &'static str| {
            let recorder = self.clone();
            move |training: &mut Training<'_>| Ok(recorder.note(hook, Some(training.epoch()), None))
        };
        let batch = |hook: &'static str| {
            let recorder = self.clone();
            move |training: &mut Training<'_>| Ok(recorder.note(hook, Some(training.batch()), None))
        };
        let batch_end = |hook: &'static str| {
            let recorder = self.clone();
            move |training: &mut Training<'_>| {
                let logs = training.logs()?;
                Ok(recorder.note(hook, Some(training.batch()), Some(&logs)))
            }
        };
        let end = |hook: &'static str| {
            let recorder = self.clone();
            move |_: &mut Training<'_>, logs: &Logs| Ok(recorder.note(hook, None, Some(logs)))
        };
        let epochs = self.clone();
        LambdaCallback::new()
            .with_on_train_begin(plain("on_train_begin"))
            .with_on_train_end(end("on_train_end"))
            .with_on_epoch_begin(epoch("on_epoch_begin"))
            .with_on_epoch_end(move |training, logs| {
                Ok(epochs.note("on_epoch_end", Some(training.epoch()), Some(logs)))
            })
            .with_on_train_batch_begin(batch("on_train_batch_begin"))
            .with_on_train_batch_end(batch_end("on_train_batch_end"))
            .with_on_test_begin(plain("on_test_begin"))
            .with_on_test_end(end("on_test_end"))
            .with_on_test_batch_begin(batch("on_test_batch_begin"))
            .with_on_test_batch_end(batch_end("on_test_batch_end"))
            .with_on_predict_begin(plain("on_predict_begin"))
            .with_on_predict_end(plain("on_predict_end"))
            .with_on_predict_batch_begin(batch("on_predict_batch_begin"))
            .with_on_predict_batch_end(batch_end("on_predict_batch_end"))
    }
}

pub(super) fn hook_order(case: &Case) -> Agreement {
    let data = Rows {
        inputs: vec![0.0; 4],
        targets: vec![0.0; 4],
    };
    let validation = Rows {
        inputs: vec![0.0; 2],
        targets: vec![0.0; 2],
    };
    let recorder = Recorder::default();
    let mut trainer = trainer(Initializer::GlorotUniform);
    let fit = fit(2)
        .with_validation(&validation)
        .with_callback(recorder.callback());
    trainer.fit(&data, &fit).unwrap();
    let expected = &case.fields["fit(2 epochs, 2 batches, 1 val batch)"];
    assert_eq!(recorder.taken(), *expected);

    let pass = Pass::new()
        .with_batch_size(2)
        .with_callback(recorder.callback());
    trainer.evaluate_with(&data, &pass).unwrap();
    assert_eq!(recorder.taken(), case.fields["evaluate(2 batches)"]);

    // What Keras calls `outputs` is what the prediction gives; there are no figures.
    let expected = case.fields["predict(2 batches)"].to_string();
    let expected = expected.replace("\"outputs\"", "");
    trainer.predict_data_with(&data, &pass).unwrap();
    assert_eq!(recorder.taken().to_string(), expected);
    let inputs = Tensor::<2>::zeros([4, 1], &Device::flex());
    trainer.predict_with(inputs, &pass).unwrap();
    assert_eq!(recorder.taken().to_string(), expected);
    Agreement::Instead("a batch of a prediction has no figures, Keras has its outputs there")
}

pub(super) fn csv_logger(case: &Case) -> Agreement {
    let folder = tempfile::tempdir().unwrap();
    let expected = case.text("file");
    assert_eq!(written(&folder.path().join("fed.csv"), expected), expected);

    let path = folder.path().join("fitted.csv");
    let mut fit = fit(4).with_callback(CsvLogger::new(&path));
    if case.name != "csv_noval" {
        fit = fit.with_validation_split(0.5);
    }
    if case.name == "csv_val_freq2" {
        fit = fit.with_validation_freq(2);
    }
    let data = Rows {
        inputs: vec![1.0; 4],
        targets: vec![2.0; 4],
    };
    trainer(Initializer::Zeros).fit(&data, &fit).unwrap();
    let fitted = std::fs::read_to_string(&path).unwrap();
    let cells =
        |text: &str| -> Vec<String> { text.split([',', '\r', '\n']).map(str::to_owned).collect() };
    let (own, expected) = (cells(&fitted), cells(expected));
    assert_eq!(own.len(), expected.len(), "{fitted}");
    for (own, expected) in own.iter().zip(&expected) {
        match (own.parse::<f64>(), expected.parse::<f64>()) {
            (Ok(own), Ok(expected)) => {
                assert!(
                    (own - expected).abs() <= 1e-5 + 1e-4 * expected.abs(),
                    "{fitted}"
                );
            }
            _ => assert_eq!(own, expected, "{fitted}"),
        }
    }
    Agreement::AsKeras
}

/// The file that the numbers of a file become.
fn written(path: &Path, text: &str) -> String {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().unwrap().clone();
    let mut callback = CsvLogger::new(path);
    let mut fake = Fake::new(0.1);
    let _ = callback
        .on_train_begin(&mut Training::new(&mut fake))
        .unwrap();
    for (epoch, row) in reader.records().enumerate() {
        fake.epoch = epoch + 1;
        let row = row.unwrap();
        let figures = names.iter().zip(&row).skip(1);
        let logs: Logs = figures
            .filter(|(_, value)| *value != "NA")
            .map(|(name, value)| (name, value.parse().unwrap()))
            .collect();
        let _ = callback
            .on_epoch_end(&mut Training::new(&mut fake), &logs)
            .unwrap();
    }
    std::fs::read_to_string(path).unwrap()
}

/// Eight samples, the fifth of which is none.
fn spoiled() -> Rows {
    let mut inputs = vec![1.0; 8];
    inputs[4] = f32::NAN;
    Rows {
        targets: inputs.clone(),
        inputs,
    }
}

pub(super) fn terminate_on_nan(case: &Case) -> Agreement {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let seeing = Arc::clone(&seen);
    let recorder = LambdaCallback::new().with_on_train_batch_end(move |training| {
        let loss = training.logs()?.get("loss").unwrap();
        let text = super::super::python_text::repr(loss);
        seeing
            .lock()
            .unwrap()
            .push(json!([training.batch() - 1, text]));
        Ok(Flow::Continue)
    });
    let mut trainer = trainer(Initializer::Ones);
    let before = trainer.model().get_weights().unwrap();
    let fit = fit(3)
        .with_callback(TerminateOnNan::new())
        .with_callback(recorder);
    let history = trainer.fit(&spoiled(), &fit).unwrap();
    assert_eq!(
        Value::Array(seen.lock().unwrap().clone()),
        case.fields["batches_seen"]
    );
    let expected = StopReason::Callback {
        name: "TerminateOnNan".to_owned(),
        epoch: 1,
    };
    assert_eq!(history.stop_reason, expected);
    assert!(history.epochs().is_empty());
    assert!(case.text("weights_after").contains("nan"));
    assert_eq!(trainer.model().get_weights().unwrap(), before);

    let mut fake = Fake::new(0.1);
    fake.batch = 3;
    fake.logs.insert("loss", f64::INFINITY);
    let flow = TerminateOnNan::new().on_train_batch_end(&mut Training::new(&mut fake));
    assert_eq!(flow.unwrap(), Flow::Stop);
    assert_eq!(
        fake.said,
        [case.text("stdout").trim().replace("Batch 2", "Batch 3")]
    );
    Agreement::Instead("the weights from before are kept, batches count from 1")
}

pub(super) fn nan_without_callback(case: &Case) -> Agreement {
    assert!(case.fields["history"]["loss"].to_string().contains("nan"));
    let error = trainer(Initializer::Ones)
        .fit(&spoiled(), &fit(2))
        .unwrap_err();
    let expected = matches!(
        error,
        TrainError::NonFiniteLoss {
            epoch: 1,
            batch: 3,
            ..
        }
    );
    assert!(expected, "{error}");
    Agreement::Instead("a loss that is no number is an error")
}
