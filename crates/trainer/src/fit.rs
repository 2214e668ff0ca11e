mod class_key;
mod fine_tune;
mod fit_settings;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use firebrick_data::{DataDescription, Samples};
use firebrick_session::{PlacedAction, SessionHandle, Watcher};

use crate::callback::{Callback, Callbacks};
use crate::checkpoints::Checkpoints;
use crate::display::Display;
use crate::error::TrainError;
use crate::interrupt::StopHandle;
use crate::mismatch_error::MismatchError;
use crate::run_directory::RunDirectory;
use crate::session::SharedWatcher;
pub use class_key::ClassKey;
pub use fine_tune::FineTune;
pub use fit_settings::{FitSettings, GivenFit};

/// The settings of one [`fit`](crate::Trainer::fit), with Keras' names and defaults.
///
/// Two differ from Keras: samples are shuffled by a seed of their own (42, so that a training can
/// be repeated), and one that can show the dashboard does.
///
/// ```
/// use firebrick::{layers::Dense, prelude::*};
///
/// // y = 2 x + 1
/// let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
/// let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
/// let mut trainer = Compile::new(Optimizer::sgd(), MeanSquaredError::new()).with_learning_rate(0.1).model(model);
/// let fit = Fit::new(200).with_batch_size(2).with_seed(7).with_display(Display::Quiet);
/// let history = trainer.fit(&data, &fit)?;
/// assert_eq!(history.epochs().len(), 200);
/// assert!(history["loss"][199] < 1e-3);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone)]
pub struct Fit {
    pub(crate) settings: FitSettings,
    /// What to evaluate on after an epoch, instead of a share of the training data.
    pub(crate) validation: Option<Samples>,
    /// Those of the settings are of a file; here a class may be named twice, which is an error.
    pub(crate) class_weights: Vec<(ClassKey, f64)>,
    pub(crate) class_names: Vec<String>,
    pub(crate) callbacks: Callbacks,
    pub(crate) display: Display,
    pub(crate) label: String,
    pub(crate) run: Option<RunDirectory>,
    pub(crate) checkpoints: Option<Checkpoints>,
    pub(crate) data: Option<DataDescription>,
    pub(crate) stop: Option<StopHandle>,
    pub(crate) listens_to_ctrl_c: bool,
    pub(crate) fine_tune: Option<FineTune>,
    pub(crate) watchers: Vec<SharedWatcher>,
    pub(crate) session: Option<SessionHandle>,
    pub(crate) replay: Vec<PlacedAction>,
    pub(crate) compared: Option<PathBuf>,
}

impl From<FitSettings> for Fit {
    fn from(settings: FitSettings) -> Self {
        Self {
            class_weights: settings.class_weight.clone().into_iter().collect(),
            settings,
            validation: None,
            class_names: Vec::new(),
            callbacks: Callbacks::default(),
            display: Display::default(),
            label: "training".to_owned(),
            run: None,
            checkpoints: None,
            data: None,
            stop: None,
            listens_to_ctrl_c: false,
            fine_tune: None,
            watchers: Vec::new(),
            session: None,
            replay: Vec::new(),
            compared: None,
        }
    }
}

impl Fit {
    /// The seed where none is given.
    pub(crate) const SEED: u64 = 42;

    /// `epochs` passes over the training data, in batches of 32.
    pub fn new(epochs: usize) -> Self {
        Self::from(FitSettings {
            epochs,
            ..FitSettings::default()
        })
    }

