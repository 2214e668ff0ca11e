use std::path::{Path, PathBuf};

use super::file_name_pattern::FileNamePattern;
use super::monitor::{Monitor, MonitorMode, is_improvement};
use super::voice::Voice;
use crate::callback::{Callback, Flow, HookResult, Training};
use crate::error::TrainError;
use crate::logs::Logs;
use crate::metrics::Direction;
use crate::run_directory::RunDirectory;
use crate::state::State;

/// How often a [`ModelCheckpoint`] saves.
///
/// ```
/// use firebrick::callbacks::{ModelCheckpoint, SaveFreq};
///
/// let checkpoint = ModelCheckpoint::new("{epoch:02d}.bpk")?.with_save_freq(SaveFreq::Epochs(5))?;
/// assert!(ModelCheckpoint::new("last.bpk")?.with_save_freq(SaveFreq::Batches(0)).is_err());
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveFreq {
    /// After every so many epochs: those whose number is a multiple.
    Epochs(usize),
    /// After every so many batches, counted on from epoch to epoch.
    Batches(usize),
}

/// Saves the model in the course of a training, each file whole or not at all.
///
/// The file name may have placeholders in Python's form, filled with `epoch` and, between epochs, `batch`, both
/// counted from 1, and with figures: `model-{epoch:02d}-{val_loss:.2f}.bpk`. Where the training has a run
/// directory, a relative name lies in its `checkpoints` folder.
///
/// Two things differ from Keras, which saves an epoch whose figure is missing or NaN as if it were
/// the best: only a number is, and an epoch without a figure that the name or the choice needs, because it
/// was not validated or, for the choice, the figure is undefined, is not saved.
///
/// ```
/// # use firebrick::{layers::Dense, prelude::*};
/// use firebrick::callbacks::ModelCheckpoint;
/// use firebrick::training::RunDirectory;
///
/// # let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
/// # let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
/// # let mut trainer = Compile::by_name("sgd", "mse", [])?.with_learning_rate(0.02).model(model);
/// # let folder = tempfile::tempdir()?;
/// let run = RunDirectory::create_numbered(folder.path(), "line")?;
/// let checkpoint = ModelCheckpoint::new("best.bpk")?.with_monitor("loss").with_save_best_only();
/// let fit = Fit::new(3).with_run_directory(run.clone()).with_callback(checkpoint).with_display(Display::Quiet);
/// trainer.fit(&data, &fit)?;
/// let best = run.file(RunDirectory::CHECKPOINTS).join("best.bpk");
/// assert!(SavedModel::read(&best)?.into_model(&Device::flex()).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Placeholders that nothing fills, found before the first epoch; files that cannot be written.
///
/// # Source
/// <https://keras.io/api/callbacks/model_checkpoint/>
pub struct ModelCheckpoint {
    pattern: FileNamePattern,
    monitor: Monitor,
    mode: MonitorMode,
    choice: Choice,
    contents: Contents,
    save_freq: SaveFreq,
    voice: Voice,
    direction: Direction,
    best: Option<f64>,
    /// Since the last file, where batches count.
    batches: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Every,
    BestOnly,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Contents {
    Model,
    WeightsOnly,
}

impl ModelCheckpoint {
    const NAME: &'static str = "ModelCheckpoint";

    /// Saves the whole model after every epoch; `val_loss` is what is watched.
    ///
    /// # Errors
    /// A file name that does not end in `.bpk` or whose placeholders have no form.
    pub fn new(file_name: impl Into<String>) -> Result<Self, TrainError> {
        Ok(Self {
            pattern: FileNamePattern::new(file_name.into())?,
            monitor: Monitor::new("val_loss".to_owned()),
            mode: MonitorMode::Auto,
            choice: Choice::Every,
            contents: Contents::Model,
            save_freq: SaveFreq::Epochs(1),
            voice: Voice::default(),
            direction: Direction::Unknown,
            best: None,
            batches: 0,
        })
    }

    /// The figure that says which model is the best.
    #[must_use = "returns the changed callback"]
    pub fn with_monitor(mut self, monitor: impl Into<String>) -> Self {
        self.monitor = Monitor::new(monitor.into());
        self
    }

    /// Which way the figure gets better.
    #[must_use = "returns the changed callback"]
    pub fn with_mode(mut self, mode: MonitorMode) -> Self {
        self.mode = mode;
        self
    }

    /// Saves only what is better than anything before.
    #[must_use = "returns the changed callback"]
    pub fn with_save_best_only(mut self) -> Self {
        self.choice = Choice::BestOnly;
        self
    }

    /// Saves weights without the description of the model.
    #[must_use = "returns the changed callback"]
    pub fn with_save_weights_only(mut self) -> Self {
        self.contents = Contents::WeightsOnly;
        self
    }

    /// How often it saves.
    ///
    /// # Errors
    /// Every 0 epochs or batches.
    pub fn with_save_freq(mut self, save_freq: SaveFreq) -> Result<Self, TrainError> {
        if matches!(save_freq, SaveFreq::Epochs(0) | SaveFreq::Batches(0)) {
            return Err(TrainError::Setting {
                setting: "the save_freq of ModelCheckpoint",
                expected: "at least 1",
                received: "0".to_owned(),
            });
        }
        self.save_freq = save_freq;
        Ok(self)
    }

