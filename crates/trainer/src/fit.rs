use std::sync::Arc;

use firebrick_data::BatchSource;

use crate::{Display, RunDirectory, StopHandle, TrainError};

/// The settings of one [`fit`](crate::Trainer::fit), with Keras' names and defaults.
///
/// Two differ from Keras: samples are shuffled by a seed of their own (42, so that a training can
/// be repeated), and one that can show the dashboard does.
#[derive(Clone)]
pub struct Fit {
    pub(crate) epochs: usize,
    pub(crate) batch_size: usize,
    pub(crate) shuffle: Option<u64>,
    pub(crate) validation: Option<Arc<dyn BatchSource>>,
    pub(crate) display: Display,
    pub(crate) label: String,
    pub(crate) run: Option<RunDirectory>,
    pub(crate) stop: Option<StopHandle>,
    pub(crate) listens_to_ctrl_c: bool,
}

impl Fit {
    /// `epochs` passes over the training data, in batches of 32.
    pub fn new(epochs: usize) -> Self {
        Self {
            epochs,
            batch_size: 32,
            shuffle: Some(42),
            validation: None,
            display: Display::default(),
            label: "training".to_owned(),
            run: None,
            stop: None,
            listens_to_ctrl_c: false,
        }
    }

    /// Samples between two updates of the weights.
    #[must_use = "returns the changed settings"]
    pub fn with_batch_size(mut self, batch_size: usize) -> Self {
        self.batch_size = batch_size;
        self
    }

    /// Seed of the order in which the samples are seen.
    #[must_use = "returns the changed settings"]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.shuffle = Some(seed);
        self
    }

    /// Keeps the samples in their order.
    #[must_use = "returns the changed settings"]
    pub fn without_shuffle(mut self) -> Self {
        self.shuffle = None;
        self
    }

    /// Data to evaluate on after every epoch.
    #[must_use = "returns the changed settings"]
    pub fn with_validation<D: BatchSource + Clone + 'static>(mut self, data: &D) -> Self {
        self.validation = Some(Arc::new(data.clone()));
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

    /// Keeps history, curves and model in this directory: history and model are brought up to date
    /// after an epoch, at most once a second, the curves are drawn at the end.
    #[must_use = "returns the changed settings"]
    pub fn with_run_directory(mut self, run: RunDirectory) -> Self {
        self.run = Some(run);
        self
    }

    /// A handle to stop the training with, e.g. from another thread; it is good for one `fit`.
    #[must_use = "returns the changed settings"]
    pub fn with_stop_handle(mut self, stop: StopHandle) -> Self {
        self.stop = Some(stop);
        self
    }

    /// Lets Ctrl-C stop the training in order; a second one leaves at once.
    #[must_use = "returns the changed settings"]
    pub fn stopped_by_ctrl_c(mut self) -> Self {
        self.listens_to_ctrl_c = true;
        self
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
        positive("batch_size", self.batch_size)
    }
}
