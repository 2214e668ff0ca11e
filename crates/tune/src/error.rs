use std::io;
use std::path::{Path, PathBuf};

use firebrick::models::{did_you_mean, shortened};
use firebrick::recipes::RecipeError;
use firebrick::training::TrainError;

/// What can go wrong with a search.
///
/// ```
/// use firebrick_tune::SearchSpace;
///
/// let error = "units=32|64, learning_rate=log:0..1".parse::<SearchSpace>().unwrap_err();
/// assert!(error.to_string().starts_with("`learning_rate`: the range 0..1 is by ratios"), "{error}");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TuneError {
    /// From the trainer crate.
    #[error(transparent)]
    Train(Box<TrainError>),

    /// From a model file that a value was put into.
    #[error(transparent)]
    Recipe(Box<RecipeError>),

    /// A setting to search whose values cannot be.
    #[error("`{}`: {problem}", shortened(name))]
    Dimension {
        /// The setting.
        name: String,
        /// What was expected, what was there and what to do.
        problem: String,
    },

    /// A text that is no search space.
    #[error(
        "`{}` says nothing of a setting; expected e.g. `learning_rate=log:1e-4..1e-1, units=32|64|128`",
        shortened(text)
    )]
    Space {
        /// The text as given.
        text: String,
    },

    /// A setting that cannot be searched.
    #[error("unknown setting `{}` to search{}; known: {}", shortened(name), did_you_mean(nearest.as_deref()), known.join(", "))]
    UnknownSetting {
        /// The name as given.
        name: String,
        /// The closest known name.
        nearest: Option<String>,
        /// The names there are.
        known: Vec<String>,
    },

    /// A setting of the search outside its range.
    #[error("`{setting}` is {received}, expected {expected}")]
    Setting {
        /// The setting's name.
        setting: &'static str,
        /// What it may be, and what to do.
        expected: String,
        /// What it was.
        received: String,
    },

    /// No strategy of this name.
    #[error("unknown strategy `{}`{}; known: {}", shortened(name), did_you_mean(*nearest), known.join(", "))]
    UnknownStrategy {
        /// The name as given.
        name: String,
        /// The closest known name.
        nearest: Option<&'static str>,
        /// The known names.
        known: &'static [&'static str],
    },

    /// A directory that is already taken.
    #[error("`{}` is already there; go on with it by `firebrick tune --resume`, or choose another name", path.display())]
    Exists {
        /// The directory.
        path: PathBuf,
    },

    /// A directory without a search in it.
    #[error("no search in `{}`; expected a directory with a `search.toml` in it", path.display())]
    NoSearch {
        /// The directory.
        path: PathBuf,
    },

    /// A file of a search that is not what it should be.
    #[error("`{}`{}: {reason}; {way_out}", path.display(), line.map_or_else(String::new, |line| format!(", line {line}")))]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1, where there is one.
        line: Option<usize>,
        /// What is wrong.
        reason: String,
        /// What to do.
        way_out: &'static str,
    },

    /// A file that cannot be read or written.
    #[error("cannot {action} `{}`: {source}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },

    /// Trainings that cannot be started side by side.
    #[error("cannot start a training beside the others: {reason}; ask for fewer with `--jobs`")]
    Workers {
        /// What the system says.
        reason: String,
    },

    /// A page that cannot be made.
    #[error("cannot make the page of the search: {source}")]
    Page {
        /// What is in the way.
        source: askama::Error,
    },
}

impl TuneError {
    /// Whether the error is in what was asked for, as opposed to one met while doing it.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Dimension { .. }
                | Self::Space { .. }
                | Self::UnknownSetting { .. }
                | Self::Setting { .. }
                | Self::UnknownStrategy { .. }
                | Self::Recipe(_)
        )
    }

    pub(crate) fn file(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::File {
            action,
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn dimension(name: &str, problem: impl Into<String>) -> Self {
        Self::Dimension {
            name: name.to_owned(),
            problem: problem.into(),
        }
    }

    pub(crate) fn setting(
        setting: &'static str,
        received: impl std::fmt::Display,
        expected: impl Into<String>,
    ) -> Self {
        Self::Setting {
            setting,
            expected: expected.into(),
            received: received.to_string(),
        }
    }
}

impl From<TrainError> for TuneError {
    fn from(error: TrainError) -> Self {
        Self::Train(Box::new(error))
    }
}

impl From<RecipeError> for TuneError {
    fn from(error: RecipeError) -> Self {
        Self::Recipe(Box::new(error))
    }
}
