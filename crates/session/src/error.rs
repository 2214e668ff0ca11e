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
    /// A file without a single event.
    #[error("`{}` holds no events; expected the `events.jsonl` of a run", path.display())]
    NoEvents {
        /// The file.
        path: PathBuf,
    },
    /// A file that is there and that no run has written.
    #[error("`{}` is no {expected}, so that it is left alone; move it away", path.display())]
    Foreign {
        /// Of the file.
        path: PathBuf,
        /// What would be replaced.
        expected: &'static str,
    },
    /// A run in which nobody trains who could be asked.
    #[error("nobody listens at `{}`: {source}", path.display())]
    NobodyListens {
        /// Of the socket.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A training that went while it was asked.
    #[error("the training at `{}` has ended before it answered", path.display())]
    Ended {
        /// Of the socket.
        path: PathBuf,
    },
    /// What came from the other end of a socket is nothing that a training says.
    #[error("`{}` answers `{received}`, which is nothing that a training says; is it one of another version?", path.display())]
    NoReply {
        /// Of the socket.
        path: PathBuf,
        /// The line.
        received: String,
    },
    /// A system without sockets that are files.
    #[error("trainings can be controlled from outside on Unix only")]
    NoSockets,
    /// A file of events that cannot be read or written.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// Of the file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}
