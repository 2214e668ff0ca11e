//! Whole fits against Keras' own, from the same weights; see `data/make_keras_training.py`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::collections::BTreeMap;

use burn::data::dataset::DatasetError;
use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::{Device, Tensor};
use firebrick_data::{Batch, BatchSource, Targets};
use firebrick_model::{Activation, AnyTensor, Model, ModelError};
use firebrick_trainer::losses::{MeanSquaredError, SparseCategoricalCrossentropy};
use firebrick_trainer::{Compile, Display, Fit, Loss, Metric, Optimizer};
use serde::Deserialize;

/// Kernel and bias of the hidden layer, kernel and bias of the last.
type InitialWeights = (Vec<[f32; 5]>, [f32; 5], Vec<[f32; 3]>, [f32; 3]);

#[derive(Deserialize)]
struct Golden {
    inputs: Vec<[f32; 4]>,
    targets: Vec<f32>,
    initial_weights: InitialWeights,
    fits: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    epochs: usize,
    batch_size: usize,
    validation: usize,
    history: BTreeMap<String, Vec<f64>>,
    predictions: Vec<[f32; 3]>,
}

#[derive(Clone)]
struct Rows {
    inputs: Vec<[f32; 4]>,
    targets: Vec<f32>,
}

impl BatchSource for Rows {
    fn num_samples(&self) -> usize {
        self.inputs.len()
    }

    fn input_shape(&self) -> Vec<usize> {
        vec![4]
    }

    fn targets(&self) -> Targets {
        Targets::Classes { num_classes: 3 }
    }

    fn gather(&self, rows: &[usize], device: &Device) -> Result<Batch, DatasetError> {
        let inputs: Vec<f32> = rows.iter().flat_map(|&row| self.inputs[row]).collect();
        let targets: Vec<f32> = rows.iter().map(|&row| self.targets[row]).collect();
        Ok(Batch {
            inputs: Tensor::<1>::from_floats(&inputs[..], device).reshape([rows.len(), 4]),
            targets: Tensor::<1>::from_floats(&targets[..], device).unsqueeze_dim(1),
            sample_weights: None,
        })
    }
}

#[derive(Module, Debug)]
struct Network {
    hidden: Linear,
    out: Linear,
}

impl Model for Network {
    fn forward(&self, inputs: AnyTensor) -> Result<AnyTensor, ModelError> {
        let inputs: Tensor<2> = inputs.into_rank()?;
        let hidden = Activation::Sigmoid.forward(self.hidden.forward(inputs));
        Ok(self.out.forward(hidden).into())
    }

    fn output_activation(&self) -> Activation {
        Activation::Softmax
    }
}

fn network(golden: &Golden, device: &Device) -> Network {
    let (hidden, hidden_bias, out, out_bias) = &golden.initial_weights;
    let kernel = |rows: Vec<f32>, units: usize| {
        let tensor = Tensor::<1>::from_floats(&rows[..], device);
        Param::from_tensor(tensor.reshape([rows.len() / units, units]))
    };
    Network {
        hidden: Linear {
            weight: kernel(hidden.iter().flatten().copied().collect(), 5),
            bias: Some(Param::from_data(*hidden_bias, device)),
        },
        out: Linear {
            weight: kernel(out.iter().flatten().copied().collect(), 3),
            bias: Some(Param::from_data(*out_bias, device)),
        },
    }
}

fn compile(name: &str) -> Compile {
    let loss: Loss = if name.starts_with("mse") {
        MeanSquaredError::new().into()
    } else {
        SparseCategoricalCrossentropy::new().into()
    };
    let momentum = || Optimizer::sgd().with_momentum(0.9).unwrap();
    let (optimizer, rate) = match name {
        "crossentropy_adam_batch5" => (Optimizer::adam(), 0.01),
        "crossentropy_momentum" => (momentum(), 0.1),
        "crossentropy_nesterov" => (momentum().with_nesterov().unwrap(), 0.1),
        _ => (Optimizer::sgd(), 0.1),
    };
    Compile::new(optimizer, loss)
        .with_learning_rate(rate)
        .with_metrics([Metric::accuracy()])
}

fn assert_close(name: &str, what: &str, values: &[f64], expected: &[f64]) {
    assert_eq!(values.len(), expected.len(), "{name} {what}");
    for (index, (value, expected)) in values.iter().zip(expected).enumerate() {
        assert!(
            (value - expected).abs() <= 1e-5 + 1e-4 * expected.abs(),
            "{name} {what}[{index}]: {value} instead of {expected}"
        );
    }
}

#[test]
fn fits_are_those_of_keras_epoch_by_epoch() {
    let golden: Golden = serde_json::from_str(include_str!("data/keras_training.json")).unwrap();
    let device = Device::flex();
    assert_eq!(golden.fits.len(), 7);
    for case in &golden.fits {
        let train = golden.inputs.len() - case.validation;
        let rows = |range: std::ops::Range<usize>| Rows {
            inputs: golden.inputs[range.clone()].to_vec(),
            targets: golden.targets[range].to_vec(),
        };
        let mut fit = Fit::new(case.epochs)
            .with_batch_size(case.batch_size)
            .without_shuffle()
            .with_display(Display::Quiet);
        if case.validation > 0 {
            fit = fit.with_validation(&rows(train..golden.inputs.len()));
        }
        let mut trainer = compile(&case.name).model(network(&golden, &device));
        let history = trainer.fit(&rows(0..train), &fit).unwrap();

        assert_eq!(history.names().count(), case.history.len(), "{}", case.name);
        for (figure, expected) in &case.history {
            assert_close(&case.name, figure, &history[figure], expected);
        }

        let all: Vec<usize> = (0..golden.inputs.len()).collect();
        let inputs = rows(0..golden.inputs.len())
            .gather(&all, &device)
            .unwrap()
            .inputs;
        let predictions: Tensor<2> = trainer.predict(inputs).unwrap().into_rank().unwrap();
        let predictions: Vec<f64> = predictions.into_data().iter().collect();
        let expected: Vec<f64> = case
            .predictions
            .iter()
            .flatten()
            .map(|&p| f64::from(p))
            .collect();
        assert_close(&case.name, "predictions", &predictions, &expected);
    }
}
