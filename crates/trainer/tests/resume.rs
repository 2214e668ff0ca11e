//! A training that is broken off and goes on: model, history and files are those of one that was not.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::fs;
use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::tensor::Device;
use firebrick_data::{ArrayDataset, Batch};
use firebrick_model::layers::{BatchNormalization, Dense, Dropout};
use firebrick_model::{Activation, Network, Sequential, save_model};
use firebrick_scheduler::OneCycle;
use firebrick_trainer::callbacks::{
    CsvLogger, EarlyStopping, JsonlLogger, LearningRateScheduler, ModelCheckpoint,
    ReduceLrOnPlateau, SwapEmaWeights, TensorBoard,
};
use firebrick_trainer::losses::SparseCategoricalCrossentropy;
use firebrick_trainer::{
    Callback, CheckpointInterval, Checkpoints, Compile, Display, Fit, Flow, History, HookResult,
    Measures, Metric, Optimizer, RunDirectory, State, Step, StepOutput, StepTrainer, StopReason,
    TrainError, Trainer, Training, WeightGroup,
};

/// Breaks a training off after so many batches, as a kill does: nothing of it goes on but its checkpoints.
struct Killed {
    after: Option<u64>,
}

impl Callback for Killed {
    fn name(&self) -> &'static str {
        "Killed"
    }

    fn on_train_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
        if self.after == Some(training.iterations()) {
            return Err(TrainError::NothingLearned);
        }
        Ok(Flow::Continue)
    }
}

/// Sixty points in three classes, of which the last are the noisier ones.
fn data() -> ArrayDataset {
    let number = |index: usize| {
        let spread = (index * 2_654_435_761) % 1000;
        spread as f32 / 500.0 - 1.0
    };
    let points: Vec<[f32; 4]> = (0..60)
        .map(|row| std::array::from_fn(|column| number(7 * row + column + 1)))
        .collect();
    let classes: Vec<i64> = points
        .iter()
        .enumerate()
        .map(|(row, point)| {
            let class = i64::from(point[0] > point[1]) + i64::from(point[2] > 0.3);
            if row % 9 == 8 { (class + 1) % 3 } else { class }
        })
        .collect();
    ArrayDataset::new(points, classes).unwrap()
}

/// What is trained, and how; the callbacks write into the folder.
struct Case {
    name: &'static str,
    layers: fn() -> Sequential,
    compile: fn() -> Compile,
    fit: fn(&Path) -> Fit,
    interval: CheckpointInterval,
}

