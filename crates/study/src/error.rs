use std::io;
use std::path::{Path, PathBuf};

use firebrick::curves::CurvesError;
use firebrick::datasets::DataError;
use firebrick::models::{ModelError, TensorError, did_you_mean, shortened};
use firebrick::schedules::ScheduleError;
use firebrick::training::TrainError;
use firebrick_scratch::ScratchError;

use crate::file_names;

/// What can go wrong with a study.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StudyError {
    /// From reading the data.
    #[error(transparent)]
    Data(#[from] DataError),

    /// From building a network.
    #[error(transparent)]
    Model(#[from] ModelError),

    /// From the tensor crate.
    #[error(transparent)]
    Tensor(#[from] TensorError),

    /// From the schedule.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),

    /// From training a network.
    #[error(transparent)]
    Train(#[from] TrainError),

    /// From the network without a framework.
    #[error(transparent)]
    Scratch(#[from] ScratchError),

    /// From drawing a figure.
    #[error(transparent)]
    Curves(#[from] CurvesError),

    /// A setting outside its range.
    #[error("{setting} is {received}, expected {expected}")]
    Setting {
        /// The setting's name.
        setting: &'static str,
        /// What it may be, and what to do.
        expected: String,
        /// What it was.
        received: String,
    },

    /// No axis of a curve.
    #[error("unknown axis `{}`{}; expected {}", shortened(name), did_you_mean(*nearest), known.join(", "))]
    UnknownAxis {
        /// The name as given.
        name: String,
        /// The closest known name.
        nearest: Option<&'static str>,
        /// The known names.
        known: &'static [&'static str],
    },

    /// A directory that is already taken.
    #[error(
        "`{}` is already there; continue it with `firebrick study continue`, choose another name with `--run`, or replace it with `--overwrite`",
        path.display()
    )]
    StudyExists {
        /// The directory.
        path: PathBuf,
    },

    /// A directory without a study in it.
    #[error("no study in `{}`; expected a directory with a `{}` in it", path.display(), file_names::SETTINGS)]
    NoStudy {
        /// The directory.
        path: PathBuf,
    },

    /// A file of a study that is not what it should be.
    #[error("`{}` cannot be understood: {reason}; {way_out}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
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

    /// A page that cannot be made.
    #[error("cannot make the page `{page}`: {source}")]
    Page {
        /// The file's name.
        page: &'static str,
        /// What is in the way.
        source: askama::Error,
    },

    /// A picture of an image that cannot be made.
    #[error("cannot make a picture of image {row} of the test data: {source}")]
    Picture {
        /// The image's number, counted from 0.
        row: usize,
        /// What is in the way.
        source: image::ImageError,
    },

    /// Workers that cannot be started.
    #[error("cannot start {jobs} trainings side by side: {reason}; ask for fewer with `--jobs`")]
    Workers {
        /// How many.
        jobs: usize,
        /// What the system says.
        reason: String,
    },
}

impl StudyError {
    /// Whether the error is in what was asked for, as opposed to one met while doing it.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Setting { .. }
                | Self::UnknownAxis { .. }
                | Self::Train(TrainError::NoDashboard { .. })
        )
    }

    pub(crate) fn file(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::File {
            action,
            path: path.to_owned(),
            source,
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
            received: format!("{received}"),
        }
    }
}
