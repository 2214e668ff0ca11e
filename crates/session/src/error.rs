use std::io;
use std::path::PathBuf;

use firebrick_spec::UnknownName;

/// What can go wrong between a training and those who watch it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// A word that asks for nothing.
    #[error(transparent)]
    UnknownAction(#[from] UnknownName),
    /// A value that an action cannot have.
    #[error("`{action}` takes {expected}, received `{received}`")]
    ActionValue {
        /// The first word of the action.
        action: &'static str,
        /// What it takes.
        expected: &'static str,
        /// What there was.
        received: String,
    },
    /// A file of events that cannot be read or written.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// Of the file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}
