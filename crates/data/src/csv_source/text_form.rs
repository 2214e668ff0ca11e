use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{CsvFill, CsvSource, CsvTarget, CsvTest};
use crate::column_encoding::ColumnEncoding;
use crate::csv_cells::CsvMissing;
use crate::csv_error::CsvError;
use crate::error::DataError;
use crate::fingerprint::Fingerprint;
use crate::number_format::NumberFormat;

/// What a file of settings says of a table.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TextForm {
    csv: PathBuf,
    target: OneOrMore,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    classes: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    class_names: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    features: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ignored: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delimiter: Option<char>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decimal: Option<char>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    thousands: Option<char>,
    #[serde(default, skip_serializing_if = "is_default")]
    missing: CsvMissing,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    missing_words: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    test_split: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    test_csv: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fingerprint: Option<Fingerprint>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    categorical: Option<Categorical>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    missing_in: BTreeMap<String, CsvMissing>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    offsets: BTreeMap<String, f64>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    fills: BTreeMap<String, CsvFill>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    encodings: BTreeMap<String, ColumnEncoding>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    inputs: BTreeMap<String, Vec<String>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    outputs: BTreeMap<String, Vec<String>>,
}

impl TextForm {
    pub(super) const KEYS: &'static [&'static str] = &[
        "csv",
        "target",
        "classes",
        "class_names",
        "features",
        "ignored",
        "delimiter",
        "decimal",
        "thousands",
        "missing",
        "missing_words",
        "test_split",
        "test_csv",
        "fingerprint",
        "categorical",
        "missing_in",
        "offsets",
        "fills",
        "encodings",
        "inputs",
        "outputs",
    ];
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected the name of a column, or a list of names"
)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// `"all"`, or a list of columns.
#[derive(Clone, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected \"all\", or a list of names of columns"
)]
enum Categorical {
    All(All),
    These(Vec<String>),
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum All {
    All,
}

impl TryFrom<TextForm> for CsvSource {
    type Error = DataError;

    fn try_from(form: TextForm) -> Result<Self, DataError> {
        let description = |setting, needs| CsvError::Description { setting, needs };
        let columns = match form.target {
            OneOrMore::One(column) => vec![column],
            OneOrMore::More(columns) => columns,
        };
        let target = match <[String; 1]>::try_from(columns) {
            Ok([column]) if form.classes => CsvTarget::Classes {
                column,
                names: None,
            },
            Ok(columns) => CsvTarget::Values(columns.into()),
            Err(_) if form.classes => {
                return Err(description("`classes`", "a single target column").into());
            }
            Err(columns) => CsvTarget::Values(columns),
        };
        let test = match (form.test_split, form.test_csv) {
            (None, None) => None,
            (Some(share), None) => Some(CsvTest::Split(share)),
            (None, Some(path)) => Some(CsvTest::File(path)),
            (Some(_), Some(_)) => {
                return Err(
                    description("`test_split`", "all rows in one file, no `test_csv`").into(),
                );
            }
        };
        let mut source = Self {
            features: form.features,
            ignored: form.ignored,
            fingerprint: form.fingerprint,
            inputs: form.inputs,
            outputs: form.outputs,
            ..Self::new(form.csv, target)
        };
        if let Some(test) = test {
            source = source.with_test(test)?;
        }
        if let Some(class_names) = form.class_names {
            source = source.with_class_names(class_names)?;
        }
        if let Some(delimiter) = form.delimiter {
            source = source.with_delimiter(delimiter)?;
        }
        if let Some(decimal) = form.decimal {
            source = source.with_decimal(decimal)?;
        }
        if let Some(thousands) = form.thousands {
            source = source.with_thousands(thousands)?;
        }
        source.cells.numbers.check()?;
        if let Some(words) = form.missing_words {
            source = source.with_missing_words(words);
        }
        for (column, offset) in form.offsets {
            source = source.with_offset(column, offset)?;
        }
        source.cells.missing = form.missing;
        source.cells.missing_in = form.missing_in;
        source = match form.categorical {
            None => source,
            Some(Categorical::All(All::All)) => source.with_all_categorical(),
            Some(Categorical::These(columns)) => source.with_categorical(columns),
        };
        for (column, encoding) in form.encodings {
            let is_twice = source
                .encoding_of(&column)
                .is_some_and(|own| *own != encoding);
            if is_twice {
                return Err(CsvError::EncodedTwice { column }.into());
            }
            source = source.with_encoding(column, encoding)?;
        }
        source.treatments.fills = form.fills;
        Ok(source)
    }
}

/// Whether nothing needs to be said of missing cells.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_default(missing: &CsvMissing) -> bool {
    *missing == CsvMissing::default()
}

impl From<CsvSource> for TextForm {
    fn from(source: CsvSource) -> Self {
        let numbers = source.cells.numbers;
        let (target, classes, class_names) = match source.target {
            CsvTarget::Classes { column, names } => (OneOrMore::One(column), true, names),
            CsvTarget::Values(mut columns) if columns.len() == 1 => {
                (OneOrMore::One(columns.swap_remove(0)), false, None)
            }
            CsvTarget::Values(columns) => (OneOrMore::More(columns), false, None),
        };
        let (test_split, test_csv) = match source.test {
            None => (None, None),
            Some(CsvTest::Split(share)) => (Some(share), None),
            Some(CsvTest::File(path)) => (None, Some(path)),
        };
        Self {
            csv: source.path,
            target,
            classes,
            class_names,
            features: source.features,
            ignored: source.ignored,
            delimiter: source.delimiter.map(char::from),
            decimal: (numbers.decimal != NumberFormat::default().decimal)
                .then_some(numbers.decimal),
            thousands: numbers.thousands,
            missing: source.cells.missing,
            missing_words: source.cells.missing_words,
            test_split,
            test_csv,
            fingerprint: source.fingerprint,
            categorical: source
                .treatments
                .all_categorical
                .then_some(Categorical::All(All::All)),
            missing_in: source.cells.missing_in,
            offsets: source.offsets,
            fills: source.treatments.fills,
            encodings: source.treatments.encodings,
            inputs: source.inputs,
            outputs: source.outputs,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_a_known_key() {
        let all = CsvSource::classes("a.csv", "b")
            .with_features(["c"])
            .without_columns(["d"])
            .with_delimiter(';')
            .and_then(|source| source.with_class_names(["e"]))
            .and_then(|source| source.with_decimal(','))
            .and_then(|source| source.with_thousands('.'))
            .and_then(|source| source.with_offset("c", 1.5))
            .unwrap()
            .with_missing(CsvMissing::Drop)
            .with_missing_in("c", CsvMissing::Median)
            .with_categorical(["g"])
            .with_all_categorical()
            .with_missing_words(["?"])
            .with_input("x", ["c"])
            .with_output("y", ["b"])
            .with_fingerprint("3-0f-f0".parse().ok());
        let mut all = all;
        all.treatments.fills = [
            ("c".to_owned(), CsvFill::Number(1.5)),
            ("g".to_owned(), CsvFill::Category("1".to_owned())),
        ]
        .into();
        let mut keys = std::collections::BTreeSet::new();
        for test in [CsvTest::Split(0.5), CsvTest::File("f.csv".into())] {
            let source = all.clone().with_test(test).unwrap();
            let written = toml::Table::try_from(&source).unwrap();
            keys.extend(written.keys().cloned());
            assert_eq!(written.try_into::<CsvSource>().unwrap(), source);
        }
        let known: Vec<&str> = CsvSource::KEYS.to_vec();
        assert_eq!(keys.len(), known.len());
        assert!(keys.iter().all(|key| known.contains(&key.as_str())));
    }
}
