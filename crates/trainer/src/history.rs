mod state;

use std::fmt;
use std::ops::Index;
use std::path::Path;

use firebrick_model::write_whole;

use crate::error::TrainError;
use crate::figure_names;
use crate::logs::Logs;
use crate::metrics::Direction;

/// The figures of one epoch.
///
/// ```
/// use firebrick::training::{EpochRecord, History};
///
/// let mut history = History::default();
/// for (epoch, loss) in [(1, 0.5), (2, 0.25)] {
///     history.push(EpochRecord {
///         epoch,
///         learning_rate: 0.01,
///         figures: [("loss", loss), ("val_loss", loss + 0.1)].into_iter().collect(),
///         seconds: 1.5,
///     });
/// }
/// let last = history.last().ok_or("an epoch")?;
/// assert_eq!((last.loss(), last.get("val_loss")), (0.25, Some(0.35)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct EpochRecord {
    /// Counted from 1.
    pub epoch: usize,
    /// The rate of the epoch's last step.
    pub learning_rate: f64,
    /// `loss` and the metrics, of each training batch before its own update; then those of the
    /// validation data after the epoch, with `val_` before the name, where there was a validation.
    pub figures: Logs,
    /// Wall time of the epoch, validation included.
    pub seconds: f64,
}

impl EpochRecord {
    /// The figure of this name, e.g. `val_loss`.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.figures.get(name)
    }

    /// The mean of the loss over the training samples.
    pub fn loss(&self) -> f64 {
        self.get("loss").unwrap_or(f64::NAN)
    }
}

/// Why a training ended.
///
/// ```
/// # use firebrick::{layers::Dense, prelude::*};
/// use firebrick::training::{StopHandle, StopReason};
///
/// # let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
/// # let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
/// # let mut trainer = Compile::by_name("adam", "mse", [])?.model(model);
/// let stop = StopHandle::new();
/// stop.stop("the user");
/// let fit = Fit::new(5).with_stop_handle(stop).with_display(Display::Quiet);
/// let history = trainer.fit(&data, &fit)?;
/// assert!(matches!(&history.stop_reason, StopReason::Interrupted { by, .. } if by == "the user"));
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// All epochs were done.
    #[default]
    Completed,
    /// A callback ended it.
    Callback {
        /// Its name, e.g. `EarlyStopping`.
        name: String,
        /// The epoch it happened in, counted from 1; 0 before the first.
        epoch: usize,
    },
    /// Somebody asked for it; the weights of that moment are in the model.
    Interrupted {
        /// Who asked, e.g. `Ctrl-C`.
        by: String,
        /// The epoch it happened in, counted from 1.
        epoch: usize,
        /// Batches of that epoch that were done.
        batches: usize,
    },
    /// Somebody asked for a stop and wants nothing of what was learned: whoever made the run removes it.
    Discarded {
        /// Who asked, e.g. `control`.
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
            Self::Callback { name, epoch: 0 } => {
                write!(f, "stopped by {name} before the first epoch")
            }
            Self::Callback { name, epoch } => write!(f, "stopped by {name} in epoch {epoch}"),
            Self::Interrupted { by, epoch, batches } => {
                write!(
                    f,
                    "stopped by {by} in epoch {epoch} after {batches} batches"
                )
            }
            Self::Discarded { by, epoch, batches } => {
                write!(
                    f,
                    "thrown away by {by} in epoch {epoch} after {batches} batches"
                )
            }
            Self::Failed { epoch } => write!(f, "failed in epoch {epoch}"),
        }
    }
}

/// The settings that a history belongs to.
///
/// ```
/// # use firebrick::{layers::Dense, prelude::*};
/// # let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
/// # let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
/// # let mut trainer = Compile::by_name("adam", "mse", [])?.model(model);
/// // Four samples in batches of three.
/// let history = trainer.fit(&data, &Fit::new(5).with_batch_size(3).with_display(Display::Quiet))?;
/// let params = history.params;
/// assert_eq!((params.epochs, params.steps, params.batch_size), (5, Some(2), 3));
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FitParams {
    /// The last epoch that was asked for, counted from 1.
    pub epochs: usize,
    /// Batches an epoch; of a stream nobody knows before the first one is over, unless it says so.
    pub steps: Option<usize>,
    /// Samples a batch.
    pub batch_size: usize,
}

/// What a training did, epoch by epoch. An epoch that was cut short is not in it.
///
/// A figure by its name is a column, `history["val_loss"]`; where only some epochs were validated it
/// has as many values as there were validations, as in Keras. So are `history["learning_rate"]` and
/// `history["seconds"]`, which every epoch has.
///
/// ```
/// use firebrick::{layers::Dense, metrics::Direction, prelude::*};
///
/// let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
/// let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
/// let mut trainer = Compile::by_name("adam", "mse", ["mae"])?.with_learning_rate(0.1).model(model);
/// let history = trainer.fit(&data, &Fit::new(5).with_display(Display::Quiet))?;
/// assert!(history.names().eq(["loss", "mae"]));
/// assert!(history["loss"].is_sorted_by(|before, after| before > after));
/// assert_eq!(history["learning_rate"], [0.1; 5]);
/// assert_eq!(history.best_epoch("mae", Direction::Down).map(|best| best.epoch), Some(5));
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    epochs: Vec<EpochRecord>,
    columns: Vec<(String, Vec<f64>)>,
    learning_rates: Vec<f64>,
    seconds: Vec<f64>,
    /// What was asked for.
    pub params: FitParams,
    /// Why it ended.
    pub stop_reason: StopReason,
}

