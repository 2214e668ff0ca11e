use std::fmt;
use std::str::FromStr;

use firebrick_spec::as_text;
use firebrick_trainer::{Optimizer, TrainError};

/// The name of an optimizer, one of [`Optimizer::NAMES`].
///
/// ```
/// use firebrick::recipes::OptimizerName;
///
/// assert_eq!("RMSprop".parse::<OptimizerName>()?.as_str(), "rmsprop");
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptimizerName(String);

impl OptimizerName {
    /// The name of this one.
    pub(crate) fn of(optimizer: &Optimizer) -> Self {
        Self(optimizer.name().to_owned())
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OptimizerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for OptimizerName {
    type Err = TrainError;

    fn from_str(text: &str) -> Result<Self, TrainError> {
        Ok(Self(Optimizer::by_name(text)?.name().to_owned()))
    }
}

as_text!(OptimizerName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_name_stays_itself() {
        for &name in Optimizer::NAMES {
            assert_eq!(
                name.to_uppercase()
                    .parse::<OptimizerName>()
                    .unwrap()
                    .as_str(),
                name
            );
        }
        assert!("sdg".parse::<OptimizerName>().is_err());
    }
}
