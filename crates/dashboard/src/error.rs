use std::io;
use std::path::PathBuf;

/// Why there is no dashboard.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DashboardError {
    /// A terminal that cannot be drawn on.
    #[error("the dashboard cannot have the terminal: {source}; show the training by lines instead")]
    Terminal {
        /// Why.
        source: io::Error,
    },
    /// `FIREBRICK_GRAPHICS` names no way to draw pictures.
    #[error(
        "FIREBRICK_GRAPHICS: expected none, sixel, kitty or iterm2, received `{received}`; pictures are drawn in half blocks"
    )]
    Graphics {
        /// What it says.
        received: String,
    },
    /// A folder in which no training has left anything.
    #[error(
        "`{}` is no run: it has neither events.jsonl nor history.csv; give the folder of a run, runs/mnist-1 say",
        path.display()
    )]
    NoRun {
        /// The folder.
        path: PathBuf,
    },
    /// A file of a run that cannot be read.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A history that is none.
    #[error("`{}`, line {line}: expected {expected}, received `{received}`", path.display())]
    History {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What should be there.
        expected: &'static str,
        /// What is there.
        received: String,
    },
    /// Events that cannot be read.
    #[error(transparent)]
    Session(#[from] firebrick_session::SessionError),
}
