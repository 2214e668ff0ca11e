use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::checkpoint_error::CheckpointError;

/// How often the state of a training is saved.
///
/// ```
/// use std::time::Duration;
///
/// use firebrick::training::CheckpointInterval;
///
/// let interval: CheckpointInterval = "5min".parse()?;
/// assert_eq!(interval, CheckpointInterval::Time(Duration::from_secs(300)));
/// assert_eq!(interval.to_string(), "5min");
/// assert_eq!("1epoch".parse::<CheckpointInterval>()?, CheckpointInterval::Epochs(1));
/// assert!("5".parse::<CheckpointInterval>().is_err());
/// # Ok::<(), firebrick::training::CheckpointError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckpointInterval {
    /// After every so many steps: those whose number, counted from 1 over all epochs, is a multiple.
    Steps(u64),
    /// As soon as this much time has gone by since the last one.
    Time(Duration),
    /// After every so many epochs: those whose number is a multiple.
    Epochs(usize),
}

/// Units of time, and how many milliseconds they have.
const TIMES: [(&str, u64); 4] = [("h", 3_600_000), ("min", 60_000), ("s", 1000), ("ms", 1)];

impl CheckpointInterval {
    /// Whether it ever says anything.
    pub(crate) fn is_positive(self) -> bool {
        match self {
            Self::Steps(steps) => steps > 0,
            Self::Time(time) => !time.is_zero(),
            Self::Epochs(epochs) => epochs > 0,
        }
    }
}

impl FromStr for CheckpointInterval {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let read = || {
            let number: u64 = number.parse().ok()?;
            match unit.trim_start() {
                "step" | "steps" => Some(Self::Steps(number)),
                "epoch" | "epochs" => Some(Self::Epochs(usize::try_from(number).ok()?)),
                unit => {
                    let (_, size) = TIMES.iter().find(|(name, _)| *name == unit)?;
                    let time = number.checked_mul(*size)?;
                    Some(Self::Time(Duration::from_millis(time)))
                }
            }
        };
        let interval = read().filter(|interval| interval.is_positive());
        interval.ok_or_else(|| CheckpointError::Interval {
            received: text.chars().take(80).collect(),
        })
    }
}

impl fmt::Display for CheckpointInterval {
    /// As it is read: `500steps`, `30s`, `1epoch`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |many: bool| if many { "s" } else { "" };
        match *self {
            Self::Steps(steps) => write!(f, "{steps}step{}", plural(steps != 1)),
            Self::Epochs(epochs) => write!(f, "{epochs}epoch{}", plural(epochs != 1)),
            Self::Time(time) => {
                let milliseconds = time.as_millis();
                let whole = TIMES
                    .iter()
                    .find(|(_, size)| milliseconds.is_multiple_of(u128::from(*size)));
                let (unit, size) = whole.copied().unwrap_or(("ms", 1));
                write!(f, "{}{unit}", milliseconds / u128::from(size))
            }
        }
    }
}

impl Serialize for CheckpointInterval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CheckpointInterval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_and_written() {
        let time = |seconds| CheckpointInterval::Time(Duration::from_secs(seconds));
        for (text, interval, written) in [
            ("500steps", CheckpointInterval::Steps(500), "500steps"),
            ("1 step", CheckpointInterval::Steps(1), "1step"),
            ("30s", time(30), "30s"),
            ("90s", time(90), "90s"),
            ("60s", time(60), "1min"),
            ("5min", time(300), "5min"),
            ("2h", time(7200), "2h"),
            (
                "250ms",
                CheckpointInterval::Time(Duration::from_millis(250)),
                "250ms",
            ),
            ("1epoch", CheckpointInterval::Epochs(1), "1epoch"),
            ("3epochs", CheckpointInterval::Epochs(3), "3epochs"),
        ] {
            assert_eq!(text.parse::<CheckpointInterval>().unwrap(), interval);
            assert_eq!(interval.to_string(), written);
        }
    }

    #[test]
    fn what_is_no_interval_is_told() {
        for text in [
            "",
            "5",
            "s",
            "-5s",
            "0s",
            "0epochs",
            "5 minutes",
            "1.5h",
            "99999999999999999999s",
            "18446744073709551615h",
        ] {
            let error = text.parse::<CheckpointInterval>().unwrap_err().to_string();
            assert!(
                error.starts_with(&format!(
                    "`{text}` says no interval between checkpoints; expected"
                )),
                "{error}"
            );
        }
    }
}
