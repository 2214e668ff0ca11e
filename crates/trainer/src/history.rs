use std::fmt;
use std::path::Path;

use firebrick_model::write_whole;
use serde::{Deserialize, Serialize};

use crate::{Curve, Panel, TrainError};

/// The figures of one epoch; losses and accuracies are means over samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Counted from 1.
    pub epoch: usize,
    /// The rate of the epoch's last step.
    pub learning_rate: f64,
    /// On the training data, each batch before its own update.
    pub loss: f64,
    /// On the training data, each batch before its own update; 0 to 1.
    pub accuracy: f64,
    /// On the validation data, after the epoch.
    pub val_loss: Option<f64>,
    /// On the validation data, after the epoch; 0 to 1.
    pub val_accuracy: Option<f64>,
    /// Wall time of the epoch, validation included.
    pub seconds: f64,
}

/// Why a training ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// All epochs were done.
    #[default]
    Completed,
    /// Somebody asked for it; the weights of that moment are in the model.
    Interrupted {
        /// Who asked, e.g. `Ctrl-C`.
        by: String,
        /// The epoch it happened in, counted from 1.
        epoch: usize,
        /// Batches of that epoch that were done.
        batches: usize,
    },
    /// An error or a panic.
    Failed {
        /// The epoch it happened in, counted from 1.
        epoch: usize,
    },
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Completed => write!(f, "all epochs done"),
            Self::Interrupted { by, epoch, batches } => {
                write!(
                    f,
                    "stopped by {by} in epoch {epoch} after {batches} batches"
                )
            }
            Self::Failed { epoch } => write!(f, "failed in epoch {epoch}"),
        }
    }
}

/// What a training did, epoch by epoch. An epoch that was cut short is not in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// One record a whole epoch.
    pub epochs: Vec<EpochRecord>,
    /// Why it ended.
    pub stop_reason: StopReason,
}

impl History {
    /// The columns of the CSV form.
    pub const COLUMNS: [&'static str; 7] = [
        "epoch",
        "learning_rate",
        "loss",
        "accuracy",
        "val_loss",
        "val_accuracy",
        "seconds",
    ];

    /// The last whole epoch.
    pub fn last(&self) -> Option<&EpochRecord> {
        self.epochs.last()
    }

    /// Writes the epochs as CSV, whole or not at all.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write_csv(&self, path: &Path) -> Result<(), TrainError> {
        let file_error = |source| TrainError::File {
            path: path.to_owned(),
            action: "write",
            source,
        };
        let mut writer = csv::WriterBuilder::new()
            .has_headers(false)
            .from_writer(Vec::new());
        let wrote = || -> csv::Result<Vec<u8>> {
            writer.write_record(Self::COLUMNS)?;
            for record in &self.epochs {
                writer.serialize(record)?;
            }
            writer
                .into_inner()
                .map_err(|error| error.into_error().into())
        };
        let bytes = wrote().map_err(|error| file_error(error.into()))?;
        write_whole(path, &bytes).map_err(file_error)
    }

    /// Reads what [`write_csv`](Self::write_csv) wrote.
    ///
    /// # Errors
    /// A file that cannot be read, or with other columns or values than numbers.
    pub fn read_csv(path: &Path) -> Result<Self, TrainError> {
        let contents = std::fs::read(path).map_err(|source| TrainError::File {
            path: path.to_owned(),
            action: "read",
            source,
        })?;
        let malformed = |reason: String| TrainError::MalformedHistory {
            path: path.to_owned(),
            reason,
        };
        let mut reader = csv::Reader::from_reader(contents.as_slice());
        let header = reader
            .headers()
            .map_err(|error| malformed(error.to_string()))?;
        if header.iter().ne(Self::COLUMNS) {
            let found: Vec<&str> = header.iter().collect();
            return Err(malformed(format!(
                "its first line is `{}`",
                found.join(",")
            )));
        }
        let epochs = reader
            .deserialize()
            .collect::<csv::Result<Vec<EpochRecord>>>()
            .map_err(|error| malformed(error.to_string()))?;
        Ok(Self {
            epochs,
            stop_reason: StopReason::default(),
        })
    }
}

/// Accuracy and loss over the epochs of one run or of several, ready to be [drawn](crate::draw_curves).
///
/// Training is dashed, validation solid. A single run needs no name in its legend; the curves of
/// each of several bear its name.
pub fn run_panels(runs: &[(&str, &History)]) -> Vec<Panel> {
    type Figure = fn(&EpochRecord) -> Option<f64>;
    const TRAINING: &str = "training";
    const VALIDATION: &str = "validation";

    let curve = |name: &str, history: &History, split: &str, value: Figure| {
        let points = history
            .epochs
            .iter()
            .filter_map(|record| Some((record.epoch as f64, value(record)?)));
        let (epochs, values) = points.unzip();
        let label = if runs.len() == 1 { split } else { name };
        Curve {
            label: label.to_owned(),
            epochs,
            values,
            dashed: split == TRAINING,
        }
    };
    let panel = |title: &str, training: Figure, validation: Figure| Panel {
        title: title.to_owned(),
        x_label: "epoch".to_owned(),
        y_label: title.to_lowercase(),
        curves: runs
            .iter()
            .flat_map(|(name, history)| {
                [
                    curve(name, history, TRAINING, training),
                    curve(name, history, VALIDATION, validation),
                ]
            })
            .filter(|curve| !curve.values.is_empty())
            .collect(),
    };
    vec![
        panel(
            "Accuracy",
            |record| Some(record.accuracy),
            |record| record.val_accuracy,
        ),
        panel("Loss", |record| Some(record.loss), |record| record.val_loss),
    ]
}