impl History {
    /// The columns of the CSV form that every history has.
    pub const COLUMNS: [&'static str; 4] = figure_names::HISTORY_COLUMNS;

    /// One record a whole epoch.
    pub fn epochs(&self) -> &[EpochRecord] {
        &self.epochs
    }

    /// The last whole epoch.
    pub fn last(&self) -> Option<&EpochRecord> {
        self.epochs.last()
    }

    /// A figure over the epochs, or their `learning_rate` or `seconds`.
    pub fn get(&self, name: &str) -> Option<&[f64]> {
        let [_, learning_rate, _, seconds] = Self::COLUMNS;
        let figure = self.columns.iter().find(|(own, _)| own == name);
        match figure {
            Some((_, values)) => Some(values),
            None if name == learning_rate => Some(&self.learning_rates),
            None if name == seconds => Some(&self.seconds),
            None => None,
        }
    }

    /// The names of the figures, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// The first epoch in which a figure was at its best; NaN, or one that is undefined, never is.
    pub fn best_epoch(&self, name: &str, direction: Direction) -> Option<&EpochRecord> {
        let mut best: Option<(&EpochRecord, f64)> = None;
        for record in &self.epochs {
            let value = record.figures.get_defined(name);
            let Some(value) = value.filter(|value| !value.is_nan()) else {
                continue;
            };
            if best.is_none_or(|(_, best)| direction.is_better(value, best)) {
                best = Some((record, value));
            }
        }
        best.map(|(record, _)| record)
    }

    /// Adds an epoch.
    pub fn push(&mut self, record: EpochRecord) {
        for (name, value) in record.figures.iter() {
            match self.columns.iter_mut().find(|(own, _)| own == name) {
                Some((_, values)) => values.push(value),
                None => self.columns.push((name.to_owned(), vec![value])),
            }
        }
        self.learning_rates.push(record.learning_rate);
        self.seconds.push(record.seconds);
        self.epochs.push(record);
    }

    /// Writes the epochs as CSV, whole or not at all: epoch, learning rate, the figures, seconds.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write_csv(&self, path: &Path) -> Result<(), TrainError> {
        let file_error = |source| TrainError::File {
            path: path.to_owned(),
            action: "write",
            source,
        };
        let mut writer = csv::Writer::from_writer(Vec::new());
        let [epoch, learning_rate, loss, seconds] = Self::COLUMNS;
        let names: Vec<&str> = if self.columns.is_empty() {
            vec![loss]
        } else {
            self.names().collect()
        };
        let wrote = || -> csv::Result<Vec<u8>> {
            let mut header = vec![epoch, learning_rate];
            header.extend(&names);
            header.push(seconds);
            writer.write_record(header)?;
            for record in &self.epochs {
                let mut row = vec![record.epoch.to_string(), record.learning_rate.to_string()];
                row.extend(names.iter().map(|name| {
                    let value = record.get(name);
                    value.map(|value| value.to_string()).unwrap_or_default()
                }));
                row.push(record.seconds.to_string());
                writer.write_record(row)?;
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
            .map_err(|error| malformed(error.to_string()))?
            .clone();
        let names: Vec<&str> = header.iter().collect();
        let [epoch, learning_rate, loss, seconds] = Self::COLUMNS;
        let figures = match names[..] {
            [first, second, ref figures @ .., last]
                if [first, second, last] == [epoch, learning_rate, seconds]
                    && figures.first() == Some(&loss) =>
            {
                figures
            }
            _ => {
                return Err(malformed(format!(
                    "its first line is `{}`",
                    names.join(",")
                )));
            }
        };
        let mut history = Self::default();
        for row in reader.records() {
            let row = row.map_err(|error| malformed(error.to_string()))?;
            let line = row.position().map_or(0, csv::Position::line);
            let bad = |column: usize| {
                malformed(format!(
                    "line {line} has `{}` for {}",
                    &row[column], names[column]
                ))
            };
            let number = |column: usize| row[column].parse::<f64>().ok().ok_or_else(|| bad(column));
            let epoch = row[0].parse().ok().ok_or_else(|| bad(0))?;
            let mut own = Logs::new();
            for (index, name) in figures.iter().enumerate() {
                if !row[index + 2].is_empty() {
                    own.insert(*name, number(index + 2)?);
                }
            }
            history.push(EpochRecord {
                epoch,
                learning_rate: number(1)?,
                figures: own,
                seconds: number(names.len() - 1)?,
            });
        }
        Ok(history)
    }
}

impl Index<&str> for History {
    type Output = [f64];

    /// # Panics
    /// When there is no column of this name; [`get`](History::get) doesn't.
    fn index(&self, name: &str) -> &[f64] {
        self.get(name).unwrap_or_else(|| {
            let [_, learning_rate, _, seconds] = Self::COLUMNS;
            let known: Vec<&str> = self.names().chain([learning_rate, seconds]).collect();
            panic!(
                "the history has no figure `{name}`; it has {}",
                known.join(", ")
            )
        })
    }
}
