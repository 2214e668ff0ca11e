//! The rows of a table, one after the other. What can be read beside each other is.

use std::io::{BufRead, Cursor, Read};

use rayon::prelude::*;

use super::blocks::{Block, Blocks, Content, FieldsBlock, Piece, Reading};
use super::columns::Columns;
use super::opening::{self, Opened};
use super::plain::{PlainBlock, PlainReading};
use super::row::Row;
use super::scanner::{Fields, Record, Scanner};
use crate::csv_error::CsvError;
use crate::csv_source::CsvSource;
use crate::error::DataError;

/// About so many bytes of the file are read by one core at once.
const BLOCK: usize = 1 << 18;

/// Finds the columns to read by a header.
pub(super) type Find = fn(&CsvSource, Fields<'_>) -> Result<Columns, CsvError>;

/// Visits the rows, of which there is at least one, all as long as the header; the columns, and the delimiter if the file
/// names it.
pub(super) fn for_each_row(
    source: &CsvSource,
    find: Find,
    visit: impl Visit + Send,
) -> Result<(Columns, Option<u8>), DataError> {
    for_each_row_of(opening::open(source)?, source, find, visit)
}

/// The same of a table that was opened.
pub(super) fn for_each_row_of(
    mut opened: Opened<'_, impl Read + Send>,
    source: &CsvSource,
    find: Find,
    visit: impl Visit + Send,
) -> Result<(Columns, Option<u8>), DataError> {
    let path = || source.path.clone();
    let mut record = Record::default();
    if !opened.scanner.read(&mut record)? {
        return Err(CsvError::NoHeader { path: path() }.into());
    }
    let columns = find(source, record.fields())?;
    let mut rows = Rows {
        source,
        columns: &columns,
        visit,
        line: 0,
        are_there: false,
    };
    let delimiter = opened.named_delimiter.unwrap_or_else(|| source.delimiter());
    if delimiter == b' ' {
        rows.scan(opened.scanner)?;
    } else {
        rows.read(opened.scanner, delimiter, BLOCK)?;
    }
    if rows.are_there {
        Ok((columns, opened.named_delimiter))
    } else {
        Err(CsvError::NoRows { path: path() }.into())
    }
}

/// Whoever looks at the rows of a table.
pub(super) trait Visit {
    /// Whether it takes blocks of nothing but numbers and labels as they are.
    const TAKES_PLAIN: bool = false;

    /// Takes a row.
    fn row(&mut self, row: Row<'_>);

    /// Takes all rows of a block with this text that begins in this line; says whether it does, else they come one by one.
    fn plain(&mut self, _: &PlainBlock, _: &str, _: (&Columns, usize)) -> bool {
        false
    }
}

impl<F: FnMut(Row<'_>)> Visit for F {
    fn row(&mut self, row: Row<'_>) {
        self(row);
    }
}

/// Blocks that were read beside each other.
struct Wave {
    blocks: Vec<Block>,
    /// What comes behind them and is to be read from front to back.
    tangled: Option<Vec<u8>>,
}

impl Wave {
    fn is_empty(&self) -> bool {
        self.blocks.is_empty() && self.tangled.is_none()
    }

    /// Reads up to so many blocks.
    fn read<R: Read>(
        file: &mut Blocks<R>,
        count: usize,
        reading: &Reading<'_>,
        is_after_return: bool,
    ) -> std::io::Result<Self> {
        let mut pieces = Vec::with_capacity(count);
        let mut tangled = None;
        while pieces.len() < count && tangled.is_none() {
            match file.next()? {
                Some(Piece::Block(bytes)) => pieces.push(bytes),
                Some(Piece::Tangled(bytes)) => tangled = Some(bytes),
                None => break,
            }
        }
        let read = |(index, bytes)| reading.read(bytes, is_after_return && index == 0);
        let read: Vec<_> = match pieces.len() {
            1 => pieces.into_iter().enumerate().map(read).collect(),
            _ => pieces.into_par_iter().enumerate().map(read).collect(),
        };
        let mut read = read.into_iter();
        let mut blocks = Vec::with_capacity(count);
        while let Some(block) = read.next() {
            match block {
                Ok(block) => blocks.push(block),
                Err(mut bytes) => {
                    for next in read.by_ref() {
                        bytes.extend(next.map_or_else(|bytes| bytes, Block::into_bytes));
                    }
                    bytes.extend(tangled.take().unwrap_or_default());
                    tangled = Some(bytes);
                }
            }
        }
        Ok(Self { blocks, tangled })
    }
}

/// Where rows go.
struct Rows<'a, F> {
    source: &'a CsvSource,
    columns: &'a Columns,
    visit: F,
    /// Where the next block begins, counted from 1.
    line: usize,
    are_there: bool,
}

impl<V: Visit + Send> Rows<'_, V> {
    /// Visits what is left of a file, in blocks as far as it can be cut.
    fn read<R: BufRead + Send>(
        &mut self,
        scanner: Scanner<'_, R>,
        delimiter: u8,
        size: usize,
    ) -> Result<(), DataError> {
        let source = self.source;
        let failed = |error| DataError::Read {
            path: source.path.clone(),
            source: error,
        };
        let reading = Reading {
            delimiter,
            settings: &source.cells,
            are_numbers: self.columns.are_numbers(source),
            plain: if V::TAKES_PLAIN {
                PlainReading::new(source, self.columns, delimiter)
            } else {
                None
            },
        };
        let (input, line, is_after_return) = scanner.into_rest();
        self.line = line;
        let mut file = Blocks::new(input, size);
        // A small table needs no other core.
        let mut wave = Wave::read(&mut file, 1, &reading, is_after_return).map_err(failed)?;
        let mut is_first = true;
        while !wave.is_empty() {
            if let Some(bytes) = wave.tangled.take() {
                let is_after_return = is_after_return && is_first && wave.blocks.is_empty();
                self.visit_blocks(&wave.blocks, &reading)?;
                let (rest, input) = file.into_rest();
                let input = Cursor::new(bytes).chain(Cursor::new(rest)).chain(input);
                let scanner = Scanner::new(&source.path, input, delimiter, self.line);
                return self.scan(scanner.after_return(is_after_return));
            }
            if file.is_at_end() {
                return self.visit_blocks(&wave.blocks, &reading);
            }
            let count = 2 * rayon::current_num_threads();
            let (next, visited) = rayon::join(
                || Wave::read(&mut file, count, &reading, false),
                || self.visit_blocks(&wave.blocks, &reading),
            );
            visited?;
            wave = next.map_err(failed)?;
            is_first = false;
        }
        Ok(())
    }

    /// Visits the rows of blocks.
    fn visit_blocks(&mut self, blocks: &[Block], reading: &Reading<'_>) -> Result<(), DataError> {
        for Block { text, content } in blocks {
            let again: FieldsBlock;
            let fields = match content {
                Content::Fields(fields) => fields,
                Content::Plain(plain) => {
                    if self.visit.plain(plain, text, (self.columns, self.line)) {
                        self.line += plain.lines;
                        self.are_there = true;
                        continue;
                    }
                    again = reading.fields(text, false);
                    &again
                }
            };
            for (own, cells) in fields.rows(text, self.line) {
                self.visit(Row {
                    source: self.source,
                    columns: self.columns,
                    fields: own,
                    cells,
                })?;
            }
            self.line += fields.lines;
        }
        Ok(())
    }

    /// Visits what is left of a file, from front to back.
    fn scan<R: BufRead>(&mut self, mut scanner: Scanner<'_, R>) -> Result<(), DataError> {
        let mut record = Record::default();
        while scanner.read(&mut record)? {
            self.visit(Row {
                source: self.source,
                columns: self.columns,
                fields: record.fields(),
                cells: &[],
            })?;
        }
        Ok(())
    }

    fn visit(&mut self, row: Row<'_>) -> Result<(), CsvError> {
        row.check_length()?;
        self.visit.row(row);
        self.are_there = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::cells::{Cells, Purpose};
    use super::*;
    use crate::csv_cells::{Cell, CsvMissing};

    type Seen = (usize, Vec<(String, Cell)>);

    /// The rows below the header with their lines, in blocks of about so many bytes or from front to back, and how it ended.
    fn rows(content: &[u8], size: Option<usize>) -> (Vec<Seen>, Result<(), String>) {
        let source = CsvSource::values("x.csv", ["y"]);
        let input = std::io::BufReader::with_capacity(7, content);
        let mut scanner = Scanner::new(&source.path, input, b',', 1);
        let mut header = Record::default();
        scanner.read(&mut header).unwrap();
        let columns = Columns::all(&source, header.fields()).unwrap();
        let mut seen = Vec::new();
        let mut rows = Rows {
            source: &source,
            columns: &columns,
            visit: |row: Row<'_>| {
                let cell = |column| (row.field(column).to_owned(), row.cell(column));
                seen.push((row.line(), (0..2).map(cell).collect()));
            },
            line: 0,
            are_there: false,
        };
        let ended = match size {
            Some(size) => rows.read(scanner, b',', size),
            None => rows.scan(scanner),
        };
        (seen, ended.map_err(|error| error.to_string()))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn rows_are_the_same_in_blocks_and_from_front_to_back(
            header in prop::sample::select(vec!["x,y\n", "x,y\r\n", "x,y\r"]),
            lines in prop::collection::vec(prop::sample::select(vec![
                &b"1,2\n"[..], b"1,2\n", b"-0.5,1e3\n", b"\n", b" \t\r\n", b"a,True\r\n", b" 3.5 , -1\r\n", b"4,5\r", b"\xc3\xa9,1\n",
                b",\n", b"\"q\",1\n", b"\"x\ny\",2\n", b"1\n", b"\xff,1\n", b"7,8",
            ]), 0..40),
            size in 1_usize..60,
        ) {
            let content = [header.as_bytes(), &lines.concat()].concat();
            prop_assert_eq!(rows(&content, Some(size)), rows(&content, None));
        }
    }

    /// Rows, inputs, numbers to predict and labels: what is learned of a table, in blocks or from front to back.
    type Learned = (usize, Vec<u32>, Vec<u32>, Vec<usize>);

    fn learned(source: &CsvSource, content: &[u8], size: Option<usize>) -> Result<Learned, String> {
        let mut scanner = Scanner::new(&source.path, content, b',', 1);
        let mut header = Record::default();
        scanner.read(&mut header).unwrap();
        let columns = Columns::find(source, header.fields()).unwrap();
        let mut cells = Cells::new(source, Purpose::Learn);
        let mut rows = Rows {
            source,
            columns: &columns,
            visit: &mut cells,
            line: 0,
            are_there: false,
        };
        let ended = match size {
            Some(size) => rows.read(scanner, b',', size),
            None => rows.scan(scanner),
        };
        let checked = ended.and_then(|()| Ok(cells.check(&columns)?));
        checked.map_err(|error| error.to_string())?;
        let bits = |numbers: &[f32]| numbers.iter().map(|number| number.to_bits()).collect();
        let numbers = (bits(&cells.inputs), bits(&cells.values));
        let labels = std::mem::take(&mut cells.labels).classes(source, None);
        let (labels, _) = labels.map_err(|error| error.to_string())?;
        Ok((cells.num_rows, numbers.0, numbers.1, labels))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_learned_is_the_same_in_blocks_and_from_front_to_back(
            lines in prop::collection::vec(prop::sample::select(vec![
                &b"1,0.5,2\n"[..], b"-0.25,7,1\n", b"12345.678901,3,-4\n", b"0.8216181435011584,1e-3,0\r\n", b" 3.5 , -1,9\r\n",
                b"1,2,3\n", b"4,5,6\n",
            ]), 1..30),
            other in prop::sample::select(vec![
                &b""[..], b"1,,2\n", b"1,x,\n", b"True,2,3\n", b"\n", b"1,2\n", b"1,2,3,4\n", b"1e400,2,3\n", b"1e39,2,3\n", b"1,2,NA\n",
                b"\"1\",2,3\n", b"1,2,3", b"1,2,3\r", b",,\n",
            ]),
            place in 0_usize..30,
            size in 1_usize..60,
        ) {
            let mut lines = lines;
            lines.insert(place.min(lines.len()), other);
            let content = [&b"x,z,y\n"[..], &lines.concat()].concat();
            for source in [
                CsvSource::values("x.csv", ["y"]),
                CsvSource::values("x.csv", ["y", "x"]).with_offset("z", 0.5).unwrap(),
                CsvSource::classes("x.csv", "y"),
                CsvSource::classes("x.csv", "y").with_features(["z"]).with_missing(CsvMissing::Drop),
            ] {
                prop_assert_eq!(learned(&source, &content, Some(size)), learned(&source, &content, None));
            }
        }
    }

    #[test]
    fn a_table_of_many_blocks_is_read_in_order() {
        let lines: Vec<String> = (0..2000).map(|row| format!("{row},{row}.5\n")).collect();
        let content = format!("x,y\n{}", lines.concat());
        let (seen, ended) = rows(content.as_bytes(), Some(100));
        ended.unwrap();
        assert_eq!(seen.len(), 2000);
        for (row, (line, cells)) in seen.iter().enumerate() {
            assert_eq!((*line, &cells[0].1), (row + 2, &Cell::Number(row as f64)));
        }
    }
}
