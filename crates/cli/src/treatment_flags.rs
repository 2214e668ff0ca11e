//! What flags say of how the cells of a table become numbers.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use anyhow::anyhow;
use firebrick::datasets::{ColumnEncoding, CsvMissing, CsvSource};

use crate::dialect_flags::{Names, split_quoted};
use crate::failure::OrUsage;

/// What flags say of how the cells of a table become numbers; in a file of settings it stands in `data`.
#[derive(Clone, Debug, Default, PartialEq, clap::Args)]
pub(crate) struct TreatmentFlags {
    /// Columns of a table whose cells are categories, by words or by numbers, each of which gets a column of ones and
    /// zeros; `all` for those that hold words
    #[arg(long, value_name = "COLUMN,…|all", help_heading = "Data")]
    categorical: Option<Categorical>,

    /// How cells of a column become numbers: `one-hot`, `one-hot:max_tokens=20`, `index`, `hash:64`, `bins:4`, `number`
    #[arg(long, value_name = "COLUMN=ENCODING,…", help_heading = "Data")]
    encode: Vec<Encodings>,

    /// What becomes of missing cells, of all columns or of one: `refuse`, `drop` (the row), or filled with `mean`, `median`,
    /// `most-frequent`, `zero`; `indicator` adds a column that says so [default: refuse]
    #[arg(long, value_name = "[COLUMN=]RULE,…", help_heading = "Data")]
    missing: Option<MissingRules>,
}

impl TreatmentFlags {
    /// The table with what the flags say.
    ///
    /// # Errors
    /// With a usage error two things that are said of one column.
    pub(crate) fn applied_to(&self, mut source: CsvSource) -> anyhow::Result<CsvSource> {
        let mut encoded = BTreeSet::new();
        match &self.categorical {
            None => {}
            Some(Categorical::All) => source = source.with_all_categorical(),
            Some(Categorical::These(names)) => {
                for name in names {
                    encoded.insert(name.clone());
                    // One that a file encodes already is one of categories in its own way.
                    let is_already = source
                        .encoding_of(name)
                        .is_some_and(ColumnEncoding::is_categorical);
                    if !is_already {
                        source = source.with_categorical([name.as_str()]);
                    }
                }
            }
        }
        for (name, encoding) in self.encode.iter().flat_map(|list| &list.0) {
            if !encoded.insert(name.clone()) {
                return Err(anyhow!(
                    "expected one encoding for the column `{}`, received several; leave all but one of them out of `--encode` and \
                     `--categorical`",
                    name.escape_debug()
                ))
                .or_usage();
            }
            source = source.with_encoding(name, encoding.clone()).or_usage()?;
        }
        if let Some(rules) = &self.missing {
            if let Some(all) = rules.all {
                source = source.with_missing(all);
            }
            for (name, rule) in &rules.columns {
                source = source.with_missing_in(name, *rule);
            }
        }
        Ok(source)
    }

    /// The flags that were given.
    pub(crate) fn given(&self) -> Vec<&'static str> {
        let flags = [
            ("--categorical", self.categorical.is_some()),
            ("--encode", !self.encode.is_empty()),
            ("--missing", self.missing.is_some()),
        ];
        let given = flags.into_iter().filter(|(_, is_given)| *is_given);
        given.map(|(flag, _)| flag).collect()
    }
}

/// Columns of categories; as a string `all`, or names with commas between them, `'"all"'` for a column that is called so.
#[derive(Clone, Debug, PartialEq)]
enum Categorical {
    All,
    These(Vec<String>),
}

impl FromStr for Categorical {
    type Err = ListError;

    fn from_str(text: &str) -> Result<Self, ListError> {
        if text.trim() == "all" {
            return Ok(Self::All);
        }
        let Ok(Names(names)) = text.parse() else {
            return Err(ListError::new(
                text,
                "columns with commas between them, or `all`",
            ));
        };
        if names.is_empty() {
            return Err(ListError::new(text, "at least one column, or `all`"));
        }
        Ok(Self::These(names))
    }
}

/// Columns with their encodings; as a string `zip=hash:64,age=bins:4`.
#[derive(Clone, Debug, PartialEq)]
struct Encodings(Vec<(String, ColumnEncoding)>);

impl FromStr for Encodings {
    type Err = ListError;

