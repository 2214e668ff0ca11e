mod answers;
mod assembly;
mod on_batch;
mod passing;
mod run_files;
mod samples;

use std::sync::Arc;

use burn::tensor::Device;
use firebrick_data::{BatchLoader, BatchSource, ShuffleState};
use firebrick_model::{AnyTensor, Model};

use crate::burn_loop::{LoopSettings, train};
use crate::compile::Compile;
use crate::display::Display;
use crate::displays::KeptLines;
use crate::error::TrainError;
use crate::evaluation::Evaluation;
use crate::fit::Fit;
use crate::history::{FitParams, History};
use crate::interrupt::ctrl_c_on;
use crate::pass::Pass;
use crate::rerun::{Part, Rerun};
use crate::run_description::{describe, is_ours};
use crate::run_directory::RunDirectory;
use crate::sample_place::SamplePlace;
use crate::step::AutodiffStep;
use crate::{displays, unoptimized};
use assembly::Checked;
use run_files::RunFiles;

/// A compiled model: fit it, evaluate it, let it predict.
///
/// ```
/// use firebrick::datasets::{ValidationSplit, mnist_sample};
/// use firebrick::models::MlpConfig;
/// use firebrick::training::{Compile, Display, Fit};
///
/// let data = mnist_sample()?;
/// let model = MlpConfig::new(784, 10).with_hidden([32]).init(42, &firebrick::burn::tensor::Device::flex())?;
/// let mut trainer = Compile::by_name("adam", "sparse_categorical_crossentropy", ["accuracy"])?
///     .with_learning_rate(0.01)
///     .model(model);
/// let fit = Fit::new(3).with_validation_split(0.2).with_display(Display::Quiet);
/// let history = trainer.fit(&data.train, &fit)?;
/// assert_eq!(history["val_loss"].len(), 3);
/// assert!(trainer.evaluate(&data.test)?.get("accuracy") > Some(0.7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Trainer<M: Model> {
    compile: Compile,
    device: Device,
    model: M,
    /// What learns, going on where the last fit ended.
    step: Option<AutodiffStep<M>>,
    /// The order in which samples are seen, going on where the last fit ended.
    shuffle: Option<ShuffleState>,
    history: History,
    /// How evaluations and predictions show themselves.
    display: Display,
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
            step: None,
            shuffle: None,
            history: History::default(),
            display: Display::Quiet,
        }
    }

    /// How [`evaluate`](Self::evaluate) and [`predict_data`](Self::predict_data) show themselves: what Keras prints at
    /// [`Display::Bar`] and [`Display::KerasLines`], else, as by default, nothing. A batch has 500 samples there, not
    /// Keras' 32.
    #[must_use = "returns the changed trainer"]
    pub fn with_display(mut self, display: Display) -> Self {
        self.display = display;
        self
    }

    /// The model with the weights learned so far.
    pub fn model(&self) -> &M {
        &self.model
    }

    /// Gives the model back, e.g. to change and compile it anew.
    pub fn into_model(self) -> M {
        self.model
    }

    /// What the last [`fit`](Self::fit) did, also when it ended with an error.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Trains on samples; a second call goes on where the first one ended, with the state of the
    /// optimizer, the step of the schedule and, for the same seed, the order of the samples. A
    /// schedule that counts epochs counts epochs of the first call's length.
    ///
    /// A training that was stopped, by Ctrl-C say, is no error: the history says so, and the model
    /// has the weights of that moment.
    ///
    /// # Errors
    /// Settings out of range, data that does not fit network or loss, a callback that watches a figure
    /// there is not, a loss that is not finite any more, a run that another training writes into, files of the run that
    /// cannot be written. Where they could be written before, that is told and tried again after every epoch, and an
    /// error only at the end, which says what the files hold. What was learned before an error is kept.
    pub fn fit<D>(&mut self, data: &D, fit: &Fit) -> Result<History, TrainError>
    where
        D: BatchSource + Clone + 'static,
    {
        let display = fit.display.resolve()?;
        let files = fit.run.as_ref().map(RunFiles::begin).transpose()?;
        let Checked {
            data,
            validation,
            objective,
            figures,
        } = self.checked(Arc::new(data.clone()), fit)?;
        unoptimized::tell(display);

        let train_loader = self.train_loader(&data, fit)?;
        let validation_batch_size = fit
            .settings
            .validation_batch_size
            .unwrap_or(fit.settings.batch_size);
        let rerun = Rerun {
            training: Part {
                data: Arc::clone(&data),
                batch_size: fit.settings.batch_size,
            },
            validation: validation.clone().map(|data| Part {
                data,
                batch_size: validation_batch_size,
            }),
            shuffle: train_loader.shuffle_state(),
            objective: objective.clone(),
            device: self.device.clone(),
        };
        let validation_loader = validation
            .map(|source| BatchLoader::new(source, validation_batch_size, &self.device))
            .transpose()?
            .map(Arc::new);
        let params = FitParams {
            epochs: fit.settings.epochs,
            steps: fit
                .settings
                .steps_per_epoch
                .unwrap_or(train_loader.num_batches()),
            batch_size: fit.settings.batch_size,
        };
        if let Some(run) = &fit.run {
            self.describe_run(run, (data.as_ref(), fit))?;
        }
        let stop = fit.stop.clone().unwrap_or_default();
        let _ctrl_c = if fit.listens_to_ctrl_c {
            Some(stop.on_ctrl_c()?)
        } else {
            ctrl_c_on(display, &stop)
        };
        let step = self.take_step(objective, params.steps, fit.settings.seed)?;
        // The dashboard leaves nothing on the terminal, so that the epochs are told when it is gone.
        let kept = KeptLines::default();
        let settings = LoopSettings {
            device: self.device.clone(),
            params,
            initial_epoch: fit.settings.initial_epoch,
            is_limited: fit.settings.steps_per_epoch.is_some(),
            validation_steps: fit.settings.validation_steps,
            validation_freq: fit.settings.validation_freq,
            callbacks: fit.callbacks.clone(),
            figures,
            run: fit.run.clone(),
            display,
            label: fit.label.clone(),
            reporter: match display {
                Display::Tui => kept.reporter(fit.settings.epochs),
                shown => displays::reporter(shown, fit.settings.epochs),
            },
            epoch_hook: RunFiles::epoch_hook(files.clone()),
            rerun,
        };
        log::info!(
            "fit: {} samples in {} batches of {}, {} epochs, on {:?}",
            data.num_samples(),
            params.steps,
            fit.settings.batch_size,
            fit.settings.epochs,
            self.device,
        );
        let train_loader = Arc::new(train_loader);
        let loaders = (Arc::clone(&train_loader), validation_loader);
        let outcome = train(step, loaders, settings, &stop);
        drop(kept);
        self.shuffle = train_loader.shuffle_state();

        self.step = outcome.step;
        self.history = outcome.history;
        self.history.params = params;
        let has_learned = outcome.kept.is_some();
        if let Some(model) = outcome.kept {
            self.model = model;
        }
        let saved = match &files {
            Some(files) if has_learned => files.borrow_mut().finish(&self.history, &self.model),
            _ => Ok(()),
        };
        let error = match (outcome.error, saved) {
            (None, Ok(())) => return Ok(self.history.clone()),
            (Some(error), Ok(())) | (None, Err(error)) => error,
            (Some(error), Err(saving)) => error.besides(saving),
        };
        log::error!("{error}");
        Err(error)
    }

    /// The batches in the order of this fit, which goes on where the last one with its seed ended.
    ///
    /// Without a prefetching thread: gathering bytes takes a few per cent of a step, and on two cores the thread was
    /// measured to cost more than it saves.
    fn train_loader(
        &self,
        data: &Arc<dyn BatchSource>,
        fit: &Fit,
    ) -> Result<BatchLoader, TrainError> {
        let mut loader = BatchLoader::new(Arc::clone(data), fit.settings.batch_size, &self.device)?;
        if let Some(seed) = fit.settings.shuffle_seed() {
            loader = loader.with_shuffle(seed);
            if let Some(state) = self.shuffle.filter(|state| state.seed == seed) {
                loader.restore_shuffle(state);
            }
        }
        Ok(loader)
    }

    /// Checks what [`fit`](Self::fit) checks of settings and data before anything is learned.
    ///
    /// It takes the fit for a whole training: gradients gathered over more batches than it has are an error also where
    /// `steps_per_epoch` makes it short, while such fits one after the other go on gathering.
    ///
    /// # Errors
    /// Settings out of range, data that does not fit network or loss, a callback that watches a figure
    /// there is not.
    pub fn check<D>(&self, data: &D, fit: &Fit) -> Result<(), TrainError>
    where
        D: BatchSource + Clone + 'static,
    {
        let checked = self.checked(Arc::new(data.clone()), fit)?;
        self.check_accumulation(checked.data.num_samples(), fit)
    }

    /// Loss and metrics on labelled samples, and for classes what there is to say of each.
    ///
    /// # Errors
    /// Data that does not fit network or loss.
    pub fn evaluate<D>(&self, data: &D) -> Result<Evaluation, TrainError>
    where
        D: BatchSource + Clone + 'static,
    {
        self.evaluate_with(data, &Pass::new())
    }

    /// As [`evaluate`](Self::evaluate), with a batch size and callbacks.
    ///
    /// # Errors
    /// Data that does not fit network or loss, an error of a callback.
    pub fn evaluate_with<D>(&self, data: &D, pass: &Pass) -> Result<Evaluation, TrainError>
    where
        D: BatchSource + Clone + 'static,
    {
        let batch_size = answers::batch_size(self, pass, data.num_samples())?;
        let objective = self.objective(data)?;
        self.check_samples(data, &objective, SamplePlace::new())?;
        self.check_outputs(data, &objective)?;
        answers::evaluate(self, Arc::new(data.clone()), objective, pass, batch_size)
    }

    /// What the network answers, its last activation included, in the order of the samples.
    ///
    /// # Shapes
    /// - inputs: `[num_samples, ...]`
    /// - output: `[num_samples, ...]`
    ///
    /// # Errors
    /// Inputs that the network does not take.
    pub fn predict(&self, inputs: impl Into<AnyTensor>) -> Result<AnyTensor, TrainError> {
        self.predict_with(inputs, &Pass::new())
    }

    /// As [`predict`](Self::predict), with a batch size and callbacks.
    ///
    /// # Errors
    /// Inputs that the network does not take, an error of a callback.
    pub fn predict_with(
        &self,
        inputs: impl Into<AnyTensor>,
        pass: &Pass,
    ) -> Result<AnyTensor, TrainError> {
        answers::predict(self, &inputs.into(), pass)
    }

    /// As [`predict_with`](Self::predict_with), but hands the answers on batch by batch, so that no more than one batch of
    /// them is there at a time.
    ///
    /// ```
    /// use firebrick::burn::tensor::{Device, Tensor};
    /// use firebrick::models::MlpConfig;
    /// use firebrick::training::{Compile, Pass, TrainError};
    ///
    /// let device = Device::flex();
    /// let model = MlpConfig::new(3, 2).init(42, &device)?;
    /// let trainer = Compile::by_name("adam", "sparse_categorical_crossentropy", [])?.model(model);
    /// let mut rows = 0;
    /// let pass = Pass::new().with_batch_size(4);
    /// trainer.predict_each(Tensor::<2>::zeros([10, 3], &device), &pass, |answers| {
    ///     rows += answers.shape()[0];
    ///     Ok::<(), TrainError>(())
    /// })?;
    /// assert_eq!(rows, 10);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Inputs that the network does not take, an error of a callback or of `each`.
    pub fn predict_each<E: From<TrainError>>(
        &self,
        inputs: impl Into<AnyTensor>,
        pass: &Pass,
        each: impl FnMut(AnyTensor) -> Result<(), E>,
    ) -> Result<(), E> {
        answers::predict_each(self, &inputs.into(), pass, each)
    }

    /// What the network answers to the samples of a data set, in their order; where that takes long, a
    /// progress bar says how long on a terminal.
    ///
    /// # Errors
    /// Data that does not fit the network.
    pub fn predict_data<D>(&self, data: &D) -> Result<AnyTensor, TrainError>
    where
        D: BatchSource + Clone + 'static,
    {
        self.predict_data_with(data, &Pass::new())
    }

    /// As [`predict_data`](Self::predict_data), with a batch size and callbacks.
    ///
    /// # Errors
    /// Data that does not fit the network, an error of a callback.
    pub fn predict_data_with<D>(&self, data: &D, pass: &Pass) -> Result<AnyTensor, TrainError>
    where
        D: BatchSource + Clone + 'static,
    {
        answers::predict_data(self, data, pass)
    }

    /// Steps that the optimizer has taken.
    fn iterations(&self) -> u64 {
        let step = self.step.as_ref();
        step.map_or(0, |step| step.rate_control().step())
    }

    /// Writes what the run is, unless somebody has said so already, as `firebrick train` does.
    fn describe_run(
        &self,
        run: &RunDirectory,
        (data, fit): (&dyn BatchSource, &Fit),
    ) -> Result<(), TrainError> {
        let path = run.file(RunDirectory::CONFIG);
        let is_taken = path.exists()
            && !run
                .read(RunDirectory::CONFIG)
                .is_ok_and(|text| is_ours(&text));
        match describe(&self.compile, &self.model, (data, fit)) {
            Some(text) if !is_taken => run.write(RunDirectory::CONFIG, text.as_bytes()),
            _ => Ok(()),
        }
    }
}
