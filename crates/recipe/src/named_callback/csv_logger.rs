use std::path::PathBuf;

use firebrick_trainer::callbacks::CsvLogger;
use firebrick_trainer::{RunDirectory, TrainError, settings};

use super::changes::{when, with};
use super::run_path::{RunPath, log_file};

settings! {
    /// The arguments of a [`CsvLogger`], Keras' defaults where they are left out.
    ///
    /// ```
    /// use firebrick::recipes::GivenCsvLogger;
    ///
    /// let given = GivenCsvLogger { filename: Some("../training.csv".to_owned()), ..GivenCsvLogger::default() };
    /// assert!(given.callback(None).is_err());
    /// ```
    pub struct GivenCsvLogger {
        /// The name of a file in the run's folder of logs, `training.csv` if it is left out.
        filename: String;
        /// What stands between two columns.
        separator: String;
        /// Whether it goes on with a file that is there.
        append: bool;
    }
}

impl GivenCsvLogger {
    const FILE: RunPath = RunPath {
        setting: "the filename of csv_logger",
        folder: RunDirectory::LOGS,
        expected: "the name of a file in the folder `logs` of the run that ends in .csv, .tsv, .jsonl, .log or .txt, \
                   such as training.csv",
    };

    /// The callback, whose file lies in `run`.
    ///
    /// # Errors
    /// A file outside of the run's folder of logs, a separator that is not one character of ASCII.
    pub fn callback(&self, run: Option<&RunDirectory>) -> Result<CsvLogger, TrainError> {
        let separator = self.separator.as_deref().map(|text| match text.as_bytes() {
            [separator] if separator.is_ascii() => Ok(*separator),
            _ => Err(TrainError::Setting {
                setting: "the separator of csv_logger",
                expected: "one character of ASCII",
                received: format!("{text:?}"),
            }),
        });
        let callback = CsvLogger::new(self.path(run)?);
        let callback = with(callback, separator.transpose()?, CsvLogger::with_separator);
        Ok(when(callback, self.append, CsvLogger::with_append))
    }

    pub(super) fn path(&self, run: Option<&RunDirectory>) -> Result<PathBuf, TrainError> {
        let name = self.filename.as_deref().unwrap_or("training.csv");
        log_file(Self::FILE, run, name)
    }
}