    /// What the figure has to beat from the first epoch on, where only the best is saved.
    #[must_use = "returns the changed callback"]
    pub fn with_initial_value_threshold(mut self, value: f64) -> Self {
        self.best = Some(value);
        self
    }

    /// Says on the screen what it does, not in the log alone.
    #[must_use = "returns the changed callback"]
    pub fn with_verbose(mut self) -> Self {
        self.voice = Voice::Screen;
        self
    }

    /// The best figure; none before the first that is a number.
    pub fn best(&self) -> Option<f64> {
        self.best
    }

    /// Whether the batches up to this one make it time to save.
    fn is_batch_due(&mut self) -> bool {
        let SaveFreq::Batches(freq) = self.save_freq else {
            return false;
        };
        self.batches += 1;
        let is_due = self.batches >= freq;
        if is_due {
            self.batches = 0;
        }
        is_due
    }

    /// Whether to save, and what to say of it.
    fn judge(&mut self, training: &mut Training<'_>, logs: &Logs, path: &Path) -> (bool, String) {
        let path = path.display();
        let epoch = training.epoch();
        if self.choice == Choice::Every {
            return (true, format!("Epoch {epoch}: saving model to {path}"));
        }
        let value = self.monitor.value(Self::NAME, training, logs);
        let monitor = &self.monitor.figure;
        let Some(value) = value else {
            let state = if logs.is_defined(monitor) {
                "missing"
            } else {
                "undefined"
            };
            let text = format!("Epoch {epoch}: {monitor} is {state}, nothing is saved");
            return (false, text);
        };
        let before = self
            .best
            .map_or_else(|| "None".to_owned(), |best| format!("{best:.5}"));
        if !is_improvement(self.direction, 0.0, value, self.best) {
            let text = format!("Epoch {epoch}: {monitor} did not improve from {before}");
            return (false, text);
        }
        self.best = Some(value);
        let text = format!(
            "Epoch {epoch}: {monitor} improved from {before} to {value:.5}, saving model to {path}"
        );
        (true, text)
    }

    fn save(&mut self, training: &mut Training<'_>, logs: &Logs) -> Result<(), TrainError> {
        let epoch = training.epoch();
        let Some(name) = self.pattern.fill(epoch, training.batch(), logs) else {
            let text =
                format!("Epoch {epoch}: a figure of the file name is missing, nothing is saved");
            self.voice.say(training, &text);
            return Ok(());
        };
        let path = match training.run_directory() {
            Some(run) => run.file(RunDirectory::CHECKPOINTS).join(name),
            None => PathBuf::from(name),
        };
        let (is_saved, text) = self.judge(training, logs, &path);
        self.voice.say(training, &text);
        if !is_saved {
            return Ok(());
        }
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory).map_err(|source| TrainError::File {
                path: directory.to_owned(),
                action: "create",
                source,
            })?;
        }
        match self.contents {
            Contents::Model => training.save(&path)?,
            Contents::WeightsOnly => training.save_weights(&path)?,
        }
        let text = format!("Epoch {epoch}: finished saving model to {}", path.display());
        self.voice.say(training, &text);
        Ok(())
    }
}

impl Callback for ModelCheckpoint {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn monitors(&self) -> Vec<String> {
        let mut monitors: Vec<String> = self.pattern.figures().map(str::to_owned).collect();
        if self.choice == Choice::BestOnly {
            monitors.push(self.monitor.figure.clone());
        }
        monitors
    }

    fn state(&self) -> State {
        State::new()
            .with_some("best", self.best)
            .with("batches", self.batches)
            .with("is_told", self.monitor.is_told())
    }

    fn restore(&mut self, state: &State, _: &mut Training<'_>) -> Result<(), TrainError> {
        self.best = state.find("best")?;
        self.batches = state.get("batches")?;
        self.monitor.restore(state.get("is_told")?);
        Ok(())
    }

    fn on_train_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        match self.save_freq {
            SaveFreq::Epochs(_) if self.pattern.names_the_batch() => {
                let reason = "`{batch}` is known only where it saves between epochs, by \
                              `SaveFreq::Batches`";
                return Err(self.pattern.problem(reason));
            }
            SaveFreq::Batches(_) => {
                let late = self
                    .monitors()
                    .into_iter()
                    .find(|name| name.starts_with("val_"));
                if let Some(late) = late {
                    let reason =
                        format!("`{late}` is not known between epochs, `SaveFreq::Batches`");
                    return Err(self.pattern.problem(reason));
                }
            }
            SaveFreq::Epochs(_) => {}
        }
        if self.choice == Choice::BestOnly {
            let figure = &self.monitor.figure;
            let own = training.direction(figure);
            self.direction = self.mode.direction(own, Self::NAME, figure)?;
        }
        Ok(Flow::Continue)
    }

    fn on_train_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
        if self.is_batch_due() {
            let logs = training.logs()?;
            self.save(training, &logs)?;
        }
        Ok(Flow::Continue)
    }

    fn on_epoch_end(&mut self, training: &mut Training<'_>, logs: &Logs) -> HookResult {
        match self.save_freq {
            SaveFreq::Epochs(freq) if training.epoch().is_multiple_of(freq) => {
                self.save(training, logs)?;
            }
            _ => {}
        }
        Ok(Flow::Continue)
    }
}
