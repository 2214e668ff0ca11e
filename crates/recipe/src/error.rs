//! What can go wrong with a file of settings.

use std::path::PathBuf;

use firebrick_trainer::TrainError;

use crate::model_file_problem::ModelFileProblem;
use crate::settings_problem::SettingsProblem;

/// Why a training cannot be read from a file.
///
/// ```
/// use firebrick::recipes::{ModelFile, RecipeError};
///
/// let error = "input_shape = [4]\nlayer = 3".parse::<ModelFile>().unwrap_err();
/// assert!(matches!(error, RecipeError::ModelFile { line: Some(2), .. }));
/// assert!(error.to_string().contains("did you mean `layers`?"), "{error}");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecipeError {
    /// From the trainer crate.
    #[error(transparent)]
    Train(#[from] TrainError),

    /// A file that cannot be read.
    #[error("cannot read `{}`: {source}; check the path and its permissions", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },

    /// A file with the description of a model and its training that cannot be.
    #[error("`{}`{}: {problem}", path.display(), in_line(*line))]
    ModelFile {
        /// The file.
        path: PathBuf,
        /// The line of the problem, counted from 1, if it has one.
        line: Option<usize>,
        /// What was expected, what was there and what to do.
        problem: Box<ModelFileProblem>,
    },

    /// A file of settings that cannot be.
    #[error("`{}`{}: {problem}", path.display(), in_line(*line))]
    Settings {
        /// The file.
        path: PathBuf,
        /// The line of the problem, counted from 1, if it has one.
        line: Option<usize>,
        /// What was expected, what was there and what to do.
        problem: SettingsProblem,
    },

    /// Settings that TOML cannot hold.
    #[error("cannot write the settings as TOML: {0}")]
    Write(#[from] toml::ser::Error),
}

fn in_line(line: Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(", line {line}"))
}
