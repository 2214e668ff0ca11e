mod event;
mod event_file;

use std::path::PathBuf;
use std::time::Instant;

use crate::callback::{Callback, Flow, HookResult, Training};
use crate::error::TrainError;
use crate::logs::Logs;
use crate::state::State;
use event_file::EventFile;

/// How often a [`TensorBoard`] writes the figures of the training.
///
/// ```
/// use firebrick::callbacks::{TensorBoard, UpdateFreq};
///
/// let board = TensorBoard::new("logs").with_update_freq(UpdateFreq::Batches(100))?;
/// assert!(TensorBoard::new("logs").with_update_freq(UpdateFreq::Batches(0)).is_err());
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UpdateFreq {
    /// After every epoch.
    #[default]
    Epoch,
    /// Beside that after every so many batches, waiting for the device each time.
    Batches(usize),
}

/// Writes the figures for TensorBoard to show, in the subfolders `train` and `validation`, under Keras' names.
///
/// | tag | where | step |
/// | --- | --- | --- |
/// | `epoch_loss`, `epoch_accuracy`, … | both | epoch, from 0 as in Keras |
/// | `epoch_learning_rate` | `train` | epoch, from 0; the rate of the next step |
/// | `batch_loss`, … with [`UpdateFreq::Batches`] | `train` | batch of the training, from 1 |
/// | `evaluation_loss_vs_iterations`, … | `validation` | steps that the optimizer has taken |
///
/// Of what Keras writes, histograms and images of weights, graphs, embeddings and profiles are not there.
/// Every epoch is one write, so that the files can be read at any time.
///
/// ```
/// use firebrick::callbacks::TensorBoard;
/// use firebrick::training::Fit;
///
/// let fit = Fit::new(3).with_callback(TensorBoard::new("logs"));
/// ```
///
/// # Errors
/// A file that cannot be written.
///
/// # Source
/// <https://keras.io/api/callbacks/tensorboard/>
pub struct TensorBoard {
    log_dir: PathBuf,
    update_freq: UpdateFreq,
    steps_per_second: Option<Speed>,
    train: Option<EventFile>,
    validation: Option<EventFile>,
    /// Of this training, counted from 1.
    batch: usize,
}

/// The subfolders.
const TRAIN: &str = "train";
const VALIDATION: &str = "validation";

/// When the epoch began, and how many steps had been taken then.
#[derive(Clone, Copy, Debug)]
struct Speed {
    begin: Instant,
    iterations: u64,
}

impl Speed {
    fn now(iterations: u64) -> Self {
        Self {
            begin: Instant::now(),
            iterations,
        }
    }
}

impl TensorBoard {
    /// Writes into this folder after every epoch; Keras' default is `logs`.
    pub fn new(log_dir: impl Into<PathBuf>) -> Self {
        Self {
            log_dir: log_dir.into(),
            update_freq: UpdateFreq::default(),
            steps_per_second: None,
            train: None,
            validation: None,
            batch: 0,
        }
    }

    /// How often it writes.
    ///
    /// # Errors
    /// Every 0 batches.
    pub fn with_update_freq(mut self, update_freq: UpdateFreq) -> Result<Self, TrainError> {
        if update_freq == UpdateFreq::Batches(0) {
            return Err(TrainError::Setting {
                setting: "the update_freq of TensorBoard",
                expected: "at least 1",
                received: "0".to_owned(),
            });
        }
        self.update_freq = update_freq;
        Ok(self)
    }

    /// Writes `epoch_steps_per_second` too, validation included.
    #[must_use = "returns the changed callback"]
    pub fn with_write_steps_per_second(mut self) -> Self {
        self.steps_per_second = Some(Speed::now(0));
        self
    }

    fn train(&mut self) -> &mut EventFile {
        let file = || EventFile::new(&self.log_dir.join(TRAIN));
        self.train.get_or_insert_with(file)
    }

    fn validation(&mut self) -> &mut EventFile {
        let file = || EventFile::new(&self.log_dir.join(VALIDATION));
        self.validation.get_or_insert_with(file)
    }

