//! Data and models that fail while they are used, each told as what it is.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use burn::data::dataset::DatasetError;
use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};
use firebrick_data::{ArrayDataset, Batch, BatchSource, Targets};
use firebrick_model::{AnyTensor, Model, ModelError};
use firebrick_trainer::losses::MeanSquaredError;
use firebrick_trainer::{Compile, Display, Fit, Optimizer, Pass, TrainError, Trainer};

/// Points of a line on a disk that fails after so many reads.
#[derive(Clone)]
struct Failing {
    points: ArrayDataset,
    reads_left: Arc<AtomicUsize>,
}

impl Failing {
    fn after(reads: usize) -> Self {
        let inputs = [[0.0], [0.25], [0.5], [0.75]];
        Self {
            points: ArrayDataset::new(inputs, [1.0, 1.5, 2.0, 2.5]).unwrap(),
            reads_left: Arc::new(AtomicUsize::new(reads)),
        }
    }
}

impl BatchSource for Failing {
    fn num_samples(&self) -> usize {
        self.points.num_samples()
    }

    fn input_shape(&self) -> Vec<usize> {
        self.points.input_shape()
    }

    fn targets(&self) -> Targets {
        self.points.targets()
    }

    fn gather(&self, rows: &[usize], device: &Device) -> Result<Batch, DatasetError> {
        let left = self.reads_left.load(Ordering::Relaxed);
        if left == 0 {
            let error = std::io::Error::other("the disk is gone");
            return Err(DatasetError::new(error));
        }
        self.reads_left.store(left - 1, Ordering::Relaxed);
        self.points.gather(rows, device)
    }
}

/// A line that panics, or refuses, once it has seen so many batches of two.
#[derive(Module, Debug)]
struct Worn {
    line: Linear,
    #[module(skip)]
    batches_left: Arc<AtomicUsize>,
    #[module(skip)]
    panics: bool,
}

impl Worn {
    fn after(batches: usize, panics: bool) -> Self {
        Self {
            line: LinearConfig::new(1, 1).init(&Device::flex()),
            batches_left: Arc::new(AtomicUsize::new(batches)),
            panics,
        }
    }
}

impl Model for Worn {
    fn forward(&self, inputs: AnyTensor) -> Result<AnyTensor, ModelError> {
        if inputs.shape()[0] == 2 {
            let left = self.batches_left.load(Ordering::Relaxed);
            assert!(left > 0 || !self.panics, "worn out");
            if left == 0 {
                let nine = Tensor::<1>::zeros([9], &Device::flex());
                return Ok(AnyTensor::from(nine).reshape(&[2, 2])?);
            }
            self.batches_left.store(left - 1, Ordering::Relaxed);
        }
        Ok(self.line.forward(inputs.into_rank::<2>()?).into())
    }
}

fn compile<M: Model>(model: M) -> Trainer<M> {
    Compile::new(Optimizer::sgd(), MeanSquaredError::new()).model(model)
}

fn whole() -> Trainer<Worn> {
    compile(Worn::after(usize::MAX, false))
}

fn quiet(epochs: usize) -> Fit {
    Fit::new(epochs)
        .with_batch_size(2)
        .with_display(Display::Quiet)
}

fn pass() -> Pass {
    Pass::new().with_batch_size(2)
}

#[track_caller]
fn assert_data(error: &TrainError, epoch: usize) {
    assert!(
        matches!(error, TrainError::Samples { epoch: own, .. } if *own == epoch),
        "{error:?}"
    );
    let text = error.to_string();
    assert!(
        text.contains("the disk is gone") && !text.contains("device"),
        "{text}"
    );
}

#[test]
fn data_that_cannot_be_read_is_not_the_devices_fault() {
    // One look at the samples comes before everything.
    for (reads, epoch) in [(0, 0), (1, 1), (2, 1), (3, 2)] {
        let data = Failing::after(reads);
        let mut trainer = whole();
        let error = trainer.fit(&data, &quiet(3)).unwrap_err();
        assert_data(&error, epoch);
        assert_eq!(trainer.history().epochs().len(), epoch.saturating_sub(1));
    }
    let points = Failing::after(usize::MAX);
    for (reads, epoch) in [(0, 0), (1, 1), (4, 2)] {
        let validation = Failing::after(reads);
        let fit = quiet(3).with_validation(&validation);
        assert_data(&whole().fit(&points, &fit).unwrap_err(), epoch);
    }
    for reads in 0..3 {
        let error = whole().evaluate_with(&Failing::after(reads), &pass());
        assert_data(&error.unwrap_err(), 0);
    }
    for reads in 0..2 {
        let error = whole().predict_data_with(&Failing::after(reads), &pass());
        assert_data(&error.unwrap_err(), 0);
    }
}

#[test]
fn a_model_that_fails_is_neither_the_datas_nor_the_devices_fault() {
    let points = Failing::after(usize::MAX);
    for panics in [true, false] {
        // Nothing is asked of batches of two before the pass but for the first outputs, which are four.
        for batches in 0..2 {
            let model = || Worn::after(batches, panics);
            let inputs = Tensor::<2>::zeros([4, 1], &Device::flex());
            let errors = [
                compile(model())
                    .evaluate_with(&points, &pass())
                    .unwrap_err(),
                compile(model())
                    .predict_data_with(&points, &pass())
                    .unwrap_err(),
                compile(model()).predict_with(inputs, &pass()).unwrap_err(),
                compile(model()).fit(&points, &quiet(1)).unwrap_err(),
            ];
            for error in errors {
                let text = error.to_string();
                let is_told = match &error {
                    TrainError::PartPanicked { part, .. } => {
                        panics && part == "forward pass of the network" && text.contains("worn out")
                    }
                    TrainError::Model(_) => !panics,
                    _ => false,
                };
                assert!(is_told, "{error:?}");
                assert!(!text.contains("device"), "{text}");
            }
        }
    }
    let inputs = Tensor::<2>::zeros([2, 1], &Device::flex());
    let error = compile(Worn::after(0, true)).predict_on_batch(inputs);
    assert!(
        matches!(error, Err(TrainError::PartPanicked { .. })),
        "{error:?}"
    );
}
