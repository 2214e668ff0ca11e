//! A table in a CSV file, in words.

mod cells;
mod groups;
mod input_columns;
mod text_form;
mod treatments;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::csv_cells::CellSettings;
use crate::csv_error::CsvError;
use crate::error::DataError;
use crate::fingerprint::Fingerprint;
pub use input_columns::{CsvInputColumn, CsvInputKind};
use text_form::TextForm;
pub use treatments::CsvFill;
pub(crate) use treatments::Treatments;

/// Which columns of a CSV file are to be predicted, and from which.
///
/// The file begins with a line of names, before which one such as `sep=;` may name the delimiter. It is UTF-8, with or
/// without a byte order mark, with line ends of any kind; fields may be quoted, blanks around them do not count, and empty
/// lines are skipped. A quote that is not closed, and text behind a quoted field, are errors. Every column that is neither a
/// target nor ignored is a feature, in the order of the file; of one that holds `True` and `False` they are 1 and 0. Words in a
/// feature are an error, unless its cells are said to be categories: see [`with_categorical`](Self::with_categorical).
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::datasets::CsvSource;
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
/// delimiter = ";"                     # a comma if left out, a tab where the file is called `.tsv`
/// decimal = ","                       # what stands before the fraction of a number, else a point
/// thousands = "."                     # what may stand between thousands, else nothing
/// missing = "drop"                    # leaves out rows with missing cells, which else are an error; or fills them, "mean" and so on
/// missing_in = { petal_width = "median" }         # what becomes of missing cells in single columns
/// categorical = ["region"]            # columns whose cells are categories, or "all" that hold words; in columns of ones and zeros
/// encodings = { petal_length = "bins:4", station = "hash:64" }      # any other way from a cell to numbers
/// missing_words = ["?", "-999"]       # what stands for a missing cell beside nothing, else NA, NaN, null and the like
/// inputs = { wide = ["region"], deep = ["petal_length", "petal_width"] }   # of a network with several, by their names
/// outputs = { size = ["width", "height"] }        # the same of the targets; what is not named is the column of that name
/// test_split = 0.2                    # or the rows to judge by from another file, test_csv = "new.csv"
/// ```
///
/// Numbers that are large and differ by little, such as times in seconds since 1970, keep what they differ by with
/// `offsets = { time = 1.7e9 }`, see [`with_offset`](Self::with_offset). A training adds to the encodings the vocabularies and
/// boundaries that it has found, what missing cells are filled with (`fills`), and a `fingerprint` of the rows where some are held
/// back by `test_split`, so that these can be found again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "TextForm", into = "TextForm")]
pub struct CsvSource {
    pub(crate) path: PathBuf,
    pub(crate) target: CsvTarget,
    pub(crate) features: Option<Vec<String>>,
    pub(crate) ignored: Vec<String>,
    pub(crate) cells: CellSettings,
    delimiter: Option<u8>,
    test: Option<CsvTest>,
    fingerprint: Option<Fingerprint>,
    /// By column.
    offsets: BTreeMap<String, f64>,
    pub(crate) treatments: Treatments,
    /// By input of the network.
    inputs: BTreeMap<String, Vec<String>>,
    /// By output of the network.
    outputs: BTreeMap<String, Vec<String>>,
}

/// What a table says is to be predicted.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{CsvSource, CsvTarget};
///
/// let houses = CsvSource::values("houses.csv", ["price", "rent"]);
/// assert_eq!(houses.target().columns(), ["price", "rent"]);
/// assert!(matches!(CsvSource::classes("iris.csv", "species").target(), CsvTarget::Classes { .. }));
/// ```
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

impl CsvTarget {
    /// The columns to predict.
    pub fn columns(&self) -> &[String] {
        match self {
            Self::Values(columns) => columns,
            Self::Classes { column, .. } => std::slice::from_ref(column),
        }
    }
}

/// The rows that a network is judged by, which it does not learn from.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{CsvSource, CsvTest};
///
/// let houses = CsvSource::values("houses.csv", ["price"]);
/// assert!(houses.clone().with_test(CsvTest::Split(0.2)).is_ok());
/// assert!(houses.with_test(CsvTest::Split(1.5)).is_err());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum CsvTest {
    /// This share of the rows, of every class alike, 0 for none. They are drawn by a seed of their own, so that trainings
    /// with different seeds are judged by the same rows.
    Split(f64),
    /// All rows of another file with the same columns.
    File(PathBuf),
}