    fn from_str(text: &str) -> Result<Self, ListError> {
        let wrong = || {
            ListError::new(
                text,
                "columns with their encodings, as in `zip=hash:64,age=bins:4`",
            )
        };
        let mut encodings: Vec<(String, String)> = Vec::new();
        for Entry { column, value } in entries(text).ok_or_else(wrong)? {
            match (column, encodings.last_mut()) {
                (Some(column), _) => encodings.push((column, value)),
                // A list, of boundaries say.
                (None, Some((_, list))) => {
                    list.push(',');
                    list.push_str(&value);
                }
                (None, None) => return Err(wrong()),
            }
        }
        if encodings.is_empty() {
            return Err(wrong());
        }
        let read = |(column, encoding): (String, String)| {
            let encoding = encoding.parse().map_err(|error| {
                ListError(format!("column `{}`: {error}", column.escape_debug()))
            })?;
            Ok((column, encoding))
        };
        encodings
            .into_iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// What becomes of missing cells; as a string `mean`, or `mean,color=most-frequent`.
#[derive(Clone, Debug, PartialEq)]
struct MissingRules {
    all: Option<CsvMissing>,
    columns: Vec<(String, CsvMissing)>,
}

impl FromStr for MissingRules {
    type Err = ListError;

    fn from_str(text: &str) -> Result<Self, ListError> {
        let wrong = || {
            let rules = CsvMissing::NAMES.join(", ");
            ListError(format!(
                "expected a rule for all columns or rules for some, as in `mean,color=drop`; rules are {rules}"
            ))
        };
        let mut rules = Self {
            all: None,
            columns: Vec::new(),
        };
        let entries = entries(text).ok_or_else(wrong)?;
        if entries.is_empty() {
            return Err(wrong());
        }
        for Entry { column, value } in entries {
            let rule: CsvMissing = value
                .parse()
                .map_err(|error| ListError(format!("{error}")))?;
            match column {
                None => {
                    if let Some(other) = rules.all.replace(rule) {
                        return Err(ListError(format!(
                            "expected one rule for all columns, received `{other}` and `{rule}`; leave one of them out"
                        )));
                    }
                }
                Some(column) => {
                    if let Some((_, other)) = rules.columns.iter().find(|(own, _)| *own == column) {
                        let column = column.escape_debug();
                        return Err(ListError(format!(
                            "expected one rule for the column `{column}`, received `{other}` and `{rule}`; leave one of them out"
                        )));
                    }
                    rules.columns.push((column, rule));
                }
            }
        }
        Ok(rules)
    }
}

/// A list that cannot be read.
#[derive(Debug)]
struct ListError(String);

impl ListError {
    fn new(text: &str, expected: &str) -> Self {
        Self(format!(
            "expected {expected}, received `{}`",
            text.escape_debug()
        ))
    }
}

impl fmt::Display for ListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ListError {}

/// `column=value`, or a value alone.
struct Entry {
    column: Option<String>,
    value: String,
}

/// The entries between commas, of which a column may be quoted; `None` for a quote that is not closed, or that `=` does not
/// follow, and for a column without a name.
fn entries(text: &str) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let mut column = None;
        if let Some(quoted) = rest.strip_prefix('"') {
            let (name, behind) = split_quoted(quoted)?;
            column = Some(name);
            rest = behind.trim_start().strip_prefix('=')?;
        }
        let (mut value, behind) = rest.split_once(',').unwrap_or((rest, ""));
        if column.is_none()
            && let Some((name, own)) = value.split_once('=')
        {
            column = Some(name.trim().to_owned());
            value = own;
        }
        if column.as_ref().is_some_and(String::is_empty) {
            return None;
        }
        if column.is_some() || !value.trim().is_empty() {
            let value = value.trim().to_owned();
            entries.push(Entry { column, value });
        }
        rest = behind.trim_start();
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_with_their_columns() {
        let rules = |text: &str| {
            text.parse::<MissingRules>()
                .map_err(|error| error.to_string())
        };
        assert_eq!(
            rules("mean,color=most-frequent,\"price, EUR\"=drop").unwrap(),
            MissingRules {
                all: Some(CsvMissing::Mean),
                columns: vec![
                    ("color".to_owned(), CsvMissing::MostFrequent),
                    ("price, EUR".to_owned(), CsvMissing::Drop)
                ],
            }
        );
        for (text, word) in [
            ("mean,median", "received `mean` and `median`"),
            ("age=mean,age=median", "one rule for the column `age`"),
            ("age=", "received ``"),
            ("=mean", "as in `mean,color=drop`"),
            ("", "as in `mean,color=drop`"),
            ("\"age", "as in `mean,color=drop`"),
            ("\"age\"mean", "as in `mean,color=drop`"),
            ("maen", "did you mean `mean`?"),
        ] {
            let error = rules(text).unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
        let encodings = |text: &str| text.parse::<Encodings>().map_err(|error| error.to_string());
        let read = encodings("age=bins:bin_boundaries=18,65,zip=hash:8, \"a=b\"=index").unwrap();
        let columns: Vec<&str> = read.0.iter().map(|(column, _)| column.as_str()).collect();
        assert_eq!(columns, ["age", "zip", "a=b"]);
        assert_eq!(read.0[0].1.to_string(), "bins:bin_boundaries=[18,65]");
        for (text, word) in [
            ("hash:8", "as in `zip=hash:64,age=bins:4`"),
            ("", "as in `zip=hash:64,age=bins:4`"),
            ("zip=hsh:8", "column `zip`: unknown encoding `hsh`"),
            ("zip=hash", "column `zip`"),
            ("zip=", "column `zip`"),
        ] {
            let error = encodings(text).unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
        assert_eq!("all".parse::<Categorical>().unwrap(), Categorical::All);
        assert_eq!(
            "\"all\"".parse::<Categorical>().unwrap(),
            Categorical::These(vec!["all".to_owned()])
        );
        assert!("".parse::<Categorical>().is_err());
    }
}
