use std::fmt;
use std::str::FromStr;

use firebrick_spec::as_text;
use firebrick_trainer::callbacks::EarlyStopping;

/// When a training stops by itself; as a string `val_loss:5`, `val_accuracy:5:restore`, or `none`.
///
/// ```
/// use firebrick::recipes::StoppingRule;
///
/// let rule: StoppingRule = "val_loss:5:restore".parse()?;
/// assert!(rule.callback().is_some());
/// assert_eq!(rule.to_string(), "val_loss:5:restore");
/// # Ok::<(), firebrick::recipes::StoppingRuleError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum StoppingRule {
    /// It does not.
    #[default]
    Never,
    /// Where a figure has not got better for so long.
    Patience {
        /// The figure, e.g. `val_loss`.
        metric: String,
        /// The number of epochs.
        epochs: usize,
        /// The weights that are left.
        weights: FinalWeights,
    },
}

/// The weights that a stopped training leaves.
///
/// ```
/// use firebrick::recipes::{FinalWeights, StoppingRule};
///
/// let rule: StoppingRule = "val_loss:5".parse()?;
/// assert!(matches!(rule, StoppingRule::Patience { weights: FinalWeights::Last, .. }));
/// # Ok::<(), firebrick::recipes::StoppingRuleError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinalWeights {
    /// Those of the last epoch.
    Last,
    /// Those of the best one.
    Best,
}

/// A text that is no rule.
#[derive(Debug)]
pub struct StoppingRuleError {
    received: String,
}

impl fmt::Display for StoppingRuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected METRIC:EPOCHS, with `:restore` behind it for the best weights, such as val_loss:5:restore, \
             or `none`; received `{}`",
            self.received
        )
    }
}

impl std::error::Error for StoppingRuleError {}

impl StoppingRule {
    const NEVER: &'static str = "none";
    const RESTORE: &'static str = "restore";

    /// The callback that does it.
    pub fn callback(&self) -> Option<EarlyStopping> {
        let Self::Patience {
            metric,
            epochs,
            weights,
        } = self
        else {
            return None;
        };
        let callback = EarlyStopping::new(metric)
            .with_patience(*epochs)
            .with_verbose();
        Some(match weights {
            FinalWeights::Last => callback,
            FinalWeights::Best => callback.with_restore_best_weights(),
        })
    }
}

impl FromStr for StoppingRule {
    type Err = StoppingRuleError;

    fn from_str(text: &str) -> Result<Self, StoppingRuleError> {
        if text == Self::NEVER {
            return Ok(Self::Never);
        }
        let parts: Vec<&str> = text.split(':').collect();
        let rule = match parts[..] {
            [metric, epochs] => Some((metric, epochs, FinalWeights::Last)),
            [metric, epochs, Self::RESTORE] => Some((metric, epochs, FinalWeights::Best)),
            _ => None,
        };
        rule.filter(|(metric, _, _)| !metric.is_empty())
            .and_then(|(metric, epochs, weights)| {
                Some(Self::Patience {
                    metric: metric.to_owned(),
                    epochs: epochs.parse().ok()?,
                    weights,
                })
            })
            .ok_or_else(|| StoppingRuleError {
                received: text.to_owned(),
            })
    }
}

impl fmt::Display for StoppingRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str(Self::NEVER),
            Self::Patience {
                metric,
                epochs,
                weights: FinalWeights::Last,
            } => write!(f, "{metric}:{epochs}"),
            Self::Patience {
                metric,
                epochs,
                weights: FinalWeights::Best,
            } => write!(f, "{metric}:{epochs}:{}", Self::RESTORE),
        }
    }
}

as_text!(StoppingRule);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_the_text_it_was_read_from() {
        for text in [
            "none",
            "val_loss:5",
            "accuracy:0",
            "val_accuracy:12:restore",
        ] {
            assert_eq!(text.parse::<StoppingRule>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "val_loss",
            "val_loss:",
            ":5",
            "val_loss:-1",
            "a:5:best",
            "a:5:restore:",
        ] {
            assert!(text.parse::<StoppingRule>().is_err(), "{text}");
        }
    }
}