impl CsvSource {
    /// The keys of a description in a file of settings.
    pub const KEYS: &'static [&'static str] = TextForm::KEYS;

    /// Whether a path looks like that of a table: it ends in `.csv` or `.tsv`.
    pub fn is_table(path: &Path) -> bool {
        has_extension(path, "csv") || has_extension(path, "tsv")
    }

    /// A regression: numbers of one or more columns are predicted from all others.
    pub fn values<I>(path: impl Into<PathBuf>, targets: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        Self::new(path, CsvTarget::Values(strings(targets)))
    }

    /// A classification: the class that a column names, as text or as a whole number, is predicted from all others.
    ///
    /// The classes of the file are numbered from 0 in sorted order, whole numbers by their size.
    pub fn classes(path: impl Into<PathBuf>, target: impl Into<String>) -> Self {
        let column = target.into();
        Self::new(
            path,
            CsvTarget::Classes {
                column,
                names: None,
            },
        )
    }

    fn new(path: impl Into<PathBuf>, target: CsvTarget) -> Self {
        Self {
            path: path.into(),
            target,
            features: None,
            ignored: Vec::new(),
            cells: CellSettings::default(),
            delimiter: None,
            test: None,
            fingerprint: None,
            offsets: BTreeMap::new(),
            treatments: Treatments::default(),
            inputs: BTreeMap::new(),
            outputs: BTreeMap::new(),
        }
    }

    /// Predicts something else.
    #[must_use = "returns the changed description"]
    pub fn with_target(mut self, target: CsvTarget) -> Self {
        self.target = target;
        self
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

    /// Ignores these columns, of which one without a name is named by its place, `"1"` for the first.
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

    /// Sets what stands between fields; else it is a tab in a file that ends in `.tsv`, and `,` in any other. A file that
    /// begins with a line such as `sep=;` says it itself. Of blanks any number stands between two fields.
    ///
    /// # Errors
    /// [`CsvError::Delimiter`] unless it is one ASCII character that can be told from the fields.
    pub fn with_delimiter(mut self, delimiter: char) -> Result<Self, DataError> {
        let byte = u8::try_from(delimiter).ok();
        let byte = byte.filter(|_| Self::is_delimiter(delimiter));
        self.delimiter = Some(byte.ok_or_else(|| CsvError::Delimiter {
            received: delimiter.to_string(),
        })?);
        Ok(self)
    }

    /// Whether a character can be told from the fields.
    pub(crate) fn is_delimiter(character: char) -> bool {
        let is_taken = character.is_ascii_alphanumeric() || "\"\r\n\0.-+".contains(character);
        character.is_ascii() && !is_taken
    }

    /// Sets which rows [`DataDescription::load`](crate::DataDescription::load) keeps apart to judge by, else none.
    ///
    /// # Errors
    /// [`CsvError::TestSplit`] for a share that is not from 0 up to, but not including, 1.
    pub fn with_test(mut self, test: CsvTest) -> Result<Self, DataError> {
        match test {
            CsvTest::Split(share) if !(0.0..1.0).contains(&share) => {
                return Err(CsvError::TestSplit { received: share }.into());
            }
            test => self.test = Some(test),
        }
        Ok(self)
    }

    /// Subtracts a number from those of a column, a feature or a target, in double precision before they become numbers of
    /// single precision: of 1,699,999,882 and 1,700,000,067 single precision makes the same number, of their distances from
    /// 1,700,000,000 it does not. What is predicted of such a column is a distance too. A column of classes has no numbers.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
    /// use firebrick::datasets::CsvSource;
    ///
    /// let visits = CsvSource::values("visits.csv", ["stay"]).with_offset("time", 1.7e9)?;
    /// assert_eq!((visits.offset_of("time"), visits.offset_of("stay")), (1.7e9, 0.0));
    /// # Ok::<(), firebrick::datasets::DataError>(())
    /// ```
    ///
    /// # Errors
    /// [`CsvError::Description`] for a number that is not finite.
    pub fn with_offset(
        mut self,
        column: impl Into<String>,
        offset: f64,
    ) -> Result<Self, DataError> {
        if !offset.is_finite() {
            return Err(CsvError::Description {
                setting: "`offsets`",
                needs: "finite numbers",
            }
            .into());
        }
        let column = column.into();
        if self.offset_of(&column).to_bits() != offset.to_bits() {
            self.treatments.forget_boundaries(&column);
        }
        self.offsets.insert(column, offset);
        Ok(self)
    }

    /// What is subtracted from the numbers of a column.
    pub fn offset_of(&self, column: &str) -> f64 {
        self.offsets.get(column).copied().unwrap_or(0.0)
    }

    /// Sets which rows there were when test rows were first drawn; [`DataDescription::load`](crate::DataDescription::load)
    /// then refuses to draw them from others, among which they would be other rows.
    #[must_use = "returns the changed description"]
    pub fn with_fingerprint(mut self, fingerprint: Option<Fingerprint>) -> Self {
        self.fingerprint = fingerprint;
        self
    }

    /// The rows from which test rows were drawn, where that is known.
    pub fn fingerprint(&self) -> Option<&Fingerprint> {
        self.fingerprint.as_ref()
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

    pub(crate) fn map_paths(mut self, change: impl Fn(&Path) -> PathBuf) -> Self {
        self.path = change(&self.path);
        if let Some(CsvTest::File(path)) = &mut self.test {
            *path = change(path);
        }
        self
    }

    /// What is to be predicted.
    pub fn target(&self) -> &CsvTarget {
        &self.target
    }

    /// The columns to predict from, where they are named.
    pub fn features(&self) -> Option<&[String]> {
        self.features.as_deref()
    }

    /// The rows to judge by, where something is said of them.
    pub fn test(&self) -> Option<&CsvTest> {
        self.test.as_ref()
    }

    /// The description with features, their treatments, classes and delimiter as a table has them.
    pub(crate) fn with_found(
        &self,
        table: &Self,
        class_names: &[String],
        delimiter: Option<u8>,
    ) -> Self {
        let mut found = Self {
            features: table.features.clone(),
            treatments: table.treatments.clone(),
            cells: table.cells.clone(),
            ignored: Vec::new(),
            delimiter: delimiter.or(self.delimiter),
            ..self.clone()
        };
        if let CsvTarget::Classes { names, .. } = &mut found.target {
            *names = Some(class_names.to_vec());
        }
        found
    }

    /// What stands between fields.
    pub(crate) fn delimiter(&self) -> u8 {
        let own = if has_extension(&self.path, "tsv") {
            b'\t'
        } else {
            b','
        };
        self.delimiter.unwrap_or(own)
    }
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension()
        .is_some_and(|own| own.eq_ignore_ascii_case(extension))
}

fn strings<I: IntoIterator<Item: Into<String>>>(names: I) -> Vec<String> {
    names.into_iter().map(Into::into).collect()
}
