use std::fmt;
use std::str::FromStr;

use firebrick_spec::as_text;
use firebrick_trainer::{CheckpointError, CheckpointInterval, Checkpoints};

/// How often the state of a training is saved, so that it can go on; as a string `500steps`, `30s`, `1epoch`, `auto`, or `none`.
///
/// ```
/// use firebrick::recipes::CheckpointEvery;
///
/// let every: CheckpointEvery = "500steps".parse()?;
/// assert_eq!(every.to_string(), "500steps");
/// assert!("none".parse::<CheckpointEvery>()?.checkpoints().is_none());
/// # Ok::<(), firebrick::recipes::CheckpointEveryError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CheckpointEvery {
    /// As the library does it where nothing is said.
    #[default]
    Auto,
    /// Never, so that the training cannot go on.
    None,
    /// So often.
    Interval(CheckpointInterval),
}

/// A text that is no choice.
#[derive(Debug)]
pub struct CheckpointEveryError(CheckpointError);

impl fmt::Display for CheckpointEveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, or `auto`, or `none`", self.0)
    }
}

impl std::error::Error for CheckpointEveryError {}

impl CheckpointEvery {
    const AUTO: &'static str = "auto";
    const NONE: &'static str = "none";

    /// What the fit is told.
    pub fn checkpoints(self) -> Option<Checkpoints> {
        match self {
            Self::Auto => Some(Checkpoints::default()),
            Self::None => None,
            Self::Interval(interval) => Some(Checkpoints::every(interval)),
        }
    }
}

impl FromStr for CheckpointEvery {
    type Err = CheckpointEveryError;

    fn from_str(text: &str) -> Result<Self, CheckpointEveryError> {
        match text {
            Self::AUTO => Ok(Self::Auto),
            Self::NONE => Ok(Self::None),
            interval => interval
                .parse()
                .map(Self::Interval)
                .map_err(CheckpointEveryError),
        }
    }
}

impl fmt::Display for CheckpointEvery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str(Self::AUTO),
            Self::None => f.write_str(Self::NONE),
            Self::Interval(interval) => interval.fmt(f),
        }
    }
}

as_text!(CheckpointEvery);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_the_text_it_was_read_from() {
        for text in ["auto", "none", "500steps", "30s", "1epoch"] {
            assert_eq!(text.parse::<CheckpointEvery>().unwrap().to_string(), text);
        }
        let error = "5".parse::<CheckpointEvery>().unwrap_err().to_string();
        assert!(
            error.ends_with("or `1epoch`, or `auto`, or `none`"),
            "{error}"
        );
    }
}
