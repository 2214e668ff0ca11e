mod assembly;
mod beginning;
mod card;
mod checks;
mod environment;
mod evaluating;
mod examining;
mod fine_tuning;
mod fitting;
mod loading;
mod on_batch;
mod passing;
mod predicting;
mod run_files;
mod samples;
mod searching;
mod setup;
mod step_trainer;

use std::path::Path;

use burn::tensor::Device;
use firebrick_data::{Samples, ShuffleState};
use firebrick_model::{AnyTensor, Model, Signals};

use crate::checkpoints::{Found, newest};
use crate::compile::Compile;
use crate::display::Display;
use crate::error::TrainError;
use crate::evaluation::Evaluation;
use crate::fit::Fit;
use crate::history::History;
use crate::pass::Pass;
use crate::run_description::{describe, is_ours};
use crate::run_directory::RunDirectory;
use crate::state::State;
use crate::step::{AutodiffStep, Step};
use crate::unoptimized;
use assembly::Checked;
use checks::Checks;
use fitting::{FitData, Fitting, run_files};
use setup::Setup;

pub use step_trainer::StepTrainer;

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
    /// The step of another training, for the first one here.
    begins_with: Option<State>,
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
            begins_with: None,
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

    /// Trains on samples, or on a [stream](firebrick_data::BatchStream) of batches; a second call goes on where the first one ended, with the state of the
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
    pub fn fit(&mut self, data: impl Into<Samples>, fit: &Fit) -> Result<History, TrainError> {
        self.fit_from(data.into(), fit, None)
    }

    /// Goes on with a training that was broken off, killed say, from the newest checkpoint in this run directory or
    /// folder, or from this very one, as if nothing had happened: model, history and the files of callbacks are those, bit
    /// for bit, that an unbroken training would have left; only the seconds differ.
    ///
    /// Model, data and settings are those that the training had; `epochs` may be more. A checkpoint that is broken is passed
    /// over, and named.
    ///
    /// ```
    /// use firebrick::{layers::Dense, prelude::*};
    /// use firebrick::training::{CheckpointInterval, Checkpoints};
    ///
    /// let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
    /// let trainer = || -> Result<_, Box<dyn std::error::Error>> {
    ///     let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
    ///     Ok(Compile::by_name("adam", "mse", [])?.model(model))
    /// };
    /// let folder = tempfile::tempdir()?;
    /// let checkpoints = Checkpoints::every(CheckpointInterval::Epochs(1)).in_folder(folder.path());
    /// let fit = |epochs| Fit::new(epochs).with_checkpoints(checkpoints.clone()).with_display(Display::Quiet);
    /// trainer()?.fit(&data, &fit(3))?;
    /// // Another process.
    /// let history = trainer()?.resume(&data, &fit(5), folder.path())?;
    /// assert_eq!(history["loss"], trainer()?.fit(&data, &fit(5))?["loss"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`fit`](Self::fit); no checkpoint that is intact, one of a later version, or one of a training with another
    /// model, other data or settings.
    pub fn resume(
        &mut self,
        data: impl Into<Samples>,
        fit: &Fit,
        from: impl AsRef<Path>,
    ) -> Result<History, TrainError> {
        let found = newest(from.as_ref())?;
        self.fit_from(data.into(), fit, Some(found))
    }

    /// Trains from the beginning, or from a checkpoint.
    fn fit_from(
        &mut self,
        data: Samples,
        fit: &Fit,
        resumed: Option<Found>,
    ) -> Result<History, TrainError> {
        let display = fit.display.resolve()?;
        let files = run_files(fit)?;
        let Checked {
            data,
            validation,
            objective,
            figures,
        } = self.checked(data, fit)?;
        unoptimized::tell(display);
        if let Some(run) = &fit.run {
            self.describe_run(run, (&data, fit))?;
        }
        let setup = Setup::of_fit(fit, &data, validation.as_ref(), &self.device)?;
        let data = FitData {
            setup: setup.with_compile(&self.compile, &self.model),
            resumed,
            training: data,
            validation,
            figures,
            shuffle: self.shuffle,
        };
        let checks = Checks::new(&self.model, &objective);
        let mut fitting = Fitting::new(fit, data, (display, Some(checks)), files, &self.device)?;
        let steps = fitting.steps_per_epoch();
        let cycle = fit.settings.cycle(steps)?;
        let step = match (&fit.fine_tune, steps) {
            (Some(_), None) => Err(TrainError::Setting {
                setting: "fine_tune",
                expected: "none with a stream of unknown length; set steps_per_epoch, or say with `with_num_batches` how many \
                           batches it has",
                received: "one".to_owned(),
            }),
            (Some(tune), Some(steps)) => {
                self.fine_tuning_step(objective, tune, (&fit.settings, steps))
            }
            (None, _) => self.take_step(objective, steps.unwrap_or(0), &fit.settings),
        };
        let mut step = step.map_err(|error| error.of_unknown_length(steps))?;
        if let Some(cycle) = cycle {
            step.begin_cycle(cycle);
        }
        fitting.prepare(&mut step)?;
        let mut fitted = fitting.run(step);
        if let Some(step) = &mut fitted.step {
            step.end_cycle();
            step.forget_second_part();
        }

        self.shuffle = fitted.shuffle;
        self.step = fitted.step.filter(|_| fitted.goes_on);
        self.history = fitted.history;
        if let Some(model) = fitted.weights {
            self.model = model;
        }
        match fitted.error {
            None => Ok(self.history.clone()),
            Some(error) => Err(error),
        }
    }

    /// Checks what [`fit`](Self::fit) checks of settings and data before anything is learned.
    ///
    /// It takes the fit for a whole training: gradients gathered over more batches than it has are an error also where
    /// `steps_per_epoch` makes it short, while such fits one after the other go on gathering.
    ///
    /// # Errors
    /// Settings out of range, data that does not fit network or loss, a callback that watches a figure
    /// there is not.
    pub fn check(&self, data: impl Into<Samples>, fit: &Fit) -> Result<(), TrainError> {
        let checked = self.checked(data.into(), fit)?;
        self.check_accumulation(checked.data.num_batches(fit.settings.batch_size), fit)
    }

    /// Loss and metrics on labelled samples, and for classes what there is to say of each.
    ///
    /// # Errors
    /// Data that does not fit network or loss.
    pub fn evaluate(&self, data: impl Into<Samples>) -> Result<Evaluation, TrainError> {
        self.evaluate_with(data, &Pass::new())
    }

    /// As [`evaluate`](Self::evaluate), with a batch size and callbacks.
    ///
    /// # Errors
    /// Data that does not fit network or loss, an error of a callback.
    pub fn evaluate_with(
        &self,
        data: impl Into<Samples>,
        pass: &Pass,
    ) -> Result<Evaluation, TrainError> {
        evaluating::evaluate(self, &data.into(), pass)
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
        predicting::only(predicting::predict_all(self, &inputs.into().into(), pass)?)
    }

    /// What a network of several inputs or outputs answers: a batch for each output, in its order.
    ///
    /// ```
    /// use firebrick::layers::{Add, Layer, Subtract};
    /// use firebrick::models::{Graph, Signal, input};
    /// use firebrick::prelude::*;
    /// use firebrick::training::Pass;
    ///
    /// let device = Device::flex();
    /// let (a, b) = (input([1]), input([1]));
    /// let outputs = [Add::new().on([&a, &b]), Subtract::new().on([&a, &b])];
    /// let trainer = Compile::by_name("adam", "mse", [])?.model(Graph::new([a, b], outputs).build(1, &device)?);
    /// let number = |x: f32| Signal::from(Tensor::<2>::from_floats([[x]], &device));
    /// let answers = trainer.predict_all([number(5.0), number(3.0)], &Pass::new())?;
    /// assert_eq!(answers[1].values().clone().into_vec()?, [2.0]);
    ///
    /// // By name.
    /// let names = trainer.model().output_names();
    /// let difference = names.iter().zip(answers.iter()).find(|(name, _)| *name == "subtract");
    /// assert!(difference.is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Samples whose inputs have names are given by [`predict_all_data`](Self::predict_all_data), in whatever order.
    ///
    /// # Shapes
    /// - inputs: `[num_samples, ...]`, one for each input, in the network's order
    /// - outputs: `[num_samples, ...]`
    ///
    /// # Errors
    /// Inputs that the network does not take, an error of a callback.
    pub fn predict_all(
        &self,
        inputs: impl Into<Signals>,
        pass: &Pass,
    ) -> Result<Signals, TrainError> {
        predicting::predict_all(self, &inputs.into(), pass)
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
        mut each: impl FnMut(AnyTensor) -> Result<(), E>,
    ) -> Result<(), E> {
        let each = |answers| each(predicting::only(answers)?);
        predicting::predict_each(self, &inputs.into().into(), pass, each)
    }

    /// As [`predict_each`](Self::predict_each) for several inputs and outputs: each batch of answers has one for each output.
    ///
    /// ```
    /// use firebrick::layers::{Add, Layer, Subtract};
    /// use firebrick::models::{Graph, Signal, input};
    /// use firebrick::prelude::*;
    /// use firebrick::training::{Pass, TrainError};
    ///
    /// let device = Device::flex();
    /// let (a, b) = (input([1]), input([1]));
    /// let outputs = [Add::new().on([&a, &b]), Subtract::new().on([&a, &b])];
    /// let trainer = Compile::by_name("adam", "mse", [])?.model(Graph::new([a, b], outputs).build(1, &device)?);
    /// let numbers = || Signal::from(Tensor::<2>::ones([10, 1], &device));
    /// let mut rows = 0;
    /// trainer.predict_all_each([numbers(), numbers()], &Pass::new().with_batch_size(4), |answers| {
    ///     rows += answers[1].shape()[0];
    ///     Ok::<(), TrainError>(())
    /// })?;
    /// assert_eq!(rows, 10);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As those of [`predict_each`](Self::predict_each).
    pub fn predict_all_each<E: From<TrainError>>(
        &self,
        inputs: impl Into<Signals>,
        pass: &Pass,
        each: impl FnMut(Signals) -> Result<(), E>,
    ) -> Result<(), E> {
        predicting::predict_each(self, &inputs.into(), pass, each)
    }

    /// What the network answers to the samples of a data set, in their order; where that takes long, a
    /// progress bar says how long on a terminal.
    ///
    /// # Errors
    /// Data that does not fit the network.
    pub fn predict_data(&self, data: impl Into<Samples>) -> Result<AnyTensor, TrainError> {
        self.predict_data_with(data, &Pass::new())
    }

    /// As [`predict_data`](Self::predict_data), with a batch size and callbacks.
    ///
    /// # Errors
    /// Data that does not fit the network, an error of a callback.
    pub fn predict_data_with(
        &self,
        data: impl Into<Samples>,
        pass: &Pass,
    ) -> Result<AnyTensor, TrainError> {
        predicting::only(predicting::predict_data(self, &data.into(), pass)?)
    }

    /// As [`predict_all`](Self::predict_all) for the samples of a data set, whose inputs are found by their names.
    ///
    /// # Errors
    /// Data that does not fit the network, an error of a callback.
    pub fn predict_all_data(
        &self,
        data: impl Into<Samples>,
        pass: &Pass,
    ) -> Result<Signals, TrainError> {
        predicting::predict_data(self, &data.into(), pass)
    }

    /// Steps that the optimizer has taken.
    fn iterations(&self) -> u64 {
        let step = self.step.as_ref();
        step.map_or(0, Step::iterations)
    }

    /// Writes what the run is, unless somebody has said so already, as `firebrick train` does.
    fn describe_run(
        &self,
        run: &RunDirectory,
        (data, fit): (&Samples, &Fit),
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