/// All that a training leaves that must not depend on whether it was broken off.
#[derive(Debug, PartialEq)]
struct Left {
    model: Vec<u8>,
    history: Vec<(usize, String, String)>,
    stop_reason: StopReason,
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl Case {
    fn trainer(&self) -> Trainer<Network> {
        let model = (self.layers)().build(5, &Device::flex()).unwrap();
        (self.compile)().model(model)
    }

    fn fit(&self, folder: &Path, killed_after: Option<u64>) -> Fit {
        let checkpoints = Checkpoints::every(self.interval).in_folder(folder.join("checkpoints"));
        (self.fit)(&folder.join("files"))
            .with_batch_size(8)
            .with_checkpoints(checkpoints)
            .with_display(Display::Quiet)
            .with_callback(Killed {
                after: killed_after,
            })
    }

    /// What an unbroken training leaves.
    fn whole(&self) -> Left {
        let folder = tempfile::tempdir().unwrap();
        let mut trainer = self.trainer();
        let history = trainer.fit(&data(), &self.fit(folder.path(), None));
        left(&trainer, &history.unwrap(), folder.path())
    }

    /// What one leaves that was broken off at these steps and went on every time.
    fn broken(&self, steps: &[u64]) -> Left {
        let folder = tempfile::tempdir().unwrap();
        let mut is_begun = false;
        for step in steps {
            let fit = self.fit(folder.path(), Some(*step));
            let mut trainer = self.trainer();
            let ended = if is_begun {
                trainer.resume(&data(), &fit, folder.path())
            } else {
                trainer.fit(&data(), &fit)
            };
            assert!(
                matches!(ended, Err(TrainError::NothingLearned)),
                "{}",
                self.name
            );
            is_begun = true;
        }
        let mut trainer = self.trainer();
        let fit = self.fit(folder.path(), None);
        let history = trainer.resume(&data(), &fit, folder.path()).unwrap();
        left(&trainer, &history, folder.path())
    }
}

fn left(trainer: &Trainer<Network>, history: &History, folder: &Path) -> Left {
    let path = folder.join("model.bpk");
    save_model(trainer.model(), &path).unwrap();
    let record = |record: &firebrick_trainer::EpochRecord| {
        let figures = record.figures.iter();
        let figures: Vec<(&str, u64)> = figures
            .map(|(name, value)| (name, value.to_bits()))
            .collect();
        (
            record.epoch,
            record.learning_rate.to_string(),
            format!("{figures:?}"),
        )
    };
    let mut files = Vec::new();
    collect(&folder.join("files"), Path::new(""), &mut files);
    files.sort();
    Left {
        model: fs::read(path).unwrap(),
        history: history.epochs().iter().map(record).collect(),
        stop_reason: history.stop_reason.clone(),
        files,
    }
}

/// The files below a folder; of those of TensorBoard, which say when they were written, how long they are.
fn collect(folder: &Path, below: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    let Ok(entries) = fs::read_dir(folder.join(below)) else {
        return;
    };
    for entry in entries {
        let name = entry.unwrap().file_name();
        let path = below.join(&name);
        let whole = folder.join(&path);
        if whole.is_dir() {
            collect(folder, &path, files);
        } else if name.to_string_lossy().starts_with("events") {
            let length = fs::metadata(whole).unwrap().len();
            files.push((below.join("events"), length.to_string().into_bytes()));
        } else {
            files.push((path, fs::read(whole).unwrap()));
        }
    }
}

fn dense() -> Sequential {
    Sequential::new([4])
        .add(Dense::new(6).with_activation(Activation::Tanh))
        .add(Dense::new(3).with_activation(Activation::Softmax))
}

fn random() -> Sequential {
    Sequential::new([4])
        .add(Dense::new(6).with_activation(Activation::Tanh))
        .add(BatchNormalization::new().with_momentum(0.5))
        .add(Dropout::new(0.25))
        .add(Dense::new(3).with_activation(Activation::Softmax))
}

fn compile(optimizer: Optimizer) -> Compile {
    Compile::new(optimizer, SparseCategoricalCrossentropy::new())
        .with_metrics([Metric::accuracy()])
        .with_learning_rate(0.05)
}

fn cases() -> [Case; 14] {
    let steps = CheckpointInterval::Steps;
    [
        Case {
            name: "adam, dropout and batch normalization",
            layers: random,
            compile: || compile(Optimizer::adam()),
            fit: |_| Fit::new(4),
            interval: steps(3),
        },
        Case {
            name: "momentum along one cycle, validated on a split",
            layers: dense,
            compile: || {
                let optimizer = Optimizer::sgd().with_momentum(0.9).unwrap();
                compile(optimizer).with_custom_schedule(OneCycle::new(0.2, 30).unwrap())
            },
            fit: |folder| {
                let fit = Fit::new(5).with_validation_split(0.2);
                fit.with_callback(TensorBoard::new(folder))
            },
            interval: steps(1),
        },
        Case {
            name: "a moving average that is swapped in and overwrites",
            layers: random,
            compile: || {
                let optimizer = Optimizer::adamw().with_ema(0.8).unwrap();
                compile(optimizer.with_ema_overwrite_frequency(7).unwrap())
            },
            fit: |_| {
                let fit = Fit::new(4).with_validation_split(0.25);
                fit.with_callback(SwapEmaWeights::new().with_swap_on_epoch())
            },
            interval: CheckpointInterval::Epochs(1),
        },
        Case {
            name: "gathered gradients, clipped, with a moving average",
            layers: dense,
            compile: || {
                let optimizer = Optimizer::nadam()
                    .with_gradient_accumulation_steps(3)
                    .unwrap();
                compile(optimizer.with_clipnorm(0.5).unwrap().with_ema(0.9).unwrap())
            },
            fit: |_| Fit::new(4).without_shuffle(),
            interval: steps(2),
        },
        Case {
            name: "early stopping that puts the best weights back, and a plateau",
            layers: dense,
            compile: || compile(Optimizer::rmsprop()).with_learning_rate(0.1),
            fit: |folder| {
                let path = folder.join("best-{epoch}.bpk");
                let best = ModelCheckpoint::new(path.to_str().unwrap()).unwrap();
                let stopping = EarlyStopping::new("val_loss").with_patience(4);
                let plateau = ReduceLrOnPlateau::new("val_loss").with_factor(0.5).unwrap();
                Fit::new(20)
                    .with_validation_split(0.3)
                    .with_callback(stopping.with_restore_best_weights())
                    .with_callback(plateau.with_patience(2).with_min_delta(10.0))
                    .with_callback(best.with_save_best_only())
            },
            interval: steps(5),
        },
        Case {
            name: "epochs that end before the data do",
            layers: random,
            compile: || compile(Optimizer::lion()).with_learning_rate(0.01),
            fit: |_| Fit::new(6).with_steps_per_epoch(5),
            interval: steps(2),
        },
        Case {
            name: "weights of classes, and files of figures",
            layers: dense,
            compile: || compile(Optimizer::adagrad()),
            fit: |folder| {
                let halving = |epoch, rate| if epoch > 2 { rate / 2.0 } else { rate };
                Fit::new(4)
                    .with_seed(9)
                    .with_class_weight([(0, 2.0), (2, 0.5)])
                    .with_callback(CsvLogger::new(folder.join("log.csv")))
                    .with_callback(JsonlLogger::new(folder.join("log.jsonl")))
                    .with_callback(LearningRateScheduler::new(halving))
            },
            interval: steps(3),
        },
        Case {
            name: "an epoch that was begun later",
            layers: dense,
            compile: || compile(Optimizer::adadelta()),
            fit: |_| Fit::new(7).with_initial_epoch(3).with_validation_split(0.5),
            interval: steps(1),
        },
        Case {
            name: "orthogonal steps, and a layer that learns more slowly without a weight decay of its biases",
            layers: random,
            compile: || {
                compile(Optimizer::muon())
                    .exclude_from_weight_decay(["*/bias"])
                    .with_weight_groups([WeightGroup::new("dense/*")
                        .with_learning_rate_factor(0.5)
                        .unwrap()])
            },
            fit: |_| Fit::new(4),
            interval: steps(2),
        },
        of_optimizer("adafactor", || compile(Optimizer::adafactor())),
        of_optimizer("lamb", || compile(Optimizer::lamb())),
        of_optimizer("ftrl", || compile(Optimizer::ftrl())),
        of_optimizer("weights without a schedule", || {
            compile(Optimizer::schedule_free_adamw())
        }),
        of_optimizer("adan", || compile(Optimizer::adan())),
    ]
}

fn of_optimizer(name: &'static str, compile: fn() -> Compile) -> Case {
    Case {
        name,
        layers: random,
        compile,
        fit: |_| Fit::new(3),
        interval: CheckpointInterval::Steps(3),
    }
}

#[test]
fn a_training_that_was_broken_off_ends_as_if_it_had_not_been() {
    for case in cases() {
        let whole = case.whole();
        for steps in [
            &[1][..],
            &[7],
            &[8],
            &[9],
            &[13],
            &[5, 11, 12],
            &[2, 14, 15, 16],
        ] {
            let broken = case.broken(steps);
            assert_eq!(broken.history, whole.history, "{}, {steps:?}", case.name);
            assert_eq!(broken, whole, "{}, {steps:?}", case.name);
        }
    }
}

/// A run of the first case, its trainer, and what it fits by.
fn run_of(folder: &Path, epochs: usize) -> (Trainer<Network>, Fit) {
    let run = RunDirectory::open(folder).unwrap_or_else(|_| RunDirectory::create(folder).unwrap());
    let model = random().build(5, &Device::flex()).unwrap();
    let fit = Fit::new(epochs)
        .with_batch_size(8)
        .with_run_directory(run)
        .with_checkpoints(Checkpoints::every(CheckpointInterval::Steps(3)))
        .with_display(Display::Quiet);
    (compile(Optimizer::adam()).model(model), fit)
}

#[test]
fn a_finished_run_goes_on_with_more_epochs() {
    let folder = tempfile::tempdir().unwrap();
    let [short, long] = ["short", "long"].map(|name| folder.path().join(name));
    let (mut trainer, fit) = run_of(&short, 2);
    trainer.fit(&data(), &fit).unwrap();
    drop((trainer, fit));
    // As often as one likes.
    for epochs in [2, 3, 5] {
        let (mut trainer, fit) = run_of(&short, epochs);
        let history = trainer.resume(&data(), &fit, &short).unwrap();
        assert_eq!(history.epochs().len(), epochs);
        assert_eq!(history.stop_reason, StopReason::Completed);
    }
    let (mut trainer, fit) = run_of(&long, 5);
    trainer.fit(&data(), &fit).unwrap();
    let read = |run: &Path| fs::read(run.join(RunDirectory::MODEL)).unwrap();
    assert_eq!(read(&short), read(&long));
    let rows = |run: &Path| {
        let history = History::read_csv(&run.join(RunDirectory::HISTORY)).unwrap();
        history["loss"].to_vec()
    };
    assert_eq!(rows(&short), rows(&long));
    let kept = fs::read_dir(short.join(RunDirectory::CHECKPOINTS)).unwrap();
    assert_eq!(kept.count(), 2);
    let (mut trainer, fit) = run_of(&short, 4);
    let error = trainer
        .resume(&data(), &fit, &short)
        .unwrap_err()
        .to_string();
    assert!(
        error.ends_with(
            "the number of epochs begun was 5, now it is epochs 4; ask for as many or more"
        ),
        "{error}"
    );
}

#[test]
fn a_training_that_was_stopped_goes_on_where_that_was() {
    use std::sync::{Arc, Mutex};
    /// Asks for a stop by the handle of the fit, in a batch or in a validation.
    struct Stops(firebrick_trainer::StopHandle, Option<u64>, bool);
    impl Callback for Stops {
        fn name(&self) -> &'static str {
            "Stops"
        }
        fn on_train_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
            if self.1 == Some(training.iterations()) {
                self.0.stop("the test");
            }
            Ok(Flow::Continue)
        }
        fn on_test_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
            if self.2 && training.epoch() == 2 {
                self.0.stop("the test");
            }
            Ok(Flow::Continue)
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let trained = |name: &str, step: Option<u64>, in_validation: bool| {
        let path = folder.path().join(name);
        let (mut trainer, fit) = run_of(&path, 4);
        let stop = firebrick_trainer::StopHandle::new();
        let callback = Stops(stop.clone(), step, in_validation);
        let fit = fit
            .with_validation_split(0.2)
            .with_stop_handle(stop)
            .with_shared_callback(Arc::new(Mutex::new(callback)));
        let ended = if path.join("checkpoints").exists() {
            trainer.resume(&data(), &fit, &path).unwrap()
        } else {
            trainer.fit(&data(), &fit).unwrap()
        };
        let model = fs::read(path.join(RunDirectory::MODEL)).unwrap();
        (ended["loss"].to_vec(), ended.stop_reason, model)
    };
    let whole = trained("whole", None, false);
    for (name, step, in_validation) in [("batch", Some(8), false), ("validation", None, true)] {
        let stopped = trained(name, step, in_validation);
        assert!(
            matches!(stopped.1, StopReason::Interrupted { epoch: 2, .. }),
            "{:?}",
            stopped.1
        );
        assert_ne!(stopped.2, whole.2);
        assert_eq!(trained(name, None, false), whole, "{name}");
    }
}

