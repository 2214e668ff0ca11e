use std::io;
use std::path::PathBuf;

use firebrick::curves::CurvesError;
use image::ImageError;

/// What can go wrong where runs are shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PagesError {
    /// A page that cannot be put together.
    #[error("the page of {what} cannot be written: {source}")]
    Page {
        /// What it shows.
        what: String,
        /// Why.
        source: askama::Error,
    },
    /// Curves that cannot be drawn.
    #[error(transparent)]
    Curves(#[from] CurvesError),
    /// A sample that cannot be shown as a picture.
    #[error("the picture of sample {row} cannot be encoded: {source}")]
    Picture {
        /// Its row, counted from 0.
        row: usize,
        /// Why.
        source: ImageError,
    },
    /// A folder of runs that cannot be read.
    #[error("cannot read the folder `{}`: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A condition on runs that cannot be.
    #[error(
        "`{received}` is no condition on runs; expected a part of a name, or KEY=VALUE, KEY!=VALUE, KEY<NUMBER, KEY>NUMBER, \
         as in state=running, data=mnist*, val_accuracy>0.9"
    )]
    Condition {
        /// What there was.
        received: String,
    },
    /// A word that is neither a column nor a figure nor a setting of a run.
    #[error("no run has `{received}`{guess}; runs have {known}")]
    UnknownKey {
        /// What there was.
        received: String,
        /// The nearest there is.
        guess: String,
        /// What there is.
        known: String,
    },
}
