//! Blocks of nothing but numbers, which hardly a table is without: what is learned from is read in one go.
//!
//! Whatever else a row may be, a cell that is no number, a line of nothing, a row that is too long, makes a block one that is looked
//! at field by field.

use std::ops::Range as Span;

use super::columns::Columns;
use super::held::Held;
use super::ranges::{Range, Sums};
use super::scanner::trimmed;
use crate::csv_cells::{Cell, CellSettings};
use crate::csv_source::{CsvSource, CsvTarget};
use crate::number_format::short_number_at;

/// How such blocks are read.
pub(super) struct PlainReading<'a> {
    delimiter: u8,
    settings: &'a CellSettings,
    /// Whether digits are nothing but a number.
    are_digits_numbers: bool,
    /// What each column is.
    roles: Vec<Role>,
    num_inputs: usize,
    num_values: usize,
}

#[derive(Clone, Copy)]
enum Role {
    Ignored,
    /// Of this place among the features, with what is subtracted from it.
    Input(usize, f64),
    /// Of this place among the numbers to predict.
    Value(usize, f64),
    Label,
}

/// What is learned of the rows of a block.
pub(super) struct PlainBlock {
    pub(super) num_rows: usize,
    /// The lines that end in it.
    pub(super) lines: usize,
    /// Row by row.
    pub(super) inputs: Vec<f32>,
    pub(super) values: Vec<f32>,
    /// Where the labels stand in its text.
    pub(super) labels: Vec<Span<usize>>,
    /// By column, of those that are numbers.
    pub(super) ranges: Vec<Option<Range>>,
}

impl<'a> PlainReading<'a> {
    /// `None` for a table of which more than numbers and labels is learned.
    pub(super) fn new(source: &'a CsvSource, columns: &Columns, delimiter: u8) -> Option<Self> {
        let mut roles = vec![Role::Ignored; columns.names.len()];
        for (place, &column) in columns.features.iter().enumerate() {
            let name = &columns.names[column];
            if Held::of(source, name).is_some() {
                return None;
            }
            roles[column] = Role::Input(place, source.offset_of(name));
        }
        let mut num_values = 0;
        for (place, &column) in columns.targets.iter().enumerate() {
            roles[column] = match source.target {
                CsvTarget::Classes { .. } => Role::Label,
                CsvTarget::Values(_) => {
                    num_values += 1;
                    Role::Value(place, source.offset_of(&columns.names[column]))
                }
            };
        }
        let settings = &source.cells;
        Some(Self {
            delimiter,
            settings,
            are_digits_numbers: settings.are_digits_numbers() && !is_of_numbers(delimiter),
            roles,
            num_inputs: columns.features.len(),
            num_values,
        })
    }

    /// Reads a block; `None` if it is not of this kind.
    pub(super) fn read(&self, text: &str) -> Option<PlainBlock> {
        let about = text.len() / 8;
        let mut block = PlainBlock {
            num_rows: 0,
            lines: 0,
            inputs: Vec::with_capacity(about),
            values: Vec::new(),
            labels: Vec::new(),
            ranges: vec![None; self.roles.len()],
        };
        let mut sums = vec![Sums::default(); self.roles.len()];
        let mut at = 0;
        while at < text.len() {
            at = self.read_row(text, at, &mut block, &mut sums)?;
        }
        for ((range, sums), role) in block.ranges.iter_mut().zip(sums).zip(&self.roles) {
            if matches!(role, Role::Input(..) | Role::Value(..)) {
                *range = Some(sums.into());
            }
        }
        Some(block)
    }

    /// Reads the row that begins here; gives where the next one does.
    fn read_row(
        &self,
        text: &str,
        start: usize,
        block: &mut PlainBlock,
        sums: &mut [Sums],
    ) -> Option<usize> {
        let bytes = text.as_bytes();
        let (inputs, values) = (block.inputs.len(), block.values.len());
        block.inputs.resize(inputs + self.num_inputs, 0.0);
        block.values.resize(values + self.num_values, 0.0);
        let (inputs, values) = (&mut block.inputs[inputs..], &mut block.values[values..]);
        let mut at = start;
        for (column, (role, sums)) in self.roles.iter().zip(sums).enumerate() {
            if column > 0 {
                if bytes.get(at) != Some(&self.delimiter) {
                    return None;
                }
                at += 1;
            }
            let (place, offset) = match *role {
                Role::Ignored => {
                    at = self.field_end(bytes, at);
                    continue;
                }
                Role::Label => {
                    let end = self.field_end(bytes, at);
                    if self.settings.is_missing(trimmed(&text[at..end])) {
                        return None;
                    }
                    block.labels.push(at..end);
                    at = end;
                    continue;
                }
                Role::Input(place, offset) => (&mut inputs[place], offset),
                Role::Value(place, offset) => (&mut values[place], offset),
            };
            let number;
            (number, at) = self.number(text, at)?;
            *place = sums.add(number, offset)?;
        }
        block.num_rows += 1;
        match &bytes[at..] {
            [] => return Some(at),
            [b'\n', ..] => at += 1,
            [b'\r', b'\n', ..] => at += 2,
            _ => return None,
        }
        block.lines += 1;
        Some(at)
    }

    /// The finite number that begins here, and where it ends.
    fn number(&self, text: &str, start: usize) -> Option<(f64, usize)> {
        if self.are_digits_numbers
            && let Some((number, end)) = short_number_at(text.as_bytes(), start)
            && self.is_end(text.as_bytes(), end)
        {
            return Some((number, end));
        }
        let end = self.field_end(text.as_bytes(), start);
        let field = trimmed(&text[start..end]);
        if self.are_digits_numbers
            && let Ok(number) = field.parse::<f64>()
            && number.is_finite()
        {
            return Some((number, end));
        }
        match self.settings.cell(field) {
            Cell::Number(number) => Some((number, end)),
            _ => None,
        }
    }

    fn is_end(&self, bytes: &[u8], at: usize) -> bool {
        let byte = bytes.get(at);
        byte.is_none_or(|&byte| byte == self.delimiter || matches!(byte, b'\n' | b'\r'))
    }

    fn field_end(&self, bytes: &[u8], start: usize) -> usize {
        let rest = start..bytes.len();
        let end = rest.clone().find(|&at| self.is_end(bytes, at));
        end.unwrap_or(rest.end)
    }
}

/// Whether a delimiter could be a part of a number.
fn is_of_numbers(delimiter: u8) -> bool {
    delimiter.is_ascii_digit() || matches!(delimiter, b'.' | b'-' | b'+')
}
