use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CsvSource, CsvTarget};
use crate::column_encoding::ColumnEncoding;
use crate::csv_cells::CsvMissing;
use crate::csv_error::CsvError;
use crate::error::DataError;

/// What a missing cell is filled with.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{CsvFill, CsvMissing, CsvSource};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("cats.csv");
/// std::fs::write(&path, "age,weight\n3,4.5\n,3.5\n1,4\n")?;
/// let table = CsvSource::values(&path, ["weight"]).with_missing(CsvMissing::Mean).load()?;
/// assert_eq!(table.filled[0].fill, Some(CsvFill::Number(2.0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CsvFill {
    /// A number, before an offset is subtracted.
    Number(f64),
    /// A category.
    Category(String),
}

/// What is done with the cells of the features before they are numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Treatments {
    /// Every feature that holds words is one of categories.
    pub(crate) all_categorical: bool,
    /// By column.
    pub(crate) encodings: BTreeMap<String, ColumnEncoding>,
    /// What missing cells are filled with, by column.
    pub(crate) fills: BTreeMap<String, CsvFill>,
}

impl Treatments {
    /// Forgets what was found in the numbers of a column.
    pub(super) fn forget_boundaries(&mut self, column: &str) {
        if let Some(encoding) = self.encodings.remove(column) {
            let encoding = encoding.without_boundaries();
            self.encodings.insert(column.to_owned(), encoding);
        }
    }
}

/// How the cells of features become numbers.
impl CsvSource {
    /// Takes the cells of these columns for categories, each of which gets a column of ones and zeros beside one for categories
    /// that are unknown: the encoding `one-hot`.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data as datasets; }
    /// use firebrick::datasets::{BatchSource, CsvSource};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("cats.csv");
    /// std::fs::write(&path, "color,age,weight\nred,3,4.5\nblack,1,3.5\n")?;
    /// let table = CsvSource::values(&path, ["weight"]).with_categorical(["color"]).load()?;
    /// assert_eq!(table.input_names(), ["color=?", "color=red", "color=black", "age"]);
    /// assert_eq!(table.data.input_shape(), [4]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use = "returns the changed description"]
    pub fn with_categorical<I>(mut self, columns: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        for column in columns {
            self.insert_encoding(column.into(), ColumnEncoding::one_hot());
        }
        self
    }

    /// Takes the cells of every feature for categories that holds words, more often than numbers and not as many different ones
    /// as an id has. A column of numbers with a word in it stays one of numbers, and the word an error.
    #[must_use = "returns the changed description"]
    pub fn with_all_categorical(mut self) -> Self {
        self.treatments.all_categorical = true;
        self
    }

    /// Whether the cells of every feature that holds words are taken for categories.
    pub fn is_all_categorical(&self) -> bool {
        self.treatments.all_categorical
    }

    /// Sets how the cells of a feature become numbers.
    ///
    /// # Errors
    /// [`CsvError::Encoding`] for one that cannot be, of no bins say.
    pub fn with_encoding(
        mut self,
        column: impl Into<String>,
        encoding: impl Into<ColumnEncoding>,
    ) -> Result<Self, DataError> {
        let (column, encoding) = (column.into(), encoding.into());
        encoding.check().map_err(|source| CsvError::Encoding {
            column: column.clone(),
            source,
        })?;
        self.insert_encoding(column, encoding);
        Ok(self)
    }

    fn insert_encoding(&mut self, column: String, encoding: ColumnEncoding) {
        let before = self
            .encoding_of(&column)
            .is_some_and(ColumnEncoding::is_categorical);
        if before != encoding.is_categorical() {
            self.treatments.fills.remove(&column);
        }
        self.treatments.encodings.insert(column, encoding);
    }

    /// How the cells of a column become numbers, where something is said of it.
    pub fn encoding_of(&self, column: &str) -> Option<&ColumnEncoding> {
        self.treatments.encodings.get(column)
    }

    /// Sets what becomes of missing cells of one column; a target has none that are filled.
    #[must_use = "returns the changed description"]
    pub fn with_missing_in(mut self, column: impl Into<String>, missing: CsvMissing) -> Self {
        let column = column.into();
        if self.missing_of(&column) != missing {
            self.treatments.fills.remove(&column);
        }
        self.cells.missing_in.insert(column, missing);
        self
    }

    /// What becomes of missing cells of a column.
    pub fn missing_of(&self, column: &str) -> CsvMissing {
        if let Some(own) = self.cells.missing_in.get(column) {
            return *own;
        }
        let all = self.cells.missing;
        let is_target = self.target.columns().iter().any(|target| target == column);
        let has_categories = self.has_categories(column);
        if (is_target && all.fills()) || (has_categories && all.needs_numbers()) {
            return CsvMissing::Refuse;
        }
        all
    }

    /// What missing cells of a column are filled with, once rows have said it.
    pub fn fill_of(&self, column: &str) -> Option<&CsvFill> {
        self.treatments.fills.get(column)
    }

    /// Whether the cells of a column are categories, be it those to predict.
    pub(crate) fn has_categories(&self, column: &str) -> bool {
        let is_class =
            matches!(&self.target, CsvTarget::Classes { column: own, .. } if own == column);
        is_class
            || self
                .encoding_of(column)
                .is_some_and(ColumnEncoding::is_categorical)
    }

    /// Forgets what is said of the cells of columns that are no features any more.
    #[must_use = "returns the changed description"]
    pub fn without_unused_columns(mut self) -> Self {
        let is_used = |column: &String| {
            let is_feature = self
                .features
                .as_ref()
                .is_none_or(|own| own.contains(column));
            is_feature && !self.ignored.contains(column)
        };
        let targets = self.target.columns();
        self.treatments
            .encodings
            .retain(|column, _| is_used(column));
        self.treatments.fills.retain(|column, _| is_used(column));
        self.cells
            .missing_in
            .retain(|column, _| is_used(column) || targets.contains(column));
        self
    }

    /// The columns of which something is said that is for features alone, with what it is.
    pub(crate) fn treated_columns(&self) -> impl Iterator<Item = (&String, String)> {
        let encodings = self.treatments.encodings.iter();
        let encodings = encodings.map(|(column, encoding)| {
            (column, format!("the encoding `{}`", encoding.listed_name()))
        });
        let rules = self.cells.missing_in.iter();
        let rules = rules.filter(|(_, rule)| rule.fills());
        encodings.chain(rules.map(|(column, rule)| (column, format!("`{rule}` for missing cells"))))
    }
}
