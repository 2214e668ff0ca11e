mod class_key;

use std::sync::{Arc, Mutex};

use firebrick_data::{BatchSource, DataDescription};

use crate::callback::{Callback, Callbacks};
use crate::display::Display;
use crate::error::TrainError;
use crate::interrupt::StopHandle;
use crate::run_directory::RunDirectory;
pub use class_key::ClassKey;

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
    pub(crate) epochs: usize,
    pub(crate) initial_epoch: usize,
    pub(crate) batch_size: usize,
    pub(crate) steps_per_epoch: Option<usize>,
    /// Of what layers draw.
    pub(crate) seed: u64,
    pub(crate) shuffle: Option<u64>,
    pub(crate) validation: Validation,
    pub(crate) validation_batch_size: Option<usize>,
    pub(crate) validation_steps: Option<usize>,
    pub(crate) validation_freq: usize,
    pub(crate) class_weights: Vec<(ClassKey, f64)>,
    class_names: Vec<String>,
    pub(crate) callbacks: Callbacks,
    pub(crate) display: Display,
    pub(crate) label: String,
    pub(crate) run: Option<RunDirectory>,
    pub(crate) data: Option<DataDescription>,
    pub(crate) stop: Option<StopHandle>,
    pub(crate) listens_to_ctrl_c: bool,
}

/// What to evaluate on after an epoch.
#[derive(Clone)]
pub(crate) enum Validation {
    None,
    Data(Arc<dyn BatchSource>),
    /// This share of the training data, the last samples.
    Split(f64),
}

impl Fit {
    /// The seed where none is given.
    pub(crate) const SEED: u64 = 42;

    /// `epochs` passes over the training data, in batches of 32.
    pub fn new(epochs: usize) -> Self {
        Self {
            epochs,
            initial_epoch: 0,
            batch_size: 32,
            steps_per_epoch: None,
            seed: Self::SEED,
            shuffle: Some(Self::SEED),
            validation: Validation::None,
            validation_batch_size: None,
            validation_steps: None,
            validation_freq: 1,
            class_weights: Vec::new(),
            class_names: Vec::new(),
            callbacks: Callbacks::default(),
            display: Display::default(),
            label: "training".to_owned(),
            run: None,
            data: None,
            stop: None,
            listens_to_ctrl_c: false,
        }
    }

    /// Counts the first epoch as the one after this many, when an earlier training goes on; `epochs` is
    /// the number of the last one then.
    #[must_use = "returns the changed settings"]
    pub fn with_initial_epoch(mut self, initial_epoch: usize) -> Self {
        self.initial_epoch = initial_epoch;
        self
    }

    /// Samples between two updates of the weights.
    #[must_use = "returns the changed settings"]
    pub fn with_batch_size(mut self, batch_size: usize) -> Self {
        self.batch_size = batch_size;
        self
    }

    /// Batches an epoch, instead of all there are. The next epoch goes on where this one ended; an epoch in which the
    /// data run out ends there, and the next one begins them anew, as in Keras.
    #[must_use = "returns the changed settings"]
    pub fn with_steps_per_epoch(mut self, steps: usize) -> Self {
        self.steps_per_epoch = Some(steps);
        self
    }

    /// Seed of the order in which the samples are seen, and of what layers draw at random, e.g. a dropout; 42 by
    /// default.
    #[must_use = "returns the changed settings"]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self.shuffle = Some(seed);
        self
    }

    /// Keeps the samples in their order; what layers draw at random keeps its seed.
    #[must_use = "returns the changed settings"]
    pub fn without_shuffle(mut self) -> Self {
        self.shuffle = None;
        self
    }

    /// Data to evaluate on after every epoch.
    #[must_use = "returns the changed settings"]
    pub fn with_validation<D: BatchSource + Clone + 'static>(mut self, data: &D) -> Self {
        self.validation = Validation::Data(Arc::new(data.clone()));
        self
    }

    /// Keeps the last samples of the training data back to evaluate on, this share of them: by Keras'
    /// rule, `floor(n · (1 - fraction))` samples are trained on, before any shuffling.
    #[must_use = "returns the changed settings"]
    pub fn with_validation_split(mut self, fraction: f64) -> Self {
        self.validation = Validation::Split(fraction);
        self
    }

    /// Samples a batch of the validation, those of the training if not set.
    #[must_use = "returns the changed settings"]
    pub fn with_validation_batch_size(mut self, batch_size: usize) -> Self {
        self.validation_batch_size = Some(batch_size);
        self
    }

    /// Batches of a validation, instead of all there are; it always takes the first ones.
    #[must_use = "returns the changed settings"]
    pub fn with_validation_steps(mut self, steps: usize) -> Self {
        self.validation_steps = Some(steps);
        self
    }

    /// Validates after every so many epochs.
    #[must_use = "returns the changed settings"]
    pub fn with_validation_freq(mut self, epochs: usize) -> Self {
        self.validation_freq = epochs;
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
                return Err(TrainError::ClassKey {
                    key: key.to_string(),
                    reason: "the same class has another weight; keep one of them".to_owned(),
                });
            }
            weights.push((class, *weight));
        }
        Ok(weights)
    }

    /// Checks what can be checked without data.
    pub(crate) fn validate(&self) -> Result<(), TrainError> {
        let positive = |setting, value: usize| {
            if value > 0 {
                return Ok(());
            }
            Err(TrainError::Setting {
                setting,
                expected: "at least 1",
                received: value.to_string(),
            })
        };
        positive("epochs", self.epochs)?;
        positive("batch_size", self.batch_size)?;
        positive("validation_freq", self.validation_freq)?;
        positive(
            "validation_batch_size",
            self.validation_batch_size.unwrap_or(1),
        )?;
        positive("validation_steps", self.validation_steps.unwrap_or(1))?;
        positive("steps_per_epoch", self.steps_per_epoch.unwrap_or(1))?;
        if self.initial_epoch >= self.epochs {
            return Err(TrainError::Setting {
                setting: "initial_epoch",
                expected: "less than epochs, which is the number of the last one",
                received: self.initial_epoch.to_string(),
            });
        }
        Ok(())
    }
}
