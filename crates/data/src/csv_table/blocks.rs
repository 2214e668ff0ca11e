//! Parts of a table that can be read beside each other: they begin and end with a row, and no field has quotes.

use std::io::{self, Read};
use std::string::FromUtf8Error;

use super::plain::{PlainBlock, PlainReading};
use super::scanner::{Fields, trimmed};
use crate::csv_cells::{Cell, CellSettings};

/// What is read next.
pub(super) enum Piece {
    /// Rows that can be read by themselves.
    Block(Vec<u8>),
    /// What cannot be parted from what comes behind it.
    Tangled(Vec<u8>),
}

/// Cuts a file between rows.
pub(super) struct Blocks<R> {
    input: R,
    /// About so many bytes each.
    size: usize,
    /// The start of the next one.
    rest: Vec<u8>,
    is_at_end: bool,
}

impl<R: Read> Blocks<R> {
    pub(super) fn new(input: R, size: usize) -> Self {
        Self {
            input,
            size,
            rest: Vec::new(),
            is_at_end: false,
        }
    }

    /// The next part; nothing at the end of the file.
    pub(super) fn next(&mut self) -> io::Result<Option<Piece>> {
        let mut bytes = std::mem::take(&mut self.rest);
        if !self.is_at_end {
            let missing = self.size.saturating_sub(bytes.len()) as u64;
            bytes.reserve(self.size);
            let input = Read::by_ref(&mut self.input);
            let received = input.take(missing).read_to_end(&mut bytes)?;
            self.is_at_end = (received as u64) < missing;
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        let end = if self.is_at_end {
            Some(bytes.len())
        } else {
            let last = bytes.iter().rposition(|byte| *byte == b'\n');
            last.map(|last| last + 1)
        };
        Ok(Some(match end {
            Some(end) if !bytes[..end].contains(&b'"') => {
                self.rest = bytes.split_off(end);
                Piece::Block(bytes)
            }
            _ => Piece::Tangled(bytes),
        }))
    }

    /// Whether everything was handed out.
    pub(super) fn is_at_end(&self) -> bool {
        self.is_at_end && self.rest.is_empty()
    }

    /// What was not handed out yet.
    pub(super) fn into_rest(self) -> (Vec<u8>, R) {
        (self.rest, self.input)
    }
}

/// Rows of a block.
pub(super) struct Block {
    pub(super) text: String,
    pub(super) content: Content,
}

/// What is known of the rows of a block.
pub(super) enum Content {
    Plain(PlainBlock),
    Fields(FieldsBlock),
}

/// Rows of which it is known where their fields are.
pub(super) struct FieldsBlock {
    rows: Vec<BlockRow>,
    /// Where fields end, row by row.
    ends: Vec<usize>,
    /// What the fields are, as far as that was looked at.
    cells: Vec<Option<Cell>>,
    /// The lines that end in it.
    pub(super) lines: usize,
}

/// Where a row begins.
struct BlockRow {
    /// Counted from 0.
    line: usize,
    start: usize,
    first_field: usize,
}

impl FieldsBlock {
    /// The rows of this text, in a file where it begins in this line, and what is known of their fields.
    pub(super) fn rows<'a>(
        &'a self,
        text: &'a str,
        line: usize,
    ) -> impl Iterator<Item = (Fields<'a>, &'a [Option<Cell>])> {
        let next = self.rows.iter().skip(1).map(|row| row.first_field);
        let ends = next.chain([self.ends.len()]);
        self.rows.iter().zip(ends).map(move |(row, end)| {
            let fields = Fields {
                line: line + row.line,
                text,
                start: row.start,
                ends: &self.ends[row.first_field..end],
                gap: 1,
            };
            (fields, &self.cells[row.first_field..end])
        })
    }
}

impl Block {
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.text.into_bytes()
    }
}

/// How the rows of blocks are read.
pub(super) struct Reading<'a> {
    pub(super) delimiter: u8,
    pub(super) settings: &'a CellSettings,
    /// Whether the cells of a column are looked at as numbers.
    pub(super) are_numbers: Vec<bool>,
    /// How rows of nothing but numbers are read, where they are learned from.
    pub(super) plain: Option<PlainReading<'a>>,
}

impl Reading<'_> {
    /// Reads a block, of which a line feed at its start may belong to the line before.
    ///
    /// # Errors
    /// What is no text is given back.
    pub(super) fn read(&self, bytes: Vec<u8>, is_after_return: bool) -> Result<Block, Vec<u8>> {
        let text = String::from_utf8(bytes).map_err(FromUtf8Error::into_bytes)?;
        let plain = self.plain.as_ref().filter(|_| !is_after_return);
        let content = match plain.and_then(|plain| plain.read(&text)) {
            Some(plain) => Content::Plain(plain),
            None => Content::Fields(self.fields(&text, is_after_return)),
        };
        Ok(Block { text, content })
    }

    /// Looks at a block field by field.
    pub(super) fn fields(&self, text: &str, is_after_return: bool) -> FieldsBlock {
        let mut growing = Growing {
            reading: self,
            text,
            line: 0,
            row_start: 0,
            field_start: 0,
            rows: Vec::new(),
            first_field: 0,
            ends: Vec::with_capacity(text.len() / 8),
            cells: Vec::with_capacity(text.len() / 8),
        };
        growing.read(is_after_return);
        let Growing {
            rows,
            ends,
            cells,
            line,
            ..
        } = growing;
        FieldsBlock {
            rows,
            ends,
            cells,
            lines: line,
        }
    }
}

/// A block that is being read.
struct Growing<'a> {
    reading: &'a Reading<'a>,
    text: &'a str,
    line: usize,
    row_start: usize,
    field_start: usize,
    /// The first field of the row.
    first_field: usize,
    rows: Vec<BlockRow>,
    ends: Vec<usize>,
    cells: Vec<Option<Cell>>,
}

impl Growing<'_> {
    fn read(&mut self, mut is_after_return: bool) {
        let mut is_special = [false; 256];
        for byte in [self.reading.delimiter, b'\n', b'\r'] {
            is_special[usize::from(byte)] = true;
        }
        let text = self.text;
        for (place, byte) in text.bytes().enumerate() {
            if !is_special[usize::from(byte)] {
                continue;
            }
            if byte == self.reading.delimiter {
                self.end_field(place);
                continue;
            }
            let is_second = byte == b'\n' && is_after_return && place == self.row_start;
            if !is_second {
                self.end_row(place);
                self.line += 1;
            }
            is_after_return = byte == b'\r';
            self.row_start = place + 1;
            self.field_start = place + 1;
        }
        if self.row_start < text.len() {
            self.end_row(text.len());
        }
    }

    fn end_field(&mut self, end: usize) {
        let column = self.ends.len() - self.first_field;
        let is_number = self.reading.are_numbers.get(column) == Some(&true);
        let field = trimmed(&self.text[self.field_start..end]);
        let cell = is_number.then(|| self.reading.settings.cell(field));
        self.cells.push(cell);
        self.ends.push(end);
        self.field_start = end + 1;
    }

    /// Ends a row, unless it is a line of nothing.
    fn end_row(&mut self, end: usize) {
        let is_first = self.ends.len() == self.first_field;
        if is_first && self.text[self.row_start..end].trim().is_empty() {
            return;
        }
        self.end_field(end);
        self.rows.push(BlockRow {
            line: self.line,
            start: self.row_start,
            first_field: self.first_field,
        });
        self.first_field = self.ends.len();
    }
}
