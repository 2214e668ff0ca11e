use std::sync::Arc;
use std::time::{Duration, Instant};

use burn::tensor::activation::softmax;
use burn::tensor::{Device, Int, Tensor};
use burn::train::Learner;
use firebrick_data::{BatchLoader, BatchSource, ShuffleState};
use firebrick_model::{Model, catch_panic, save_model};
use firebrick_scheduler::{Schedule, ScheduleAdapter};

use crate::burn_loop::{Compiled, EpochHook, LoopSettings, Pending, train};
use crate::figures::RunningMeans;
use crate::interrupt::CtrlC;
use crate::optimizers::Path;
use crate::{
    Compile, DEFAULT_CURVES_SIZE, Evaluation, Fit, History, RunDirectory, TrainError, displays,
    draw_curves, run_panels,
};

/// How often a run's files are brought up to date when epochs are short.
const SAVE_INTERVAL: Duration = Duration::from_secs(1);

/// A compiled model: fit it, evaluate it, let it predict.
///
/// ```
/// use firebrick_data::{ValidationSplit, mnist_sample};
/// use firebrick_model::MlpConfig;
/// use firebrick_scheduler::Constant;
/// use firebrick_trainer::losses::SparseCategoricalCrossentropy;
/// use firebrick_trainer::{Compile, Display, Fit, Optimizer};
///
/// let data = mnist_sample()?;
/// let (train, validation) = data.train.split(&ValidationSplit::Tail { fraction: 0.2 })?;
/// let model = MlpConfig::new(784, 10).with_hidden([32]).init(42, &burn::tensor::Device::flex())?;
/// let mut trainer =
///     Compile::new(Optimizer::adam(), Constant::new(0.01)?, SparseCategoricalCrossentropy::new()).model(model);
/// let fit = Fit::new(3).with_validation(&validation).with_display(Display::Quiet);
/// let history = trainer.fit(&train, &fit)?;
/// assert_eq!(history.epochs.len(), 3);
/// assert!(trainer.evaluate(&data.test)?.accuracy > 0.7);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Trainer<M: Model> {
    compile: Compile,
    device: Device,
    model: M,
    /// Optimizer and schedule, going on where the last fit ended.
    learner: Option<Learner<Compiled<M>>>,
    /// The order in which samples are seen, going on where the last fit ended.
    shuffle: Option<ShuffleState>,
    history: History,
}

