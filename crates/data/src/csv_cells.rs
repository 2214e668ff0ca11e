//! What the cells of a table mean.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use firebrick_spec::{folded, nearest_name};
use serde::{Deserialize, Serialize};

use crate::names::shown;
use crate::number_format::NumberFormat;

/// What becomes of a missing cell.
///
/// A cell is missing where nothing stands, or a word that says so: see
/// [`CsvSource::with_missing_words`](crate::CsvSource::with_missing_words). What a cell is filled with is found in the rows that are
/// learned from, and taken for every other row too.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::datasets::{CsvMissing, CsvSource};
///
/// let houses = CsvSource::values("houses.csv", ["price"])
///     .with_missing(CsvMissing::Drop)
///     .with_missing_in("year", CsvMissing::Median);
/// # let _ = houses;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum CsvMissing {
    /// It is an error.
    #[default]
    Refuse,
    /// Its row is left out. Rows to answer are not: there it stays an error.
    Drop,
    /// It is filled with the mean of the column's numbers.
    Mean,
    /// It is filled with the median of the column's numbers.
    Median,
    /// It is filled with what the column holds most often; of several the smallest.
    MostFrequent,
    /// It is 0, among categories none of them.
    Zero,
    /// It is filled with the mean, among categories with none of them, and a column beside it says with 1 that it was missing.
    Indicator,
}

impl CsvMissing {
    /// The names in files of settings and on the command line.
    pub const NAMES: [&'static str; 7] = [
        "refuse",
        "drop",
        "mean",
        "median",
        "most-frequent",
        "zero",
        "indicator",
    ];

    const ALL: [Self; 7] = [
        Self::Refuse,
        Self::Drop,
        Self::Mean,
        Self::Median,
        Self::MostFrequent,
        Self::Zero,
        Self::Indicator,
    ];

    /// Whether something is put in its place.
    pub fn fills(self) -> bool {
        !matches!(self, Self::Refuse | Self::Drop)
    }

    /// Whether it needs numbers.
    pub(crate) fn needs_numbers(self) -> bool {
        matches!(self, Self::Mean | Self::Median)
    }
}

impl fmt::Display for CsvMissing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = Self::ALL.iter().position(|own| own == self);
        f.write_str(Self::NAMES[place.unwrap_or_default()])
    }
}

impl From<CsvMissing> for String {
    fn from(missing: CsvMissing) -> Self {
        missing.to_string()
    }
}

/// A word that says nothing of missing cells.
#[derive(Debug, thiserror::Error)]
#[error(
    "expected {}, received `{}`{}", CsvMissing::NAMES.join(", "), shown(received),
    firebrick_spec::did_you_mean(nearest_name(received, &CsvMissing::NAMES))
)]
pub struct CsvMissingError {
    received: String,
}

impl FromStr for CsvMissing {
    type Err = CsvMissingError;

    /// By name, in which case, hyphens and underscores do not count; `error` is `refuse`.
    fn from_str(text: &str) -> Result<Self, CsvMissingError> {
        if folded(text) == "error" {
            return Ok(Self::Refuse);
        }
        let place = Self::NAMES
            .iter()
            .position(|name| folded(name) == folded(text));
        let found = place.and_then(|place| Self::ALL.get(place));
        found.copied().ok_or_else(|| CsvMissingError {
            received: text.to_owned(),
        })
    }
}

impl TryFrom<String> for CsvMissing {
    type Error = CsvMissingError;

    fn try_from(text: String) -> Result<Self, CsvMissingError> {
        text.parse()
    }
}

/// How cells are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CellSettings {
    pub(crate) numbers: NumberFormat,
    pub(crate) missing: CsvMissing,
    /// What becomes of missing cells of some columns, where it is not what becomes of those of all.
    pub(crate) missing_in: BTreeMap<String, CsvMissing>,
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
pub(crate) enum Cell {
    /// A finite number.
    Number(f64),
    /// `True` or `False`.
    Truth(bool),
    /// Nothing.
    Missing,
    /// A number that is not finite.
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

    /// What a field is.
    /// Whether digits, perhaps with a point among them, are a number and nothing else.
    pub(crate) fn are_digits_numbers(&self) -> bool {
        self.missing_words.is_none() && self.numbers == NumberFormat::default()
    }

    pub(crate) fn cell(&self, field: &str) -> Cell {
        // Words of one's own may be numbers, such as -999.
        if self.missing_words.is_some() && self.is_missing(field) {
            return Cell::Missing;
        }
        match self.numbers.read(field) {
            Some(number) if number.is_finite() => Cell::Number(number),
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
            (&plain, "1e309", Cell::NotFinite),
            (&plain, "1,5", Cell::Text),
            (&own(&[]), "NA", Cell::Text),
            (&own(&[]), "NaN", Cell::NotFinite),
            (&own(&[]), "", Cell::Missing),
            (&own(&["-999", "?"]), "-999", Cell::Missing),
            (&own(&["-999", "?"]), "?", Cell::Missing),
            (&own(&["-999", "?"]), "-998", Cell::Number(-998.0)),
        ] {
            assert_eq!(settings.cell(field), expected, "{field}");
        }
    }

    #[test]
    fn what_becomes_of_missing_cells_has_a_name() {
        for (name, missing) in CsvMissing::NAMES.into_iter().zip(CsvMissing::ALL) {
            assert_eq!(name.parse::<CsvMissing>().unwrap(), missing);
            assert_eq!(missing.to_string(), name);
        }
        assert_eq!(
            "most_frequent".parse::<CsvMissing>().unwrap(),
            CsvMissing::MostFrequent
        );
        assert_eq!("error".parse::<CsvMissing>().unwrap(), CsvMissing::Refuse);
        let error = "medain".parse::<CsvMissing>().unwrap_err().to_string();
        assert_eq!(
            error,
            "expected refuse, drop, mean, median, most-frequent, zero, indicator, received `medain`, did you mean `median`?"
        );
    }
}
