//! What the cells of a table mean.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::number_format::NumberFormat;

/// What becomes of rows that miss a cell which is learned from or is to be predicted.
///
/// A cell is missing where nothing stands, or a word that says so: see
/// [`CsvSource::with_missing_words`](crate::CsvSource::with_missing_words).
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::datasets::{CsvMissing, CsvSource};
///
/// let houses = CsvSource::values("houses.csv", ["price"]).with_missing(CsvMissing::Drop);
/// # let _ = houses;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CsvMissing {
    /// They are an error.
    #[default]
    Refuse,
    /// They are left out. Rows to answer are not: there they stay an error.
    Drop,
}

impl CsvMissing {
    /// The names in files of settings and on the command line.
    pub const NAMES: [&'static str; 2] = ["refuse", "drop"];
}

impl fmt::Display for CsvMissing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refuse => "refuse",
            Self::Drop => "drop",
        })
    }
}

/// A word that says nothing of missing cells.
#[derive(Debug, thiserror::Error)]
#[error("expected {}", CsvMissing::NAMES.map(|name| format!("`{name}`")).join(" or "))]
pub struct CsvMissingError(());

impl FromStr for CsvMissing {
    type Err = CsvMissingError;

    fn from_str(text: &str) -> Result<Self, CsvMissingError> {
        match text {
            "refuse" => Ok(Self::Refuse),
            "drop" => Ok(Self::Drop),
            _ => Err(CsvMissingError(())),
        }
    }
}

/// How cells are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CellSettings {
    pub(crate) numbers: NumberFormat,
    pub(crate) missing: CsvMissing,
    /// The words for a cell that is missing, if not those of [`MISSING_WORDS`].
    pub(crate) missing_words: Option<Vec<String>>,
}

/// The words that stand for a missing cell where nothing else is said: those of pandas, and NaN in any case.
pub(crate) const MISSING_WORDS: [&str; 18] = [
    "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>",
    "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
];

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell<T> {
    /// A finite number.
    Number(T),
    /// `True` or `False`.
    Truth(bool),
    /// Nothing.
    Missing,
    /// A number that is not finite in this precision.
    NotFinite,
    /// Anything else.
    Text,
}

impl CellSettings {
    /// Whether a field stands for a missing cell.
    pub(crate) fn is_missing(&self, field: &str) -> bool {
        match &self.missing_words {
            _ if field.is_empty() => true,
            Some(words) => words.iter().any(|word| word == field),
            None => MISSING_WORDS.contains(&field) || field.eq_ignore_ascii_case("nan"),
        }
    }

    /// What a field is as a number of this precision.
    pub(crate) fn cell<T: FromStr + Copy + Into<f64>>(&self, field: &str) -> Cell<T> {
        // Words of one's own may be numbers, such as -999.
        if self.missing_words.is_some() && self.is_missing(field) {
            return Cell::Missing;
        }
        let number: Option<T> = self
            .numbers
            .plain(field)
            .and_then(|plain| plain.parse().ok());
        match number {
            Some(number) if number.into().is_finite() => Cell::Number(number),
            _ if self.is_missing(field) => Cell::Missing,
            Some(_) => Cell::NotFinite,
            None => match field {
                "True" | "true" | "TRUE" => Cell::Truth(true),
                "False" | "false" | "FALSE" => Cell::Truth(false),
                _ => Cell::Text,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_a_number_a_truth_or_missing() {
        let own = |words: &[&str]| CellSettings {
            missing_words: Some(words.iter().map(|&word| word.to_owned()).collect()),
            ..CellSettings::default()
        };
        let plain = CellSettings::default();
        for (settings, field, expected) in [
            (&plain, "-2e1", Cell::Number(-20.0)),
            (&plain, "True", Cell::Truth(true)),
            (&plain, "FALSE", Cell::Truth(false)),
            (&plain, "tRUE", Cell::Text),
            (&plain, "", Cell::Missing),
            (&plain, "NA", Cell::Missing),
            (&plain, "NAN", Cell::Missing),
            (&plain, "None", Cell::Missing),
            (&plain, "Na", Cell::Text),
            (&plain, "inf", Cell::NotFinite),
            (&plain, "1e39", Cell::NotFinite),
            (&plain, "1,5", Cell::Text),
            (&own(&[]), "NA", Cell::Text),
            (&own(&[]), "NaN", Cell::NotFinite),
            (&own(&[]), "", Cell::Missing),
            (&own(&["-999", "?"]), "-999", Cell::Missing),
            (&own(&["-999", "?"]), "?", Cell::Missing),
            (&own(&["-999", "?"]), "-998", Cell::Number(-998.0_f32)),
        ] {
            assert_eq!(settings.cell(field), expected, "{field}");
        }
    }

    #[test]
    fn what_becomes_of_rows_has_a_name() {
        for (name, missing) in CsvMissing::NAMES
            .into_iter()
            .zip([CsvMissing::Refuse, CsvMissing::Drop])
        {
            assert_eq!(name.parse::<CsvMissing>().unwrap(), missing);
            assert_eq!(missing.to_string(), name);
        }
        let error = "mean".parse::<CsvMissing>().unwrap_err().to_string();
        assert_eq!(error, "expected `refuse` or `drop`");
    }
}
