use super::columns::Columns;
use super::scanner::Fields;
use crate::csv_cells::Cell;
use crate::csv_error::{CsvError, suspicion};
use crate::csv_source::CsvSource;

/// A row, with what it takes to say where something is wrong in it.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) source: &'a CsvSource,
    pub(super) columns: &'a Columns,
    pub(super) fields: Fields<'a>,
    /// What the fields of some columns are, where it was looked at already.
    pub(super) cells: &'a [Option<Cell>],
}

impl<'a> Row<'a> {
    pub(super) fn check_length(self) -> Result<(), CsvError> {
        let (expected, received) = (self.columns.names.len(), self.fields.len());
        if expected == received {
            return Ok(());
        }
        Err(CsvError::Ragged {
            path: self.source.path.clone(),
            line: self.line(),
            expected,
            received,
            hint: self.hint_of_length(),
        })
    }

    /// What may have made this row longer or shorter than the header.
    fn hint_of_length(self) -> String {
        let (expected, received) = (self.columns.names.len(), self.fields.len());
        let last = received.checked_sub(1).map(|last| self.fields.get(last));
        let own = if received == expected + 1 && last == Some("") {
            "it ends in a delimiter that the header does not have; take it out, or end the header in one too and ignore that \
             column by its place"
        } else if expected == 1 {
            let suspicion = suspicion(&self.columns.names);
            return suspicion.unwrap_or_else(|| {
                "check that the first line holds the names of the columns".to_owned()
            });
        } else if received > expected && self.source.delimiter() == b',' {
            "check delimiters and quotes in this line; a field with a comma needs quotes, numbers with a decimal comma those \
             or another delimiter"
        } else {
            "check delimiters and quotes in this line"
        };
        own.to_owned()
    }

    /// The text in a column.
    pub(super) fn field(self, column: usize) -> &'a str {
        self.fields.get(column)
    }

    /// What stands in a column.
    pub(super) fn cell(self, column: usize) -> Cell {
        let known = self.cells.get(column).copied().flatten();
        known.unwrap_or_else(|| self.source.cells.cell(self.field(column)))
    }

    /// The line in which it begins, counted from 1.
    pub(super) fn line(self) -> usize {
        self.fields.line
    }
}