#[test]
fn what_is_not_the_same_training_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    let (mut trainer, fit) = run_of(&path, 2);
    trainer.fit(&data(), &fit).unwrap();
    drop((trainer, fit));
    let error = |change: &dyn Fn(Fit) -> Fit, compile: Compile, data: ArrayDataset| {
        let (_, fit) = run_of(&path, 3);
        let mut trainer = compile.model(random().build(5, &Device::flex()).unwrap());
        trainer
            .resume(&data, &change(fit), &path)
            .unwrap_err()
            .to_string()
    };
    let adam = || compile(Optimizer::adam());
    let same: &dyn Fn(Fit) -> Fit = &|fit| fit;
    let batches: &dyn Fn(Fit) -> Fit = &|fit| fit.with_batch_size(9);
    let seeds: &dyn Fn(Fit) -> Fit = &|fit| fit.with_seed(3);
    let callbacks: &dyn Fn(Fit) -> Fit = &|fit| fit.with_callback(Killed { after: None });
    let fewer = data().first(59).unwrap();
    let half: Vec<usize> = (0..60).rev().collect();
    let turned = firebrick_data::Subset::new(std::sync::Arc::new(data()), half).unwrap();
    for (error, expected) in [
        (
            error(batches, adam(), data()),
            "cannot go on: batch_size was 8, now it is 9; give the fit the settings that it had",
        ),
        (
            error(seeds, adam(), data()),
            "the seed of the samples' order was 42, now it is 3; ",
        ),
        (
            error(callbacks, adam(), data()),
            "the list of callbacks was [], now it is [\"Killed\"]; give the fit the same callbacks",
        ),
        (
            error(same, compile(Optimizer::sgd()), data()),
            "the optimizer was adam",
        ),
        (
            error(
                same,
                compile(Optimizer::adam().with_beta_1(0.8).unwrap()),
                data(),
            ),
            "the optimizer was adam, now it is adam:beta_1=0.8; compile the model as it was",
        ),
        (
            error(
                same,
                compile(Optimizer::adam().with_clipnorm(1.0).unwrap()),
                data(),
            ),
            "the optimizer was adam, now it is adam:clipnorm=1; ",
        ),
        (
            error(same, adam().exclude_from_weight_decay(["*/bias"]), data()),
            "the groups of weights was none, now it is */bias, weight_decay 0; ",
        ),
        (
            error(same, adam().with_learning_rate(0.5), data()),
            "the learning rate was 0.05, now it is 0.5; ",
        ),
        (
            error(same, adam(), fewer),
            "the training data was 60 samples of [4]",
        ),
    ] {
        assert!(error.contains(expected), "{error}");
    }
    let (mut trainer, fit) = run_of(&path, 3);
    let error = trainer
        .resume(&turned, &fit, &path)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains(
            "the training data was another, now it is as many rows, but other numbers in them"
        ),
        "{error}"
    );
    let model = dense().build(5, &Device::flex()).unwrap();
    let error = adam()
        .model(model)
        .resume(&data(), &fit, &path)
        .unwrap_err()
        .to_string();
    assert!(error.contains("the network was "), "{error}");
}

