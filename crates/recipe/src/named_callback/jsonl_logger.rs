use std::path::PathBuf;

use firebrick_trainer::callbacks::JsonlLogger;
use firebrick_trainer::{RunDirectory, TrainError, settings};

use super::changes::when;
use super::run_path::{RunPath, log_file};

settings! {
    /// The arguments of a [`JsonlLogger`].
    ///
    /// ```
    /// use firebrick::recipes::GivenJsonlLogger;
    ///
    /// let given = GivenJsonlLogger { filename: Some("training.jsonl".to_owned()), ..GivenJsonlLogger::default() };
    /// let logger = given.callback(None)?;
    /// # let _ = logger;
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    pub struct GivenJsonlLogger {
        /// The name of a file in the run's folder of logs, `training.jsonl` if it is left out.
        filename: String;
        /// Whether it goes on with a file that is there.
        append: bool;
    }
}

impl GivenJsonlLogger {
    const FILE: RunPath = RunPath {
        setting: "the filename of jsonl_logger",
        folder: RunDirectory::LOGS,
        expected: "the name of a file in the folder `logs` of the run that ends in .jsonl, .csv, .tsv, .log or .txt, \
                   such as training.jsonl",
    };

    /// The callback, whose file lies in `run`.
    ///
    /// # Errors
    /// A file outside of the run's folder of logs.
    pub fn callback(&self, run: Option<&RunDirectory>) -> Result<JsonlLogger, TrainError> {
        let callback = JsonlLogger::new(self.path(run)?);
        Ok(when(callback, self.append, JsonlLogger::with_append))
    }

    pub(super) fn path(&self, run: Option<&RunDirectory>) -> Result<PathBuf, TrainError> {
        let name = self.filename.as_deref().unwrap_or("training.jsonl");
        log_file(Self::FILE, run, name)
    }
}
