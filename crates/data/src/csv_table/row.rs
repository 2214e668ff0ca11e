use csv::StringRecord;

use super::columns::Columns;
use super::text::Text;
use crate::csv_error::CsvError;

/// The most characters of a field that a message shows.
const SHOWN: usize = 40;

/// A row, with what it takes to say where something is wrong in it.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) text: &'a Text<'a>,
    pub(super) columns: &'a Columns,
    pub(super) record: &'a StringRecord,
}

impl<'a> Row<'a> {
    /// The byte from which it was read.
    pub(super) fn start(self) -> usize {
        start(self.record)
    }

    pub(super) fn check_length(self) -> Result<(), CsvError> {
        let (expected, received) = (self.columns.names.len(), self.record.len());
        if expected == received {
            return Ok(());
        }
        Err(CsvError::Ragged {
            path: self.text.path.to_owned(),
            line: self.line(),
            expected,
            received,
        })
    }

    /// The text in a column; not empty.
    pub(super) fn field(self, column: usize, expected: &'static str) -> Result<&'a str, CsvError> {
        match &self.record[column] {
            "" => Err(CsvError::Missing {
                path: self.text.path.to_owned(),
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
        let path = || self.text.path.to_owned();
        let name = || self.columns.names[column].clone();
        match field.parse::<f32>() {
            Ok(number) if number.is_finite() => Ok(number),
            Ok(_) => Err(CsvError::NotFinite {
                path: path(),
                line: self.line(),
                column: name(),
                received: shortened(field),
            }),
            Err(_) => Err(CsvError::NotANumber {
                path: path(),
                line: self.line(),
                column: name(),
                received: shortened(field),
                hint,
            }),
        }
    }

    fn line(self) -> usize {
        self.text.line(self.start())
    }
}

/// The byte from which a record was read.
pub(super) fn start(record: &StringRecord) -> usize {
    let byte = record.position().map_or(0, csv::Position::byte);
    usize::try_from(byte).unwrap_or(usize::MAX)
}

/// A field as a message shows it, on one line.
pub(super) fn shortened(field: &str) -> String {
    let shown: String = field.chars().take(SHOWN).collect();
    let shown = shown.escape_debug().to_string();
    if field.chars().nth(SHOWN).is_some() {
        return format!("{shown}…");
    }
    shown
}