#[test]
fn a_broken_checkpoint_is_passed_over_and_none_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let [run, whole] = ["run", "whole"].map(|name| folder.path().join(name));
    let (mut trainer, fit) = run_of(&whole, 3);
    trainer.fit(&data(), &fit).unwrap();
    let (mut trainer, fit) = run_of(&run, 2);
    trainer.fit(&data(), &fit).unwrap();
    drop((trainer, fit));
    let checkpoints = run.join(RunDirectory::CHECKPOINTS);
    let mut files: Vec<PathBuf> = fs::read_dir(&checkpoints)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let newest = files.last().unwrap();
    let mut bytes = fs::read(newest).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(newest, bytes).unwrap();
    let (mut trainer, fit) = run_of(&run, 3);
    trainer.resume(&data(), &fit, &run).unwrap();
    let read = |run: &Path| fs::read(run.join(RunDirectory::MODEL)).unwrap();
    assert_eq!(read(&run), read(&whole));
    fs::remove_dir_all(&checkpoints).unwrap();
    let error = trainer.resume(&data(), &fit, &run).unwrap_err().to_string();
    assert!(
        error.starts_with("no checkpoint to go on from in `"),
        "{error}"
    );
}

#[test]
fn checkpoints_need_a_place_and_a_figure_that_says_which_way_it_gets_better() {
    let (mut trainer, fit) = (
        compile(Optimizer::adam()).model(dense().build(1, &Device::flex()).unwrap()),
        Fit::new(1).with_display(Display::Quiet),
    );
    let placeless = fit.clone().with_checkpoints(Checkpoints::default());
    let error = trainer.fit(&data(), &placeless).unwrap_err().to_string();
    assert!(
        error.starts_with("no folder for the checkpoints; "),
        "{error}"
    );
    let never = Checkpoints::every(CheckpointInterval::Steps(0)).in_folder("nowhere");
    let error = trainer
        .fit(&data(), &fit.with_checkpoints(never))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the interval between checkpoints is 0steps, expected more than 0"
    );
}

