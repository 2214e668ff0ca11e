use std::fmt;

use serde::Serialize;

/// How a run stands.
///
/// ```
/// use firebrick_pages::RunState;
///
/// assert_eq!(RunState::Finished.to_string(), "finished");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// Somebody trains in it.
    Running,
    /// Nothing is left to do.
    Finished,
    /// It ended in order before everything was done.
    Stopped,
    /// Whoever trained in it was killed, or its files cannot be read.
    Broken,
}

impl RunState {
    /// In one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Stopped => "stopped",
            Self::Broken => "broken",
        }
    }
}

impl fmt::Display for RunState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
