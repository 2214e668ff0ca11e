//! Steps of one's own under the same epochs, callbacks, displays and files as any other training.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::fs;
use std::sync::{Arc, Mutex};

use burn::data::dataset::DatasetError;
use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::optim::{GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::{Device, Tensor};
use firebrick_data::{ArrayDataset, Batch, BatchSource, Targets};
use firebrick_model::layers::Dense;
use firebrick_model::{Draws, Model, Network, Sequential};
use firebrick_trainer::callbacks::{EarlyStopping, LambdaCallback};
use firebrick_trainer::losses::MeanSquaredError;
use firebrick_trainer::metrics::Direction;
use firebrick_trainer::{
    CheckpointInterval, Checkpoints, Compile, Display, Fit, Flow, Measures, NonFiniteCause,
    Optimizer, RunDirectory, State, Step, StepOutput, StepTrainer, StopReason, TrainError, Trainee,
};

/// What goes wrong with a batch, counted from 1 over all epochs.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    Nothing,
    Error(u64),
    Panic(u64),
    /// The loss is no number.
    Loss(u64),
    /// A figure is missing.
    Figures(u64),
}

/// A line and its mirror image, each with an optimizer of its own: two trainings in one.
struct Two {
    lines: [Linear; 2],
    optimizers: [ModuleOptimizer; 2],
    batches: u64,
    fault: Fault,
    has_test_step: bool,
}

const RATES: [f64; 2] = [0.05, 0.025];

impl Two {
    fn new(fault: Fault) -> Self {
        let device = Device::flex().autodiff();
        let line = || LinearConfig::new(1, 1).init(&device);
        Self {
            lines: [line(), line()],
            optimizers: [SgdConfig::new().init(), SgdConfig::new().init()],
            batches: 0,
            fault,
            has_test_step: true,
        }
    }

    fn losses(lines: &[Linear; 2], batch: &Batch) -> [Tensor<1>; 2] {
        let of_line = |line: &Linear, sign: f32| {
            let answers = line.forward(batch.inputs());
            (answers - batch.targets() * sign).square().mean()
        };
        [of_line(&lines[0], 1.0), of_line(&lines[1], -1.0)]
    }

    fn output(samples: usize, losses: [Tensor<1>; 2]) -> StepOutput {
        let [first, second] = losses;
        StepOutput::new(samples, first.clone() + second.clone(), [first, second])
    }
}

impl Step for Two {
    type Weights = [Linear; 2];

    fn measures(&self) -> Measures {
        Measures::means(["line", "mirrored"]).with_direction("mirrored", Direction::Up)
    }

    fn train_step(&mut self, batch: Batch) -> Result<StepOutput, TrainError> {
        self.batches += 1;
        if self.fault == Fault::Error(self.batches) {
            return Err(TrainError::ForeignWeights);
        }
        assert!(self.fault != Fault::Panic(self.batches), "worn out");
        let losses = Self::losses(&self.lines, &batch);
        for (index, loss) in losses.iter().enumerate() {
            let line = self.lines[index].clone();
            let gradients = GradientsParams::from_grads(loss.backward(), &line);
            self.lines[index] = self.optimizers[index].step(RATES[index], line, gradients);
        }
        if self.fault == Fault::Figures(self.batches) {
            let [first, _] = losses;
            return Ok(StepOutput::new(batch.num_samples(), first, []));
        }
        let losses = if self.fault == Fault::Loss(self.batches) {
            losses.map(|loss| loss * f32::NAN)
        } else {
            losses
        };
        Ok(Self::output(batch.num_samples(), losses))
    }

    fn test_step(
        &self,
        lines: &[Linear; 2],
        batch: Batch,
    ) -> Result<Option<StepOutput>, TrainError> {
        let losses = Self::losses(lines, &batch);
        let output = Self::output(batch.num_samples(), losses);
        Ok(self.has_test_step.then_some(output))
    }

    fn iterations(&self) -> u64 {
        self.batches
    }