impl<M: Model> Trainer<M> {
    #[allow(
        clippy::needless_pass_by_value,
        reason = "the trainer owns the model; `valid` merely borrows what it converts"
    )]
    pub(crate) fn new(compile: Compile, model: M) -> Self {
        let device = model.devices().first().cloned().unwrap_or_default();
        let device = device.without_autodiff();
        Self {
            compile,
            device,
            model: model.valid(),
            learner: None,
            shuffle: None,
            history: History::default(),
        }
    }

    /// The model with the weights learned so far.
    pub fn model(&self) -> &M {
        &self.model
    }

    /// What the last [`fit`](Self::fit) did, also when it ended with an error.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Trains on labelled samples; a second call goes on where the first one ended, with the state of
    /// the optimizer, the step of the schedule and, for the same seed, the order of the samples. A
    /// schedule that counts epochs counts epochs of the first call's length.
    ///
    /// A training that was stopped, by Ctrl-C say, is no error: the history says so, and the model
    /// has the weights of that moment.
    ///
    /// # Errors
    /// Settings out of range, data that does not fit the network, a loss that is not finite any
    /// more, files of the run that cannot be written. What was learned before an error is kept.
    pub fn fit<D>(&mut self, data: &D, fit: &Fit) -> Result<History, TrainError>
    where
        D: BatchSource + Clone + 'static,
    {
        fit.validate()?;
        let display = fit.display.resolve()?;
        let data: Arc<dyn BatchSource> = Arc::new(data.clone());
        self.check_data(data.as_ref())?;
        // Without a prefetching thread: gathering bytes takes a few per cent of a step, and on two cores
        // the thread was measured to cost more than it saves.
        let mut train_loader = BatchLoader::new(Arc::clone(&data), fit.batch_size, &self.device)?;
        if let Some(seed) = fit.shuffle {
            train_loader = train_loader.with_shuffle(seed);
            if let Some(state) = self.shuffle.filter(|state| state.seed == seed) {
                train_loader.restore_shuffle(state);
            }
        }
        let validation_loader = match &fit.validation {
            Some(validation) => {
                self.check_data(validation.as_ref())?;
                let loader =
                    BatchLoader::new(Arc::clone(validation), fit.batch_size, &self.device)?;
                Some(Arc::new(loader))
            }
            None => None,
        };
        let batches = train_loader.num_batches();
        let stop = fit.stop.clone().unwrap_or_default();
        let _ctrl_c = fit
            .listens_to_ctrl_c
            .then(|| CtrlC::stops(&stop))
            .transpose()?;
        let learner = match self.learner.take() {
            Some(learner) => learner,
            None => self.new_learner(batches)?,
        };
        let settings = LoopSettings {
            device: self.device.clone(),
            epochs: fit.epochs,
            batches,
            clipping: self.compile.optimizer.clipping(),
            display,
            label: fit.label.clone(),
            reporter: displays::reporter(display, fit.epochs),
            epoch_hook: epoch_hook(fit.run.clone()),
        };
        log::info!(
            "fit: {} samples in {batches} batches of {}, {} epochs, on {:?}",
            data.num_samples(),
            fit.batch_size,
            fit.epochs,
            self.device,
        );
        let train_loader = Arc::new(train_loader);
        let loaders = (Arc::clone(&train_loader), validation_loader);
        let outcome = train(learner, loaders, settings, &stop);
        self.shuffle = train_loader.shuffle_state();

        self.learner = outcome.learner;
        self.history = outcome.history;
        let has_learned = outcome.kept.is_some();
        if let Some(model) = outcome.kept {
            self.model = model;
        }
        let saved = match &fit.run {
            Some(run) if has_learned => self.save_run(run),
            _ => Ok(()),
        };
        match outcome.error {
            Some(error) => {
                log::error!("{error}");
                Err(error)
            }
            None => saved.map(|()| self.history.clone()),
        }
    }

    fn new_learner(&self, batches: usize) -> Result<Learner<Compiled<M>>, TrainError> {
        let schedule = self.compile.schedule(batches)?;
        let optimizer = self.compile.optimizer;
        if let Some(warning) = optimizer.rate_warning(schedule.learning_rate(0)) {
            log::warn!("{warning}");
        }
        Ok(Learner::new(
            Compiled::new(self.model.clone().train(), self.compile.loss.clone()),
            optimizer.build(Path::Fastest),
            ScheduleAdapter::new(schedule),
        ))
    }

    /// Loss, accuracy, figures of every class and confusion matrix on labelled samples.
    ///
    /// # Errors
    /// Data that does not fit the network.
    pub fn evaluate<D>(&self, data: &D) -> Result<Evaluation, TrainError>
    where
        D: BatchSource + Clone + 'static,
    {
        const BATCH_SIZE: usize = 500;
        let num_classes = self.check_data(data)?;
        let loader = BatchLoader::new(Arc::new(data.clone()), BATCH_SIZE, &self.device)?;
        let compiled = Compiled::new(self.model.clone(), self.compile.loss.clone());
        let evaluation_error = |message: String| TrainError::Evaluation { message };

        let mut means = RunningMeans::default();
        let mut targets = Vec::with_capacity(data.num_samples());
        let mut predictions = Vec::with_capacity(data.num_samples());
        let batches = burn::data::dataloader::DataLoader::iter(&loader);
        for batch in batches {
            let batch = batch.map_err(|error| evaluation_error(error.to_string()))?;
            targets.extend(read_classes(batch.targets.clone()).map_err(evaluation_error)?);
            let (output, classes) = compiled.evaluate(batch);
            predictions.extend(read_classes(classes).map_err(evaluation_error)?);
            let mut pending = Pending::new();
            pending.push(output, 0.0);
            pending.read(&mut means).map_err(evaluation_error)?;
        }
        let loss = means.figures().loss;
        Ok(Evaluation::new(loss, num_classes, &targets, predictions))
    }

    /// Probabilities of the classes.
    ///
    /// # Shapes
    /// - inputs: `[batch_size, num_features]`
    /// - output: `[batch_size, num_classes]`
    ///
    /// # Panics
    /// When the inputs do not fit the network.
    pub fn predict(&self, inputs: Tensor<2>) -> Tensor<2> {
        softmax(self.model.forward(inputs), 1)
    }

    /// Runs one sample through the network, so that a misfit is an error before anything starts.
    /// Gives the number of outputs.
    fn check_data(&self, data: &dyn BatchSource) -> Result<usize, TrainError> {
        let num_features = data.num_features();
        let forward = || {
            let sample = Tensor::zeros([1, num_features], &self.device);
            self.model.forward(sample).dims()
        };
        let [_, outputs] = catch_panic(forward).map_err(|reason| TrainError::InputMismatch {
            num_features,
            reason,
        })?;
        let num_classes = data.num_classes();
        if num_classes < 2 {
            return Err(TrainError::TooFewClasses { num_classes });
        }
        if outputs < num_classes {
            return Err(TrainError::ClassMismatch {
                outputs,
                num_classes,
            });
        }
        Ok(outputs)
    }

    /// Brings the run's files to the state of the model and the history.
    fn save_run(&self, run: &RunDirectory) -> Result<(), TrainError> {
        save_model(&self.model, &run.file(RunDirectory::MODEL))?;
        self.history.write_csv(&run.file(RunDirectory::HISTORY))?;
        if self.history.epochs.is_empty() {
            return Ok(());
        }
        let name = run.path().file_name().unwrap_or_default().to_string_lossy();
        let panels = run_panels(&[(&name, &self.history)]);
        for file in [RunDirectory::CURVES_SVG, RunDirectory::CURVES_PNG] {
            draw_curves(&panels, &name, &run.file(file), DEFAULT_CURVES_SIZE)?;
        }
        Ok(())
    }
}

/// Keeps model and history of a run up to date, so that a killed training has lost little.
fn epoch_hook<M: Model>(run: Option<RunDirectory>) -> EpochHook<M> {
    let Some(run) = run else {
        return Box::new(|_, _| Ok(()));
    };
    let mut saved: Option<Instant> = None;
    Box::new(move |history, model| {
        if saved.is_none_or(|saved| saved.elapsed() >= SAVE_INTERVAL) {
            save_model(model, &run.file(RunDirectory::MODEL))?;
            history.write_csv(&run.file(RunDirectory::HISTORY))?;
            saved = Some(Instant::now());
        }
        Ok(())
    })
}

fn read_classes(classes: Tensor<1, Int>) -> Result<Vec<usize>, String> {
    let data = classes
        .try_into_data_as::<i64>()
        .map_err(|error| error.to_string())?;
    let classes = data
        .as_slice::<i64>()
        .map_err(|error| format!("{error:?}"))?;
    classes
        .iter()
        .map(|&class| usize::try_from(class).map_err(|error| error.to_string()))
        .collect()
}