    /// The file of a subfolder that a training which goes on has written into.
    fn restored(
        &self,
        folder: &str,
        state: &State,
        training: &mut Training<'_>,
    ) -> Result<Option<EventFile>, TrainError> {
        let Some(own) = state.find::<State>(folder)? else {
            return Ok(None);
        };
        let (file, told) = EventFile::restored(&self.log_dir.join(folder), &own)?;
        if let Some(text) = told {
            training.say(&text);
        }
        Ok(Some(file))
    }
}

/// Figures by tag.
fn tagged<'a>(
    figures: impl Iterator<Item = (&'a str, f64)>,
    tag: impl Fn(&str) -> String,
) -> Vec<(String, f64)> {
    figures.map(|(name, value)| (tag(name), value)).collect()
}

impl Callback for TensorBoard {
    fn name(&self) -> &'static str {
        "TensorBoard"
    }

    fn state(&self) -> State {
        State::new()
            .with("batch", self.batch)
            .with_some(TRAIN, self.train.as_ref().map(EventFile::state))
            .with_some(VALIDATION, self.validation.as_ref().map(EventFile::state))
    }

    fn restore(&mut self, state: &State, training: &mut Training<'_>) -> Result<(), TrainError> {
        self.batch = state.get("batch")?;
        self.train = self.restored(TRAIN, state, training)?;
        self.validation = self.restored(VALIDATION, state, training)?;
        Ok(())
    }

    fn on_train_begin(&mut self, _: &mut Training<'_>) -> HookResult {
        self.train = None;
        self.validation = None;
        // Their names, by which a training that goes on finds what was written after its checkpoint.
        self.train();
        self.validation();
        self.batch = 0;
        Ok(Flow::Continue)
    }

    fn on_epoch_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        if let Some(speed) = &mut self.steps_per_second {
            *speed = Speed::now(training.iterations());
        }
        Ok(Flow::Continue)
    }

    fn on_train_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
        self.batch += 1;
        match self.update_freq {
            UpdateFreq::Batches(freq) if self.batch.is_multiple_of(freq) => {
                let scalars = tagged(training.logs()?.iter(), |name| format!("batch_{name}"));
                let step = self.batch as u64;
                self.train().write(step, scalars)?;
            }
            _ => {}
        }
        Ok(Flow::Continue)
    }

    fn on_epoch_end(&mut self, training: &mut Training<'_>, logs: &Logs) -> HookResult {
        // Keras' number of the epoch.
        let step = (training.epoch() - 1) as u64;
        let (validation, train): (Vec<_>, Vec<_>) =
            logs.iter().partition(|(name, _)| name.starts_with("val_"));
        let mut scalars = tagged(train.into_iter(), |name| format!("epoch_{name}"));
        scalars.push(("epoch_learning_rate".to_owned(), training.learning_rate()));
        if let Some(speed) = self.steps_per_second {
            let steps = training.iterations().saturating_sub(speed.iterations);
            let rate = steps as f64 / speed.begin.elapsed().as_secs_f64();
            scalars.push(("epoch_steps_per_second".to_owned(), rate));
        }
        self.train().write(step, scalars)?;
        if !validation.is_empty() {
            let scalars = tagged(validation.into_iter(), |name| {
                format!("epoch_{}", name.strip_prefix("val_").unwrap_or(name))
            });
            self.validation().write(step, scalars)?;
        }
        Ok(Flow::Continue)
    }

    fn on_test_end(&mut self, training: &mut Training<'_>, logs: &Logs) -> HookResult {
        let scalars = tagged(logs.iter(), |name| {
            format!("evaluation_{name}_vs_iterations")
        });
        let step = training.iterations();
        self.validation().write(step, scalars)?;
        Ok(Flow::Continue)
    }

    fn on_train_end(&mut self, _: &mut Training<'_>, _: &Logs) -> HookResult {
        self.train = None;
        self.validation = None;
        Ok(Flow::Continue)
    }
}