    fn learning_rate(&self) -> f64 {
        RATES[0]
    }

    fn weights(&self) -> [Linear; 2] {
        self.lines.each_ref().map(Module::valid)
    }

    fn set_weights(&mut self, lines: &[Linear; 2]) -> Result<(), TrainError> {
        for (own, line) in self.lines.iter_mut().zip(lines) {
            *own = own.clone().load_record(line.clone().into_record());
        }
        Ok(())
    }
}

/// y = 2 x + 1 at five points, three batches of at most two.
fn points() -> ArrayDataset {
    let inputs = [[0.0], [0.25], [0.5], [0.75], [1.0]];
    ArrayDataset::new(inputs, [1.0, 1.5, 2.0, 2.5, 3.0]).unwrap()
}

fn quiet(epochs: usize) -> Fit {
    Fit::new(epochs)
        .with_batch_size(2)
        .with_display(Display::Quiet)
}

fn trainer(fault: Fault) -> StepTrainer<Two> {
    StepTrainer::new(Two::new(fault), &Device::flex())
}

fn numbers(lines: &[Linear; 2]) -> Vec<f32> {
    let of_line = |line: &Linear| {
        let bias = line.bias.as_ref().unwrap().val().into_data();
        let kernel = line.weight.val().into_data();
        kernel.iter().chain(bias.iter()).collect::<Vec<f32>>()
    };
    lines.iter().flat_map(of_line).collect()
}

#[test]
fn two_models_with_an_optimizer_each_learn_in_one_training() {
    let folder = tempfile::tempdir().unwrap();
    let run = RunDirectory::create(&folder.path().join("run")).unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&seen);
    let watching = LambdaCallback::new().with_on_epoch_end(move |training, logs| {
        let lines: Option<[Linear; 2]> = training.weights().into_inner();
        assert_eq!(training.iterations(), 3 * training.epoch() as u64);
        keep.lock()
            .unwrap()
            .push((numbers(&lines.unwrap()), logs.clone()));
        Ok(Flow::Continue)
    });
    let data = points();
    let fit = quiet(150)
        .with_validation(&data)
        .with_run_directory(run.clone())
        .with_callback(watching);
    let mut trainer = trainer(Fault::Nothing);
    let history = trainer.fit(&data, &fit).unwrap();

    let names = [
        "loss",
        "line",
        "mirrored",
        "val_loss",
        "val_line",
        "val_mirrored",
    ];
    assert!(history.names().eq(names));
    assert_eq!(history["learning_rate"], [0.05; 150]);
    assert!(history["val_line"][149] < 0.01 && history["val_mirrored"][149] < 0.05);
    for (loss, parts) in history["val_loss"]
        .iter()
        .zip(history["val_line"].iter().zip(&history["val_mirrored"]))
    {
        assert!((loss - parts.0 - parts.1).abs() < 1e-5);
    }
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 150);
    assert_eq!(numbers(&trainer.step().weights()), seen[149].0);
    assert_eq!(seen[149].1, history.last().unwrap().figures);
    let files = ["history.csv", "curves.svg", "model.bpk"];
    let is_there = files.map(|file| run.file(file).exists());
    assert_eq!(
        is_there,
        [true, true, false],
        "a model that has no file has none"
    );
    let table = fs::read_to_string(run.file("history.csv")).unwrap();
    assert!(
        table.starts_with("epoch,learning_rate,loss,line,mirrored,val_loss,"),
        "{table}"
    );
}