    /// Seed of the order in which the samples are seen, and of what layers draw at random, e.g. a dropout; 42 by
    /// default.
    #[must_use = "returns the changed settings"]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self.settings.shuffle = true;
        self
    }

    /// Keeps the samples in their order; what layers draw at random keeps its seed.
    #[must_use = "returns the changed settings"]
    pub fn without_shuffle(mut self) -> Self {
        self.settings.shuffle = false;
        self
    }

    /// Data to evaluate on after every epoch; of a stream every time its first pass, or what comes next where it is made of one
    /// iterator.
    #[must_use = "returns the changed settings"]
    pub fn with_validation(mut self, data: impl Into<Samples>) -> Self {
        self.validation = Some(data.into());
        self
    }

    /// Keeps the last samples of the training data back to evaluate on, this share of them: by Keras'
    /// rule, `floor(n · (1 - fraction))` samples are trained on, before any shuffling.
    #[must_use = "returns the changed settings"]
    pub fn with_validation_split(mut self, fraction: f64) -> Self {
        self.validation = None;
        self.settings.validation_split = fraction;
        self
    }

    /// How much the samples of each class count in the loss, 1 for classes that are not listed; it is
    /// multiplied with the weight of the sample. A class is named by its index, counted from 0, or by its name, if
    /// [`with_class_names`](Self::with_class_names) says which there are.
    ///
    /// ```
    /// use firebrick::training::Fit;
    ///
    /// let fit = Fit::new(3).with_class_weight([(0, 1.0), (1, 5.0)]);
    /// let fit = Fit::new(3)
    ///     .with_class_names(["red", "green"])
    ///     .with_class_weight([("green", 5.0)]);
    /// ```
    #[must_use = "returns the changed settings"]
    pub fn with_class_weight<K: Into<ClassKey>>(
        mut self,
        weights: impl IntoIterator<Item = (K, f64)>,
    ) -> Self {
        let weights = weights.into_iter();
        self.class_weights = weights.map(|(key, weight)| (key.into(), weight)).collect();
        self
    }

    /// What the classes are called, in the order of their indices, e.g. those of a
    /// [`CsvTable`](firebrick_data::CsvTable).
    #[must_use = "returns the changed settings"]
    pub fn with_class_names<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.class_names = names.into_iter().map(Into::into).collect();
        self
    }

    /// Adds a callback; those added first are called first.
    #[must_use = "returns the changed settings"]
    pub fn with_callback(self, callback: impl Callback + 'static) -> Self {
        self.with_shared_callback(Arc::new(Mutex::new(callback)))
    }

    /// Adds a callback that can be looked at afterwards.
    #[must_use = "returns the changed settings"]
    pub fn with_shared_callback(mut self, callback: Arc<Mutex<dyn Callback>>) -> Self {
        self.callbacks.push(callback);
        self
    }

    /// How the training shows itself.
    #[must_use = "returns the changed settings"]
    pub fn with_display(mut self, display: Display) -> Self {
        self.display = display;
        self
    }

    /// A title for the dashboard.
    #[must_use = "returns the changed settings"]
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Keeps settings, history, curves and model in this directory: the settings are written before the first epoch,
    /// history and model are brought up to date after an epoch, at most once a second, the curves are drawn at the end.
    ///
    /// The settings, a [`config.toml`](RunDirectory::CONFIG), say network, loss, metrics, optimizer and the settings of the
    /// fit, as far as they can be written down, and what they do not say; one that is there and was not written by a fit
    /// stays. `firebrick evaluate` and `firebrick predict` go by them; which data it was,
    /// [`with_data_description`](Self::with_data_description) tells them.
    #[must_use = "returns the changed settings"]
    pub fn with_run_directory(mut self, run: RunDirectory) -> Self {
        self.run = Some(run);
        self
    }

    /// Saves the state of the training in the course of it, so that one that was killed goes on as if nothing had happened,
    /// by [`Trainer::resume`](crate::Trainer::resume).
    #[must_use = "returns the changed settings"]
    pub fn with_checkpoints(mut self, checkpoints: Checkpoints) -> Self {
        self.checkpoints = Some(checkpoints);
        self
    }

    /// Says in the run's settings what is learned from, so that `firebrick evaluate RUN` finds the samples to judge by and
    /// `firebrick predict RUN` the columns of a table. Samples that were read from a table or are a set by name say so
    /// themselves; this is for others. It changes nothing else: the samples are those given to
    /// [`fit`](crate::Trainer::fit).
    ///
    /// ```
    /// use firebrick::datasets::{DataDescription, DataSource};
    /// use firebrick::training::{Fit, RunDirectory};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let description = DataDescription::Images(DataSource::MnistSample);
    /// let data = description.load()?;
    /// let fit = Fit::new(3)
    ///     .with_data_description(data.description.clone())
    ///     .with_run_directory(RunDirectory::create_numbered(folder.path(), "digits")?);
    /// // trainer.fit(&data.train, &fit)?;
    /// # let _ = fit;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use = "returns the changed settings"]
    pub fn with_data_description(mut self, data: DataDescription) -> Self {
        self.data = Some(data);
        self
    }

    /// Trains the head of a network first, and then all of it; see [`FineTune`]. The model is taken as if it had been compiled
    /// anew.
    #[must_use = "returns the changed settings"]
    pub fn with_fine_tune(mut self, fine_tune: FineTune) -> Self {
        self.fine_tune = Some(fine_tune);
        self
    }

    /// Adds one who is told what happens in the training: epochs, where they are, what callbacks say, what somebody asked for. One
    /// who panics is told nothing any more, and the training goes on.
    ///
    /// ```
    /// # use firebrick::{layers::Dense, prelude::*};
    /// use std::sync::mpsc::{Sender, channel};
    ///
    /// use firebrick::sessions::{Event, Watcher, What};
    ///
    /// /// Passes the losses on.
    /// struct Losses(Sender<f64>);
    ///
    /// impl Watcher for Losses {
    ///     fn tell(&mut self, event: &Event) {
    ///         if let What::EpochEnd(end) = &event.what {
    ///             let _ = end.figures.get("loss").map(|loss| self.0.send(loss));
    ///         }
    ///     }
    /// }
    ///
    /// # let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
    /// # let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
    /// # let mut trainer = Compile::by_name("adam", "mse", [])?.model(model);
    /// let (sender, losses) = channel();
    /// let fit = Fit::new(3).with_watcher(Losses(sender)).with_display(Display::Quiet);
    /// let history = trainer.fit(&data, &fit)?;
    /// assert_eq!(losses.try_iter().collect::<Vec<f64>>(), history["loss"]);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    #[must_use = "returns the changed settings"]
    pub fn with_watcher(mut self, watcher: impl Watcher + 'static) -> Self {
        self.watchers.push(Arc::new(Mutex::new(watcher)));
        self
    }

    /// A handle through which the training can be asked for something while it goes on: a pause, another rate, a validation, and
    /// whatever else an [`Action`](firebrick_session::Action) is. It is good for one `fit` at a time. A training with a
    /// [run directory](Self::with_run_directory) can be asked by `firebrick control RUN` in any case.
    ///
    /// ```
    /// # use firebrick::{layers::Dense, prelude::*};
    /// use firebrick::sessions::{Action, SessionHandle};
    ///
    /// # let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
    /// # let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
    /// # let mut trainer = Compile::by_name("adam", "mse", [])?.model(model);
    /// let session = SessionHandle::new();
    /// // From whatever thread, at whatever time.
    /// session.ask(Action::Epochs(2), "a program");
    /// let fit = Fit::new(100).with_session(session).with_display(Display::Quiet);
    /// assert_eq!(trainer.fit(&data, &fit)?.epochs().len(), 2);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    #[must_use = "returns the changed settings"]
    pub fn with_session(mut self, session: SessionHandle) -> Self {
        self.session = Some(session);
        self
    }

    /// Does what was done in another training at the same places of this one, so that it comes to the same, bit for bit: the actions
    /// of its [`events.jsonl`](RunDirectory::EVENTS), as
    /// [`read_actions`](firebrick_session::read_actions) finds them.
    ///
    /// ```
    /// # use firebrick::{layers::Dense, prelude::*};
    /// use firebrick::sessions::{Action, PlacedAction};
    ///
    /// # let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
    /// # let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
    /// # let compile = Compile::by_name("adam", "mse", [])?.with_learning_rate(0.1);
    /// # let mut trainer = compile.model(model);
    /// // Four samples in batches of two: the second epoch begins after two steps.
    /// let half = PlacedAction { epoch: 2, step: 2, action: Action::ScaleRate(0.5) };
    /// let fit = Fit::new(3).with_batch_size(2).with_replay([half]).with_display(Display::Quiet);
    /// assert_eq!(trainer.fit(&data, &fit)?["learning_rate"], [0.1, 0.05, 0.05]);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    #[must_use = "returns the changed settings"]
    pub fn with_replay(mut self, actions: impl IntoIterator<Item = PlacedAction>) -> Self {
        self.replay = actions.into_iter().collect();
        self
    }

    /// Has the curves of another run, by its directory, behind those of this training, where it is shown on the dashboard.
    ///
    /// ```
    /// use firebrick::training::{Display, Fit};
    ///
    /// let fit = Fit::new(10)
    ///     .with_display(Display::Auto)
    ///     .with_compared_run("runs/mnist-1");
    /// # let _ = fit;
    /// ```
    #[must_use = "returns the changed settings"]
    pub fn with_compared_run(mut self, run: impl Into<PathBuf>) -> Self {
        self.compared = Some(run.into());
        self
    }

    /// A handle to stop the training with, e.g. from another thread; it is good for one `fit`.
    #[must_use = "returns the changed settings"]
    pub fn with_stop_handle(mut self, stop: StopHandle) -> Self {
        self.stop = Some(stop);
        self
    }

    /// Lets Ctrl-C stop the training in order, and the signals that ask for an end without it, see
    /// [`Signal`](crate::Signal); a second one leaves at once. On the dashboard that is so in any case.
    #[must_use = "returns the changed settings"]
    pub fn stopped_by_ctrl_c(mut self) -> Self {
        self.listens_to_ctrl_c = true;
        self
    }

    /// The weights by the index of the class.
    ///
    /// # Errors
    /// A name that no class has.
    pub(crate) fn class_weights(&self) -> Result<Vec<(usize, f64)>, TrainError> {
        let mut weights: Vec<(usize, f64)> = Vec::new();
        for (key, weight) in &self.class_weights {
            let class = key.index(&self.class_names)?;
            if weights.iter().any(|(other, _)| *other == class) {
                return Err(MismatchError::ClassKey {
                    key: key.to_string(),
                    reason: "the same class has another weight; keep one of them".to_owned(),
                }
                .into());
            }
            weights.push((class, *weight));
        }
        Ok(weights)
    }
}
