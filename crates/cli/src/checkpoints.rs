use std::fmt;
use std::str::FromStr;

use firebrick::callbacks::{ModelCheckpoint, SaveFreq};
use firebrick::training::TrainError;
use serde::{Deserialize, Serialize};

/// Which models are saved in the course of a training; as a string `best`, `every`, a number of epochs, or
/// `none`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) enum Checkpoints {
    #[default]
    None,
    /// That of the best validation loss.
    Best,
    /// After every so many epochs.
    Every(usize),
}

/// A text that is no choice.
#[derive(Debug)]
pub(crate) struct CheckpointsError {
    received: String,
}

impl fmt::Display for CheckpointsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected `best`, `every`, a number of epochs of at least 1, or `none`; received `{}`",
            self.received
        )
    }
}

impl std::error::Error for CheckpointsError {}

impl Checkpoints {
    /// The callback that does it.
    pub(crate) fn callback(self) -> Result<Option<ModelCheckpoint>, TrainError> {
        Ok(match self {
            Self::None => None,
            Self::Best => Some(ModelCheckpoint::new("best.bpk")?.with_save_best_only()),
            Self::Every(epochs) => Some(
                ModelCheckpoint::new("epoch-{epoch:04d}.bpk")?
                    .with_save_freq(SaveFreq::Epochs(epochs))?,
            ),
        })
    }
}

impl FromStr for Checkpoints {
    type Err = CheckpointsError;

    fn from_str(text: &str) -> Result<Self, CheckpointsError> {
        match text {
            "none" => Ok(Self::None),
            "best" => Ok(Self::Best),
            "every" => Ok(Self::Every(1)),
            number => match number.parse() {
                Ok(epochs) if epochs > 0 => Ok(Self::Every(epochs)),
                _ => Err(CheckpointsError {
                    received: text.to_owned(),
                }),
            },
        }
    }
}

impl fmt::Display for Checkpoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Best => f.write_str("best"),
            Self::Every(1) => f.write_str("every"),
            Self::Every(epochs) => write!(f, "{epochs}"),
        }
    }
}

impl TryFrom<String> for Checkpoints {
    type Error = CheckpointsError;

    fn try_from(text: String) -> Result<Self, CheckpointsError> {
        text.parse()
    }
}

impl From<Checkpoints> for String {
    fn from(checkpoints: Checkpoints) -> Self {
        checkpoints.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_the_text_it_was_read_from() {
        for text in ["none", "best", "every", "5"] {
            assert_eq!(text.parse::<Checkpoints>().unwrap().to_string(), text);
        }
        assert_eq!("1".parse::<Checkpoints>().unwrap(), Checkpoints::Every(1));
        for text in ["", "0", "-1", "all", "2.5"] {
            assert!(text.parse::<Checkpoints>().is_err(), "{text}");
        }
    }
}