/// A step of one's own, a line through points.
struct Line {
    model: burn::nn::Linear,
    optimizer: burn::optim::ModuleOptimizer,
    batches: u64,
}

impl Line {
    fn new() -> Self {
        let device = Device::flex();
        device.seed(3);
        Self {
            model: burn::nn::LinearConfig::new(4, 1).init(&device.autodiff()),
            optimizer: burn::optim::AdamConfig::new().init(),
            batches: 0,
        }
    }
}

impl Step for Line {
    type Weights = burn::nn::Linear;

    fn measures(&self) -> Measures {
        Measures::means::<&str>([])
    }

    fn train_step(&mut self, batch: Batch) -> Result<StepOutput, TrainError> {
        let samples = batch.num_samples();
        let distances = self.model.forward(batch.inputs()) - batch.targets();
        let loss = distances.square().mean();
        let gradients = burn::optim::GradientsParams::from_grads(loss.backward(), &self.model);
        let model = self.model.clone();
        self.model = self.optimizer.step(self.learning_rate(), model, gradients);
        self.batches += 1;
        Ok(StepOutput::new(samples, loss, []))
    }

    fn iterations(&self) -> u64 {
        self.batches
    }

    fn learning_rate(&self) -> f64 {
        0.05
    }

    fn weights(&self) -> burn::nn::Linear {
        self.model.valid()
    }

