//! Numbers between two bounds.

use std::fmt;
use std::str::FromStr;

use firebrick::specs::{Value, number_text};

/// How the numbers between two bounds are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spread {
    /// Equal distances are alike.
    Linear,
    /// Equal ratios are alike.
    Log,
}

/// Numbers from `low` to `high`, both included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    low: f64,
    high: f64,
    spread: Spread,
    is_whole: bool,
    /// So many of them and no others, the bounds among them.
    count: Option<usize>,
}

/// The forms that a text may have.
pub(crate) const FORMS: &str = "expected choices such as `32|64|128` or a range: `0..0.5`, `log:1e-4..1e-1`, `int:1..8` or \
     `logint:16..512`, with `/N` behind it for N values";

/// Digits that a drawn number keeps, so that what is shown is what was trained with, on every machine.
const DIGITS: usize = 4;
/// The largest whole number that a `f64` still tells from its neighbours.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;

const PREFIXES: [(&str, Spread, bool); 4] = [
    ("lin", Spread::Linear, false),
    ("log", Spread::Log, false),
    ("int", Spread::Linear, true),
    ("logint", Spread::Log, true),
];

impl Range {
    /// Whether a text means to be a range, well formed or not.
    pub(crate) fn is_meant(text: &str) -> bool {
        let prefix = text.split_once(':').map(|(prefix, _)| prefix.trim());
        let has_prefix =
            prefix.is_some_and(|prefix| PREFIXES.iter().any(|(name, ..)| *name == prefix));
        has_prefix || (text.contains("..") && !text.contains('|'))
    }

    /// The value at a place between 0, the lowest, and below 1.
    pub(crate) fn at(&self, share: f64) -> Value {
        match self.len() {
            Some(len) => {
                let index = (share * len as f64).floor();
                self.nth(whole(index).min(len - 1))
            }
            None => self.value(rounded(self.between(share))),
        }
    }

    /// How many different values there are, if that is finite.
    pub(crate) fn len(&self) -> Option<usize> {
        let all = self.is_whole.then(|| whole(self.high - self.low) + 1);
        match (self.count, all, self.spread) {
            (Some(count), _, _) => Some(count),
            (None, Some(all), Spread::Linear) => Some(all),
            // Small ones are more likely than large ones.
            (None, ..) => None,
        }
    }

    /// One of finitely many values, counted from 0.
    pub(crate) fn nth(&self, index: usize) -> Value {
        let Some(count) = self.count else {
            return self.value(self.low + index as f64);
        };
        let last = count - 1;
        let number = match index {
            0 => self.low,
            index if index == last => self.high,
            index => rounded(self.between(index as f64 / last as f64)),
        };
        self.value(number)
    }

    /// Where a number lies, from 0 at the lowest to 1 at the highest.
    pub(crate) fn place(&self, number: f64) -> f64 {
        let (low, high, number) = match self.spread {
            Spread::Linear => (self.low, self.high, number),
            Spread::Log => (self.low.ln(), self.high.ln(), number.ln()),
        };
        ((number - low) / (high - low)).clamp(0.0, 1.0)
    }

    fn between(&self, share: f64) -> f64 {
        let (low, high) = (self.low, self.high);
        let number = match self.spread {
            Spread::Linear => low + (high - low) * share,
            Spread::Log => (low.ln() + (high.ln() - low.ln()) * share).exp(),
        };
        number.clamp(low, high)
    }

    fn value(&self, number: f64) -> Value {
        let number = number.clamp(self.low, self.high);
        if self.is_whole {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the bounds have been checked"
            )]
            return Value::Integer(number.round() as i128);
        }
        Value::Number(number)
    }

    fn check(self) -> Result<Self, String> {
        let Self {
            low,
            high,
            spread,
            is_whole,
            count,
        } = self;
        let (shown_low, shown_high) = (number_text(low), number_text(high));
        if !low.is_finite() || !high.is_finite() || low >= high {
            return Err(format!(
                "the range {shown_low}..{shown_high} has to go from a smaller to a larger number"
            ));
        }
        if spread == Spread::Log && low <= 0.0 {
            return Err(format!(
                "the range {shown_low}..{shown_high} is by ratios, so it has to begin above 0; without `log` it need not"
            ));
        }
        let is_number_whole = |number: f64| number.fract() == 0.0 && number.abs() < LARGEST_WHOLE;
        if is_whole && !(is_number_whole(low) && is_number_whole(high)) {
            return Err(format!(
                "the range {shown_low}..{shown_high} is of whole numbers, so its bounds have to be whole"
            ));
        }
        match count {
            Some(0 | 1) => {
                Err("a range has at least the 2 values at its ends; say `/2` or more".to_owned())
            }
            Some(count) if is_whole && count as f64 > high - low + 1.0 => Err(format!(
                "between {shown_low} and {shown_high} there are fewer than {count} whole numbers"
            )),
            _ => Ok(self),
        }
    }
}

