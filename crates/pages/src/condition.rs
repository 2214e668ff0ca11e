//! Conditions that runs are chosen by.

use std::str::FromStr;

use firebrick::specs::is_like;

use crate::error::PagesError;
use crate::run_key::{RunKey, RunValue};
use crate::run_summary::RunSummary;

/// The comparisons, those first that another begins like.
const COMPARISONS: [(&str, Comparison); 6] = [
    ("!=", Comparison::Unlike),
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("=", Comparison::Like),
    ("<", Comparison::Below),
    (">", Comparison::Above),
];

/// What has to hold of a run for it to be chosen.
///
/// ```
/// use firebrick_pages::Condition;
///
/// for text in ["mnist", "state=running", "data=mnist*", "optimizer!=sgd", "val_accuracy>0.9", "epochs<=20"] {
///     assert!(text.parse::<Condition>().is_ok(), "{text}");
/// }
/// assert!("val_accuracy>high".parse::<Condition>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    key: RunKey,
    comparison: Comparison,
    text: String,
    number: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Comparison {
    Like,
    Unlike,
    Below,
    AtMost,
    Above,
    AtLeast,
}

impl Condition {
    pub(crate) fn key(&self) -> &RunKey {
        &self.key
    }

    /// Whether it holds; nothing but being unlike holds of what a run does not have.
    pub(crate) fn holds(&self, run: &RunSummary) -> bool {
        let Some(value) = self.key.value(run) else {
            return self.comparison == Comparison::Unlike;
        };
        match (value, self.number) {
            (RunValue::Number(own), Some(number)) => {
                let is_same = (own - number).abs() <= f64::EPSILON * number.abs();
                match self.comparison {
                    Comparison::Like => is_same,
                    Comparison::Unlike => !is_same,
                    Comparison::Below => own < number,
                    Comparison::AtMost => own <= number,
                    Comparison::Above => own > number,
                    Comparison::AtLeast => own >= number,
                }
            }
            (RunValue::Number(own), None) => self.is_like(&own.to_string()),
            (RunValue::Text(own), _) => self.is_like(&own),
        }
    }

    fn is_like(&self, text: &str) -> bool {
        let is_like = is_like(text, &self.text);
        match self.comparison {
            Comparison::Like => is_like,
            Comparison::Unlike => !is_like,
            _ => false,
        }
    }
}

impl FromStr for Condition {
    type Err = PagesError;

    fn from_str(text: &str) -> Result<Self, PagesError> {
        let wrong = || PagesError::Condition {
            received: text.to_owned(),
        };
        let Some(at) = text.find(['=', '<', '>', '!']) else {
            if text.trim().is_empty() {
                return Err(wrong());
            }
            return Ok(Self {
                key: RunKey::from("name"),
                comparison: Comparison::Like,
                text: format!("*{}*", text.trim()),
                number: None,
            });
        };
        let (key, rest) = text.split_at(at);
        let found = COMPARISONS
            .iter()
            .find_map(|(sign, comparison)| Some((*comparison, rest.strip_prefix(sign)?)));
        let (comparison, value) = found.ok_or_else(wrong)?;
        let (key, value) = (key.trim(), value.trim());
        let number: Option<f64> = value.parse().ok();
        let is_text = matches!(comparison, Comparison::Like | Comparison::Unlike);
        if key.is_empty() || value.is_empty() || (number.is_none() && !is_text) {
            return Err(wrong());
        }
        Ok(Self {
            key: RunKey::from(key),
            comparison,
            text: value.to_owned(),
            number,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_condition_says_what_is_expected() {
        for text in ["", " ", "=x", "epochs=", "epochs<many", "a!b", ">3"] {
            let error = text.parse::<Condition>().unwrap_err().to_string();
            assert!(error.contains("state=running"), "{text}: {error}");
        }
    }
}