    fn set_weights(&mut self, weights: &burn::nn::Linear) -> Result<(), TrainError> {
        self.model = self
            .model
            .clone()
            .load_record(weights.clone().into_record());
        Ok(())
    }

    fn state(&self) -> Option<State> {
        let state = State::new()
            .with_module("model", &self.model)
            .with_optimizer("optimizer", &self.optimizer);
        Some(state.with("batches", self.batches))
    }

    fn restore(&mut self, state: &State) -> Result<(), TrainError> {
        self.model = state.load_module("model", self.model.clone())?;
        self.optimizer = state.load_optimizer("optimizer", self.optimizer.clone())?;
        self.batches = state.get("batches")?;
        Ok(())
    }
}

#[test]
fn a_step_of_ones_own_goes_on_by_its_state() {
    let folder = tempfile::tempdir().unwrap();
    let trained = |name: &str, killed_after: Option<u64>, goes_on: bool| {
        let folder = folder.path().join(name);
        let checkpoints = Checkpoints::every(CheckpointInterval::Steps(2)).in_folder(&folder);
        let fit = Fit::new(3)
            .with_batch_size(8)
            .with_checkpoints(checkpoints)
            .with_display(Display::Quiet)
            .with_callback(Killed {
                after: killed_after,
            });
        let mut trainer = StepTrainer::new(Line::new(), &Device::flex());
        let ended = if goes_on {
            trainer.resume(&data(), &fit, &folder)
        } else {
            trainer.fit(&data(), &fit)
        };
        let weights = trainer.step().weights();
        (
            ended.map(|history| history["loss"].to_vec()),
            weights.weight.val().into_data(),
        )
    };
    let (history, weights) = trained("whole", None, false);
    assert!(trained("broken", Some(13), false).0.is_err());
    let (resumed, same) = trained("broken", None, true);
    assert_eq!(resumed.unwrap(), history.unwrap());
    assert_eq!(same, weights);
}
