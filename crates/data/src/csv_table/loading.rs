//! Tables read from their descriptions.

use std::io::Read;

use super::inputs::read_inputs;
use super::opening::{begin, open};
use super::overview::overview;
use super::{CsvInputs, CsvOverview, CsvTable};
use crate::array_data::ArrayData;
use crate::csv_source::CsvSource;
use crate::data_description::DataDescription;
use crate::error::DataError;
use crate::validation_split::ValidationSplit;

impl CsvSource {
    /// The description with features and classes as this table has them, so that it means the same for any other file.
    #[must_use = "returns the changed description"]
    pub fn pinned_to(&self, table: &CsvTable) -> Self {
        self.with_found(&table.adapted, &table.class_names, table.named_delimiter)
    }

    /// Reads the file, all of its rows.
    ///
    /// # Errors
    /// [`DataError::Read`], or what [`CsvError`](crate::CsvError) lists, with line and column.
    pub fn load(&self) -> Result<CsvTable, DataError> {
        self.load_learning_from(None)
    }

    /// The same where what is left to the rows, such as vocabularies, is found in those that a split does not hold back.
    pub(crate) fn load_learning_from(
        &self,
        held_back: Option<&ValidationSplit>,
    ) -> Result<CsvTable, DataError> {
        let mut table = CsvTable::read(self, held_back)?;
        let description = DataDescription::Csv(self.pinned_to(&table));
        table.data = table.data.described_as(description);
        Ok(table)
    }

    /// Reads what the file holds, whatever is to be predicted from it.
    ///
    /// # Errors
    /// [`DataError::Read`], or a file that is no table.
    pub fn overview(&self) -> Result<CsvOverview, DataError> {
        overview(self)
    }

    /// Reads the features alone, `[rows, features]`, e.g. of rows whose targets nobody knows yet: targets and ignored columns
    /// need not be there.
    ///
    /// # Errors
    /// As those of [`load`](Self::load).
    pub fn load_inputs(&self) -> Result<ArrayData, DataError> {
        Ok(read_inputs(open(self)?, self, Some(&[]))?.data)
    }

    /// The same with columns that go with the features: those that are named, or else all that are neither feature nor target,
    /// such as an id.
    ///
    /// # Errors
    /// As those of [`load_inputs`](Self::load_inputs), and a name that no column has.
    pub fn load_inputs_with(&self, keep: Option<&[String]>) -> Result<CsvInputs, DataError> {
        read_inputs(open(self)?, self, keep)
    }

    /// The features of a table that is not in a file, of rows that an app is asked about say; errors call it by the path of the
    /// description.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data as datasets; }
    /// use firebrick::datasets::CsvSource;
    ///
    /// let cats = CsvSource::values("request", ["weight"]).with_features(["age"]);
    /// assert_eq!(cats.inputs_of("age\n3\n1\n".as_bytes())?.shape(), [2, 1]);
    /// let error = cats.inputs_of("age\nold\n".as_bytes()).unwrap_err().to_string();
    /// assert!(error.contains("request"), "{error}");
    /// # Ok::<(), firebrick::datasets::DataError>(())
    /// ```
    ///
    /// # Errors
    /// As those of [`load_inputs`](Self::load_inputs).
    pub fn inputs_of(&self, table: impl Read + Send) -> Result<ArrayData, DataError> {
        Ok(read_inputs(begin(self, table)?, self, Some(&[]))?.data)
    }
}