#[test]
fn a_second_fit_goes_on_and_a_figure_can_be_watched() {
    let data = points();
    let mut in_two = trainer(Fault::Nothing);
    let start = in_two.step().weights();
    in_two.fit(&data, &quiet(2)).unwrap();
    in_two.fit(&data, &quiet(1)).unwrap();
    let mut at_once = trainer(Fault::Nothing);
    let mut step = Two::new(Fault::Nothing);
    step.set_weights(&start).unwrap();
    assert_ne!(numbers(&at_once.step().weights()), numbers(&start));
    at_once = StepTrainer::new(step, &Device::flex());
    at_once.fit(&data, &quiet(3)).unwrap();
    assert_eq!(
        numbers(&at_once.into_step().weights()),
        numbers(&in_two.step().weights()),
        "the order of the samples goes on too"
    );

    // It was said that more of it is better, and it falls.
    let watching = EarlyStopping::new("mirrored").with_patience(3);
    let fit = quiet(50).with_callback(watching);
    let history = trainer(Fault::Nothing).fit(&data, &fit).unwrap();
    let stopped = StopReason::Callback {
        name: "EarlyStopping".to_owned(),
        epoch: 4,
    };
    assert_eq!(history.stop_reason, stopped);
    let fit = quiet(1).with_callback(EarlyStopping::new("val_line"));
    let error = trainer(Fault::Nothing).fit(&data, &fit).unwrap_err();
    assert!(
        error.to_string().contains("it has line, mirrored, loss"),
        "{error}"
    );
}

#[test]
fn whatever_ends_it_the_weights_of_the_last_whole_epoch_are_kept() {
    let data = points();
    let mut whole = trainer(Fault::Nothing);
    let start = whole.step().weights();
    whole.fit(&data, &quiet(1)).unwrap();
    let after_one = numbers(&whole.step().weights());
    for (fault, words) in [
        (Fault::Error(5), "another type"),
        (Fault::Panic(5), "worn out"),
        (
            Fault::Loss(5),
            "the loss became NaN in epoch 2, batch 2, after an update at learning rate 0.05",
        ),
        (
            Fault::Figures(5),
            "the step measures 2 figures beside the loss (line, mirrored), one of its batches gave 0",
        ),
    ] {
        let mut step = Two::new(fault);
        step.set_weights(&start).unwrap();
        let mut trainer = StepTrainer::new(step, &Device::flex());
        let error = trainer.fit(&data, &quiet(3)).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(trainer.history().epochs().len(), 1);
        assert_eq!(numbers(&trainer.step().weights()), after_one, "{error}");
        if let TrainError::NonFiniteLoss { cause, .. } = error {
            assert_eq!(*cause, NonFiniteCause::Unknown);
        }
        // It can be gone on with.
        trainer.fit(&data, &quiet(1)).unwrap();
    }
}

/// The same points, without the input of the fourth one.
#[derive(Clone)]
struct Holes(ArrayDataset);

impl BatchSource for Holes {
    fn num_samples(&self) -> usize {
        self.0.num_samples()
    }

    fn input_shape(&self) -> Vec<usize> {
        self.0.input_shape()
    }

    fn targets(&self) -> Targets {
        self.0.targets()
    }

    fn gather(&self, rows: &[usize], device: &Device) -> Result<Batch, DatasetError> {
        let batch = self.0.gather(rows, device)?;
        let factors: Vec<f32> = rows
            .iter()
            .map(|&row| if row == 3 { f32::NAN } else { 1.0 })
            .collect();
        let factors = Tensor::<1>::from_floats(&factors[..], device).unsqueeze_dim(1);
        Ok(Batch::new(batch.inputs() * factors, batch.targets()))
    }
}

#[test]
fn a_number_of_the_data_that_is_none_is_found_whatever_the_step() {
    let data = Holes(points());
    let error = trainer(Fault::Nothing).fit(&data, &quiet(1)).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the input of sample 3 (counted from 0) is NaN"),
        "{error}"
    );
}