impl FromStr for Range {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (prefix, rest) = match text.split_once(':') {
            Some((prefix, rest)) => (prefix.trim(), rest),
            None => ("lin", text),
        };
        let Some(&(_, spread, is_whole)) = PREFIXES.iter().find(|(name, ..)| *name == prefix)
        else {
            return Err(format!("unknown kind of range `{prefix}`; {FORMS}"));
        };
        let (bounds, count) = match rest.split_once('/') {
            Some((bounds, count)) => (bounds, Some(count.trim())),
            None => (rest, None),
        };
        let count = count
            .map(|count| {
                let wrong = |_| format!("`/{count}` is no number of values; {FORMS}");
                count.parse().map_err(wrong)
            })
            .transpose()?;
        let number = |text: &str| text.trim().parse::<f64>().ok();
        let bounds = bounds.split_once("..");
        let bounds = bounds.and_then(|(low, high)| Some((number(low)?, number(high)?)));
        let Some((low, high)) = bounds else {
            return Err(format!("`{}` is no range; {FORMS}", text.trim()));
        };
        let range = Self {
            low,
            high,
            spread,
            is_whole,
            count,
        };
        range.check()
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_own = |(_, spread, is_whole): &&(&str, Spread, bool)| {
            *spread == self.spread && *is_whole == self.is_whole
        };
        let prefix = PREFIXES
            .iter()
            .find(is_own)
            .map_or("lin", |(name, ..)| name);
        if prefix != "lin" {
            write!(f, "{prefix}:")?;
        }
        write!(f, "{}..{}", number_text(self.low), number_text(self.high))?;
        match self.count {
            Some(count) => write!(f, "/{count}"),
            None => Ok(()),
        }
    }
}

/// The number with as many digits as are kept.
fn rounded(number: f64) -> f64 {
    format!("{number:.*e}", DIGITS - 1)
        .parse()
        .unwrap_or(number)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "numbers that are not below 0; too large ones become the largest"
)]
fn whole(number: f64) -> usize {
    number as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> Range {
        text.parse().unwrap()
    }

    #[test]
    fn a_share_is_a_place_between_the_bounds() {
        for (text, share, expected) in [
            ("0..0.5", 0.0, Value::Number(0.0)),
            ("lin:0..0.5", 0.5, Value::Number(0.25)),
            ("0..1", 0.123_456, Value::Number(0.1235)),
            ("log:1e-4..1e-2", 0.5, Value::Number(1e-3)),
            ("int:1..8", 0.0, Value::Integer(1)),
            ("int:1..8", 0.999, Value::Integer(8)),
            ("int:-2..2", 0.5, Value::Integer(0)),
            ("logint:1..100", 0.5, Value::Integer(10)),
            ("log:1e-4..1e-1/4", 0.3, Value::Number(1e-3)),
        ] {
            assert_eq!(range(text).at(share), expected, "{text} at {share}");
        }
    }

    #[test]
    fn values_of_a_count_stand_at_equal_distances() {
        let all = |text: &str| {
            let range = range(text);
            (0..range.len().unwrap())
                .map(|index| range.nth(index).to_string())
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(all("log:1e-4..1e-1/4"), "0.0001 0.001 0.01 0.1");
        assert_eq!(all("0..1/5"), "0 0.25 0.5 0.75 1");
        assert_eq!(all("int:3..6"), "3 4 5 6");
        assert_eq!(all("logint:16..256/5"), "16 32 64 128 256");
        assert_eq!(range("0..1").len(), None);
    }

    #[test]
    fn wrong_ranges_say_what_is_wrong() {
        for (text, words) in [
            ("lg:1..2", "unknown kind of range `lg`"),
            ("log:0..1", "has to begin above 0"),
            ("1..1", "from a smaller to a larger number"),
            ("2..1", "from a smaller to a larger number"),
            ("0..inf", "from a smaller to a larger number"),
            ("NaN..1", "from a smaller to a larger number"),
            ("int:0.5..3", "bounds have to be whole"),
            ("0..1/1", "at least the 2 values"),
            ("0..1/x", "`/x` is no number of values"),
            ("int:1..3/4", "fewer than 4 whole numbers"),
            ("a..b", "`a..b` is no range"),
            ("log:3", "`log:3` is no range"),
        ] {
            let message = text.parse::<Range>().unwrap_err();
            assert!(message.contains(words), "{text}: {message}");
        }
    }
}
