//! A table in a CSV file, in words.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::csv_error::CsvError;
use crate::csv_table::CsvTable;
use crate::error::DataError;

/// Which columns of a CSV file are to be predicted, and from which.
///
/// The file begins with a line of names. It is UTF-8, with or without a byte order mark, with line ends of any kind; fields may
/// be quoted, blanks around them do not count, and empty lines are skipped. Every column that is neither a target nor
/// ignored is a feature, in the order of the file.
///
/// ```
/// use firebrick_data::CsvSource;
///
/// let houses = CsvSource::values("houses.csv", ["price"]).without_columns(["id"]);
/// let irises = CsvSource::classes("iris.csv", "species").with_features(["petal_length", "petal_width"]);
/// # let _ = (houses, irises);
/// ```
///
/// In a file of settings it is a table, of which `csv` and `target` have to be there:
///
/// ```toml
/// csv = "iris.csv"
/// target = "species"                  # or several numbers to predict, ["width", "height"]
/// classes = true                      # the target is the name of a class, no number
/// class_names = ["setosa", "virginica"]
/// features = ["petal_length", "petal_width"]
/// ignored = ["id"]
/// delimiter = ";"
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "TextForm", into = "TextForm")]
pub struct CsvSource {
    pub(crate) path: PathBuf,
    pub(crate) target: CsvTarget,
    pub(crate) features: Option<Vec<String>>,
    pub(crate) ignored: Vec<String>,
    pub(crate) delimiter: u8,
}

/// What a table says is to be predicted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CsvTarget {
    /// The numbers of these columns.
    Values(Vec<String>),
    /// The class that a column names.
    Classes {
        /// The column.
        column: String,
        /// The classes in the order of their indices; those of the file, sorted, if not given.
        names: Option<Vec<String>>,
    },
}

impl CsvSource {
    /// A regression: numbers of one or more columns are predicted from all others.
    pub fn values<I>(path: impl Into<PathBuf>, targets: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        Self::new(path.into(), CsvTarget::Values(strings(targets)))
    }

    /// A classification: the class that a column names, as text or as a whole number, is predicted from all others.
    ///
    /// The classes of the file are numbered from 0 in sorted order, whole numbers by their size.
    pub fn classes(path: impl Into<PathBuf>, target: impl Into<String>) -> Self {
        let column = target.into();
        Self::new(
            path.into(),
            CsvTarget::Classes {
                column,
                names: None,
            },
        )
    }

    fn new(path: PathBuf, target: CsvTarget) -> Self {
        Self {
            path,
            target,
            features: None,
            ignored: Vec::new(),
            delimiter: b',',
        }
    }

    /// Predicts from these columns, in this order, and from no others.
    #[must_use = "returns the changed description"]
    pub fn with_features<I>(mut self, features: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.features = Some(strings(features));
        self
    }

    /// Ignores these columns.
    #[must_use = "returns the changed description"]
    pub fn without_columns<I>(mut self, ignored: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.ignored = strings(ignored);
        self
    }

    /// Sets the classes in the order of their indices, e.g. those of the table that was trained on for another one.
    ///
    /// # Errors
    /// [`CsvError::Description`] if the targets are numbers, or the names not different.
    pub fn with_class_names<I>(mut self, class_names: I) -> Result<Self, DataError>
    where
        I: IntoIterator<Item: Into<String>>,
    {
        let needs = |needs| {
            DataError::from(CsvError::Description {
                setting: "`class_names`",
                needs,
            })
        };
        let CsvTarget::Classes { names, .. } = &mut self.target else {
            return Err(needs(
                "a target of classes (`CsvSource::classes`, in a file `classes = true`)",
            ));
        };
        let class_names = strings(class_names);
        let different: BTreeSet<&String> = class_names.iter().collect();
        if different.is_empty() || different.len() != class_names.len() {
            return Err(needs("different names, at least one"));
        }
        *names = Some(class_names);
        Ok(self)
    }

    /// Sets what stands between fields, `,` otherwise.
    ///
    /// # Errors
    /// [`CsvError::Delimiter`] unless it is one ASCII character that can be told from the fields.
    pub fn with_delimiter(mut self, delimiter: char) -> Result<Self, DataError> {
        let is_taken = delimiter.is_ascii_alphanumeric() || "\"\r\n.-+".contains(delimiter);
        self.delimiter = u8::try_from(delimiter)
            .ok()
            .filter(|byte| byte.is_ascii() && !is_taken)
            .ok_or_else(|| CsvError::Delimiter {
                received: delimiter.to_string(),
            })?;
        Ok(self)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The same table at another place, e.g. relative to the file that describes it.
    #[must_use = "returns the changed description"]
    pub fn with_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = path.into();
        self
    }

    /// What is to be predicted.
    pub fn target(&self) -> &CsvTarget {
        &self.target
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`DataError::Read`], or what [`CsvError`] lists, with line and column.
    pub fn load(&self) -> Result<CsvTable, DataError> {
        CsvTable::read(self)
    }
}

fn strings<I: IntoIterator<Item: Into<String>>>(names: I) -> Vec<String> {
    names.into_iter().map(Into::into).collect()
}

/// What a file of settings says of a table.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TextForm {
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

impl TryFrom<TextForm> for CsvSource {
    type Error = DataError;

    fn try_from(form: TextForm) -> Result<Self, DataError> {
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
                return Err(DataError::from(CsvError::Description {
                    setting: "`classes`",
                    needs: "a single target column",
                }));
            }
            Err(columns) => CsvTarget::Values(columns),
        };
        let mut source = Self {
            features: form.features,
            ignored: form.ignored,
            ..Self::new(form.csv, target)
        };
        if let Some(class_names) = form.class_names {
            source = source.with_class_names(class_names)?;
        }
        match form.delimiter {
            Some(delimiter) => source.with_delimiter(delimiter),
            None => Ok(source),
        }
    }
}

impl From<CsvSource> for TextForm {
    fn from(source: CsvSource) -> Self {
        let (target, classes, class_names) = match source.target {
            CsvTarget::Classes { column, names } => (OneOrMore::One(column), true, names),
            CsvTarget::Values(mut columns) if columns.len() == 1 => {
                (OneOrMore::One(columns.swap_remove(0)), false, None)
            }
            CsvTarget::Values(columns) => (OneOrMore::More(columns), false, None),
        };
        Self {
            csv: source.path,
            target,
            classes,
            class_names,
            features: source.features,
            ignored: source.ignored,
            delimiter: (source.delimiter != b',').then_some(char::from(source.delimiter)),
        }
    }
}
