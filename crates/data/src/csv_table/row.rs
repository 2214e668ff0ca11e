use super::columns::Columns;
use super::scanner::Record;
use crate::csv_error::CsvError;
use crate::csv_source::CsvSource;
use crate::names::shown;

/// A row, with what it takes to say where something is wrong in it.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) source: &'a CsvSource,
    pub(super) columns: &'a Columns,
    pub(super) record: &'a Record,
}

impl<'a> Row<'a> {
    pub(super) fn check_length(self) -> Result<(), CsvError> {
        let (expected, received) = (self.columns.names.len(), self.record.len());
        if expected == received {
            return Ok(());
        }
        Err(CsvError::Ragged {
            path: self.source.path.clone(),
            line: self.line(),
            expected,
            received,
        })
    }

    /// The text in a column; not empty.
    pub(super) fn field(self, column: usize, expected: &'static str) -> Result<&'a str, CsvError> {
        match self.record.field(column) {
            "" => Err(CsvError::Missing {
                path: self.source.path.clone(),
                line: self.line(),
                column: self.columns.names[column].clone(),
                expected,
            }),
            field => Ok(field),
        }
    }

    /// The number in a column; finite. A `hint` says what to do where there is none.
    pub(super) fn number(self, column: usize, hint: &'static str) -> Result<f32, CsvError> {
        let field = self.field(column, "a number")?;
        let path = || self.source.path.clone();
        let name = || self.columns.names[column].clone();
        match field.parse::<f32>() {
            Ok(number) if number.is_finite() => Ok(number),
            Ok(_) => Err(CsvError::NotFinite {
                path: path(),
                line: self.line(),
                column: name(),
                received: shown(field),
            }),
            Err(_) => Err(CsvError::NotANumber {
                path: path(),
                line: self.line(),
                column: name(),
                received: shown(field),
                hint,
            }),
        }
    }

    /// The line in which it begins, counted from 1.
    pub(super) fn line(self) -> usize {
        self.record.line
    }
}
