use std::io;
use std::path::PathBuf;

use super::line_file::{Existing, LineFile};
use super::python_text;
use crate::callback::{Callback, Flow, HookResult, Training};
use crate::error::TrainError;
use crate::logs::Logs;
use crate::state::State;

/// Writes the figures of every epoch as a row of a table, byte by byte as Keras does.
///
/// So its epochs are counted from 0, columns go by their names, figures that an epoch does not have are `NA`, and
/// a training without validation has columns for it nevertheless. A run's own `history.csv` is the table
/// in our form.
///
/// ```
/// # use firebrick::{layers::Dense, prelude::*};
/// use firebrick::callbacks::CsvLogger;
///
/// # let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
/// # let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
/// # let mut trainer = Compile::by_name("sgd", "mse", [])?.model(model);
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("training.csv");
/// let fit = Fit::new(3).with_callback(CsvLogger::new(&path).with_append()).with_display(Display::Quiet);
/// trainer.fit(&data, &fit)?;
/// // A line of names, then a line an epoch.
/// assert_eq!(std::fs::read_to_string(&path)?.lines().count(), 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A file that cannot be written, or goes on with other columns.
///
/// # Source
/// <https://keras.io/api/callbacks/csv_logger/>
pub struct CsvLogger {
    path: PathBuf,
    separator: u8,
    existing: Existing,
    table: Option<Table>,
}

/// The file of one training.
struct Table {
    file: LineFile,
    /// Without the epoch's; known from the first epoch on, or from the file that goes on.
    columns: Option<Vec<String>>,
}

/// Where there is no figure.
const ABSENT: &str = "NA";

impl CsvLogger {
    /// Writes into this file, which is replaced if it is there.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            separator: b',',
            existing: Existing::default(),
            table: None,
        }
    }

    /// What stands between two columns, a comma if not set.
    #[must_use = "returns the changed callback"]
    pub fn with_separator(mut self, separator: u8) -> Self {
        self.separator = separator;
        self
    }

    /// Goes on with a file that is there.
    #[must_use = "returns the changed callback"]
    pub fn with_append(mut self) -> Self {
        self.existing = Existing::Continued;
        self
    }

    /// The columns of a table that goes on; none before its first row.
    fn columns_there(&self, file: &LineFile) -> Result<Option<Vec<String>>, TrainError> {
        let contents = file.contents()?;
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(self.separator)
            .from_reader(contents.as_bytes());
        let columns = reader.headers().map_err(|error| TrainError::File {
            path: file.path().to_owned(),
            action: "read",
            source: io::Error::from(error),
        })?;
        let columns: Vec<String> = columns.iter().skip(1).map(str::to_owned).collect();
        Ok((!contents.is_empty()).then_some(columns))
    }
}

impl Table {
    /// Adds a row, before the first one the names of the columns.
    fn add(&mut self, separator: u8, epoch: usize, logs: &Logs) -> Result<(), TrainError> {
        let mut records: Vec<Vec<String>> = Vec::new();
        let columns = self.columns.get_or_insert_with(|| {
            let columns = columns_of(logs);
            records.push(with_first("epoch", columns.clone()));
            columns
        });
        if let Some(figure) = logs
            .names()
            .find(|name| !columns.iter().any(|own| own == name))
        {
            return Err(TrainError::MissingColumn {
                path: self.file.path().to_owned(),
                figure: figure.to_owned(),
                columns: columns.clone(),
            });
        }
        let figures = columns.iter().map(|name| {
            logs.get(name)
                .map_or_else(|| ABSENT.to_owned(), python_text::repr)
        });
        // Keras' number of the epoch.
        records.push(with_first(&(epoch - 1).to_string(), figures.collect()));
        let lines = lines(separator, &records).map_err(|source| TrainError::File {
            path: self.file.path().to_owned(),
            action: "write",
            source,
        })?;
        self.file.append(&lines)
    }
}

/// The names in order; those of the validation are added where there is none.
fn columns_of(logs: &Logs) -> Vec<String> {
    let mut columns: Vec<String> = logs.names().map(str::to_owned).collect();
    columns.sort();
    if !columns.iter().any(|name| name.starts_with("val_")) {
        let validation: Vec<String> = columns.iter().map(|name| format!("val_{name}")).collect();
        columns.extend(validation);
    }
    columns
}

fn with_first(first: &str, mut rest: Vec<String>) -> Vec<String> {
    rest.insert(0, first.to_owned());
    rest
}

/// Python's `excel` dialect.
fn lines(separator: u8, records: &[Vec<String>]) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(separator)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for record in records {
        writer.write_record(record)?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

impl Callback for CsvLogger {
    fn name(&self) -> &'static str {
        "CsvLogger"
    }

    fn state(&self) -> State {
        LineFile::state(self.table.as_ref().map(|table| &table.file))
    }

    fn restore(&mut self, state: &State, training: &mut Training<'_>) -> Result<(), TrainError> {
        if let Some(file) = LineFile::resumed(&self.path, state, training)? {
            let columns = self.columns_there(&file)?;
            self.table = Some(Table { file, columns });
        }
        Ok(())
    }

    fn on_train_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        if training.is_resumed() {
            return Ok(Flow::Continue);
        }
        let file = LineFile::open(&self.path, self.existing)?;
        let columns = self.columns_there(&file)?;
        self.table = Some(Table { file, columns });
        Ok(Flow::Continue)
    }

    fn on_epoch_end(&mut self, training: &mut Training<'_>, logs: &Logs) -> HookResult {
        if let Some(table) = &mut self.table {
            table.add(self.separator, training.epoch(), logs)?;
        }
        Ok(Flow::Continue)
    }

    fn on_train_end(&mut self, _: &mut Training<'_>, _: &Logs) -> HookResult {
        self.table = None;
        Ok(Flow::Continue)
    }
}
