use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::whole_numbers::{WholeNumbersError, whole_numbers};

/// Units of the hidden layers; as a string `128,64`, or `none` for a linear classifier.
///
/// ```
/// use firebrick::recipes::HiddenUnits;
///
/// assert_eq!("128,64".parse::<HiddenUnits>()?, HiddenUnits::default());
/// # Ok::<(), firebrick::recipes::HiddenUnitsError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HiddenUnits(
    /// From the input on.
    pub Vec<usize>,
);

impl Default for HiddenUnits {
    fn default() -> Self {
        Self(vec![128, 64])
    }
}

/// A text that is no list of widths.
#[derive(Debug)]
pub struct HiddenUnitsError(WholeNumbersError);

impl fmt::Display for HiddenUnitsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected whole numbers with commas between them, such as 128,64, or `none`; {}",
            self.0.received()
        )
    }
}

impl std::error::Error for HiddenUnitsError {}

impl FromStr for HiddenUnits {
    type Err = HiddenUnitsError;

    fn from_str(text: &str) -> Result<Self, HiddenUnitsError> {
        if text.is_empty() || text == "none" {
            return Ok(Self(Vec::new()));
        }
        whole_numbers(text).map(Self).map_err(HiddenUnitsError)
    }
}

impl fmt::Display for HiddenUnits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        let units: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&units.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_read_from_the_input_on() {
        for (text, widths) in [
            ("128,64", vec![128, 64]),
            ("32, 16", vec![32, 16]),
            ("7", vec![7]),
            ("none", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(text.parse::<HiddenUnits>().unwrap(), HiddenUnits(widths));
        }
        for text in ["128,", "a", "-1", "1.5", "none,3"] {
            assert!(text.parse::<HiddenUnits>().is_err(), "{text}");
        }
    }
}
