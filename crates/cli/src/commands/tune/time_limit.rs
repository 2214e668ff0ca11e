use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// How long a search may take; as a string `90s`, `10m`, `2h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeLimit(pub(super) Duration);

/// A text that is no time.
#[derive(Debug)]
pub(super) struct TimeLimitError;

impl fmt::Display for TimeLimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a time above 0 with its unit, such as 90s, 10m or 2h")
    }
}

impl std::error::Error for TimeLimitError {}

impl FromStr for TimeLimit {
    type Err = TimeLimitError;

    fn from_str(text: &str) -> Result<Self, TimeLimitError> {
        let text = text.trim();
        let units = [("s", 1.0), ("m", 60.0), ("min", 60.0), ("h", 3600.0)];
        let at = text
            .find(|letter: char| letter.is_ascii_alphabetic())
            .ok_or(TimeLimitError)?;
        let (number, unit) = text.split_at(at);
        let seconds = units.iter().find(|(name, _)| *name == unit.trim());
        let (Some((_, seconds)), Ok(number)) = (seconds, number.trim().parse::<f64>()) else {
            return Err(TimeLimitError);
        };
        match Duration::try_from_secs_f64(number * seconds) {
            Ok(limit) if !limit.is_zero() => Ok(Self(limit)),
            _ => Err(TimeLimitError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_unit() {
        for (text, seconds) in [("90s", 90), ("10m", 600), ("1.5h", 5400), ("2 min", 120)] {
            assert_eq!(text.parse::<TimeLimit>().unwrap().0.as_secs(), seconds);
        }
        for text in ["", "10", "0s", "-1s", "5d", "m", "infs", "1e300h"] {
            assert!(text.parse::<TimeLimit>().is_err(), "{text}");
        }
    }
}