#[test]
fn what_a_step_cannot_do_is_an_error_before_the_first_epoch() {
    let data = points();
    let silent = Two {
        has_test_step: false,
        ..Two::new(Fault::Nothing)
    };
    let mut silent = StepTrainer::new(silent, &Device::flex());
    let fit = quiet(1).with_validation(&data);
    let error = silent.fit(&data, &fit).unwrap_err();
    assert!(matches!(error, TrainError::NoTestStep), "{error}");
    assert_eq!(silent.step().iterations(), 0);
    silent.fit(&data, &quiet(1)).unwrap();

    let fit = quiet(1).with_class_weight([(0, 2.0)]);
    let error = trainer(Fault::Nothing).fit(&data, &fit).unwrap_err();
    assert!(error.to_string().starts_with("class_weight is"), "{error}");
    let saving = LambdaCallback::new().with_on_train_begin(|training| {
        let path = std::path::Path::new("model.bpk");
        let error = training.save(path).unwrap_err();
        assert!(matches!(error, TrainError::NoModelFile), "{error}");
        Ok(Flow::Stop)
    });
    let history = trainer(Fault::Nothing).fit(&data, &quiet(1).with_callback(saving));
    assert!(history.unwrap().epochs().is_empty());
}

/// Mean squared errors, learned by a trainee.
struct Plain(Trainee<Network>);

impl Step for Plain {
    type Weights = Network;

    fn measures(&self) -> Measures {
        Measures::means::<&str>([])
    }

    fn train_step(&mut self, batch: Batch) -> Result<StepOutput, TrainError> {
        let draws = Draws::new(1, self.0.updates());
        let inputs = batch.inputs().into();
        let answers = self.0.model().forward_training(inputs, draws)?;
        let answers: Tensor<2> = answers.into_rank()?;
        let loss = (answers - batch.targets()).square().mean();
        self.0.learn(&loss);
        Ok(StepOutput::new(batch.num_samples(), loss, []))
    }

    fn iterations(&self) -> u64 {
        self.0.updates()
    }

    fn learning_rate(&self) -> f64 {
        self.0.learning_rate()
    }

    fn weights(&self) -> Network {
        self.0.weights()
    }

    fn set_weights(&mut self, weights: &Network) -> Result<(), TrainError> {
        self.0.set_weights(weights)
    }

    fn state(&self) -> Option<State> {
        Some(self.0.state())
    }

    fn restore(&mut self, state: &State) -> Result<(), TrainError> {
        self.0.restore(state)
    }
}

#[test]
fn a_trainee_learns_as_a_trainer_does_and_goes_on_from_its_state() {
    let device = Device::flex();
    let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0]).unwrap();
    let network = Sequential::new([1]).add(Dense::new(1));
    let model = || network.build(1, &device).unwrap();
    let adam = || Optimizer::adam().with_clipnorm(0.5).unwrap();
    let fit = |epochs| {
        let fit = Fit::new(epochs).with_batch_size(2);
        fit.with_display(Display::Quiet)
    };
    let step = || Plain(Trainee::new(model(), &adam(), 0.1).unwrap());
    let mut whole = StepTrainer::new(step(), &device);
    let history = whole.fit(&data, &fit(6)).unwrap();
    let compile = Compile::new(adam(), MeanSquaredError::new()).with_learning_rate(0.1);
    let same = compile.model(model()).fit(&data, &fit(6)).unwrap();
    for (own, expected) in history["loss"].iter().zip(&same["loss"]) {
        assert!((own - expected).abs() < 1e-5, "{own} {expected}");
    }
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = || Checkpoints::every(CheckpointInterval::Epochs(1)).in_folder(folder.path());
    let mut broken = StepTrainer::new(step(), &device);
    broken
        .fit(&data, &fit(3).with_checkpoints(checkpoints()))
        .unwrap();
    let mut resumed = StepTrainer::new(step(), &device);
    let fit = fit(6).with_checkpoints(checkpoints());
    let history = resumed.resume(&data, &fit, folder.path()).unwrap();
    assert_eq!(history["loss"], whole.history()["loss"]);
    let averaged = Optimizer::adam().with_ema(0.9).unwrap();
    let error = Trainee::new(model(), &averaged, 0.1).map(drop).unwrap_err();
    assert!(
        error.to_string().contains("one with ema_momentum"),
        "{error}"
    );
}
