use super::{CsvSource, strings};
use crate::csv_cells::CsvMissing;
use crate::error::DataError;

/// How cells are read.
impl CsvSource {
    /// Sets what stands before the fraction of a number, `.` or `,`.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
    /// use firebrick::datasets::CsvSource;
    ///
    /// let houses = CsvSource::values("houses.csv", ["price"]).with_delimiter(';')?.with_decimal(',')?;
    /// # let _ = houses;
    /// # Ok::<(), firebrick::datasets::DataError>(())
    /// ```
    ///
    /// # Errors
    /// [`CsvError::Separator`](crate::CsvError::Separator) for another character.
    pub fn with_decimal(mut self, decimal: char) -> Result<Self, DataError> {
        self.cells.numbers = self.cells.numbers.with_decimal(decimal)?;
        Ok(self)
    }

    /// Sets what may stand between the thousands of a number: `,`, `.`, `'`, `_` or any blank; else nothing may.
    ///
    /// # Errors
    /// [`CsvError::Separator`](crate::CsvError::Separator) for another character; when the table is read,
    /// [`CsvError::SameSeparators`](crate::CsvError::SameSeparators) for the one before the fraction.
    pub fn with_thousands(mut self, thousands: char) -> Result<Self, DataError> {
        self.cells.numbers = self.cells.numbers.with_thousands(thousands)?;
        Ok(self)
    }

    /// Sets what becomes of missing cells, where [`with_missing_in`](Self::with_missing_in) says nothing of their column; else they
    /// are an error. Only features are filled: a missing target stays an error, unless its row is left out. What needs numbers,
    /// as the mean does, leaves categories as they are: an error.
    #[must_use = "returns the changed description"]
    pub fn with_missing(mut self, missing: CsvMissing) -> Self {
        if self.cells.missing != missing {
            let own = &self.cells.missing_in;
            self.treatments
                .fills
                .retain(|column, _| own.contains_key(column));
        }
        self.cells.missing = missing;
        self
    }

    /// Sets the words that stand for a missing cell, beside a field of nothing; else they are those that pandas knows, `NA`,
    /// `N/A`, `NaN`, `None`, `null` and some more. With none of them, `NA` may name a class; a class that
    /// [`with_class_names`](Self::with_class_names) lists may be called anything.
    #[must_use = "returns the changed description"]
    pub fn with_missing_words<I>(mut self, words: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.cells.missing_words = Some(strings(words));
        self
    }
}
