use std::fmt;
use std::str::FromStr;

use firebrick_spec::as_text;
use firebrick_trainer::TrainError;
use firebrick_trainer::callbacks::{ModelCheckpoint, SaveFreq};

/// Which models are saved in the course of a training; as a string `best`, `every`, a number of epochs, or
/// `none`.
///
/// ```
/// use firebrick::recipes::CheckpointRule;
///
/// assert_eq!("every".parse::<CheckpointRule>()?, CheckpointRule::Every(1));
/// # Ok::<(), firebrick::recipes::CheckpointRuleError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CheckpointRule {
    /// None at all.
    #[default]
    None,
    /// That of the best validation loss.
    Best,
    /// After every so many epochs.
    Every(usize),
}

/// A text that is no choice.
#[derive(Debug)]
pub struct CheckpointRuleError {
    received: String,
}

impl fmt::Display for CheckpointRuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected `best`, `every`, a number of epochs of at least 1, or `none`; received `{}`",
            self.received
        )
    }
}

impl std::error::Error for CheckpointRuleError {}

impl CheckpointRule {
    /// The callback that does it.
    ///
    /// # Errors
    /// A number of epochs of 0.
    pub fn callback(self) -> Result<Option<ModelCheckpoint>, TrainError> {
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

impl FromStr for CheckpointRule {
    type Err = CheckpointRuleError;

    fn from_str(text: &str) -> Result<Self, CheckpointRuleError> {
        match text {
            "none" => Ok(Self::None),
            "best" => Ok(Self::Best),
            "every" => Ok(Self::Every(1)),
            number => match number.parse() {
                Ok(epochs) if epochs > 0 => Ok(Self::Every(epochs)),
                _ => Err(CheckpointRuleError {
                    received: text.to_owned(),
                }),
            },
        }
    }
}

impl fmt::Display for CheckpointRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Best => f.write_str("best"),
            Self::Every(1) => f.write_str("every"),
            Self::Every(epochs) => write!(f, "{epochs}"),
        }
    }
}

as_text!(CheckpointRule);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_the_text_it_was_read_from() {
        for text in ["none", "best", "every", "5"] {
            assert_eq!(text.parse::<CheckpointRule>().unwrap().to_string(), text);
        }
        assert_eq!(
            "1".parse::<CheckpointRule>().unwrap(),
            CheckpointRule::Every(1)
        );
        for text in ["", "0", "-1", "all", "2.5"] {
            assert!(text.parse::<CheckpointRule>().is_err(), "{text}");
        }
    }
}
