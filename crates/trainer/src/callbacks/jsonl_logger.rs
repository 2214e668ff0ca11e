use std::path::PathBuf;

use serde::Serialize;

use super::line_file::{Existing, LineFile};
use crate::callback::{Callback, Flow, HookResult, Training};
use crate::error::TrainError;
use crate::logs::Logs;
use crate::state::State;

/// Writes every epoch as a line of JSON:
/// `{"epoch":1,"learning_rate":0.1,"loss":0.3,"val_loss":0.4}`.
///
/// Epochs are counted from 1; the rate is that of the next step. A figure that is no finite number is `null`.
///
/// ```
/// # use firebrick::{layers::Dense, prelude::*};
/// use firebrick::callbacks::JsonlLogger;
///
/// # let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
/// # let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
/// # let mut trainer = Compile::by_name("adam", "mse", [])?.model(model);
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("training.jsonl");
/// let fit = Fit::new(2).with_callback(JsonlLogger::new(&path)).with_display(Display::Quiet);
/// trainer.fit(&data, &fit)?;
/// let text = std::fs::read_to_string(&path)?;
/// assert!(text.lines().any(|line| line.contains("\"epoch\":2")), "{text}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A file that cannot be written.
///
/// # Source
/// <https://jsonlines.org>
pub struct JsonlLogger {
    path: PathBuf,
    existing: Existing,
    file: Option<LineFile>,
}

#[derive(Serialize)]
struct Line<'a> {
    epoch: usize,
    learning_rate: f64,
    #[serde(flatten)]
    figures: &'a Logs,
}

impl JsonlLogger {
    /// Writes into this file, which is replaced if it is there.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            existing: Existing::default(),
            file: None,
        }
    }

    /// Goes on with a file that is there.
    #[must_use = "returns the changed callback"]
    pub fn with_append(mut self) -> Self {
        self.existing = Existing::Continued;
        self
    }
}

impl Callback for JsonlLogger {
    fn name(&self) -> &'static str {
        "JsonlLogger"
    }

    fn state(&self) -> State {
        LineFile::state(self.file.as_ref())
    }

    fn restore(&mut self, state: &State, training: &mut Training<'_>) -> Result<(), TrainError> {
        if let Some(file) = LineFile::resumed(&self.path, state, training)? {
            self.file = Some(file);
        }
        Ok(())
    }

    fn on_train_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        if training.is_resumed() {
            return Ok(Flow::Continue);
        }
        self.file = Some(LineFile::open(&self.path, self.existing)?);
        Ok(Flow::Continue)
    }

    fn on_epoch_end(&mut self, training: &mut Training<'_>, logs: &Logs) -> HookResult {
        let Some(file) = &mut self.file else {
            return Ok(Flow::Continue);
        };
        let epoch = Line {
            epoch: training.epoch(),
            learning_rate: training.learning_rate(),
            figures: logs,
        };
        let mut line = serde_json::to_vec(&epoch).map_err(|error| TrainError::File {
            path: self.path.clone(),
            action: "write",
            source: error.into(),
        })?;
        line.push(b'\n');
        file.append(&line)?;
        Ok(Flow::Continue)
    }

    fn on_train_end(&mut self, _: &mut Training<'_>, _: &Logs) -> HookResult {
        self.file = None;
        Ok(Flow::Continue)
    }
}
