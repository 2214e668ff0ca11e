//! The rows of a table, one after the other. What can be read beside each other is.

use std::io::{BufRead, Cursor, Read};

use rayon::prelude::*;

use super::blocks::{Block, Blocks, Piece, Reading};
use super::columns::Columns;
use super::opening;
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
    visit: impl FnMut(Row<'_>) + Send,
) -> Result<(Columns, Option<u8>), DataError> {
    let path = || source.path.clone();
    let mut opened = opening::open(source)?;
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

impl<F: FnMut(Row<'_>) + Send> Rows<'_, F> {
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
                self.visit_blocks(&wave.blocks)?;
                let (rest, input) = file.into_rest();
                let input = Cursor::new(bytes).chain(Cursor::new(rest)).chain(input);
                let scanner = Scanner::new(&source.path, input, delimiter, self.line);
                return self.scan(scanner.after_return(is_after_return));
            }
            if file.is_at_end() {
                return self.visit_blocks(&wave.blocks);
            }
            let count = 2 * rayon::current_num_threads();
            let (next, visited) = rayon::join(
                || Wave::read(&mut file, count, &reading, false),
                || self.visit_blocks(&wave.blocks),
            );
            visited?;
            wave = next.map_err(failed)?;
            is_first = false;
        }
        Ok(())
    }

    fn visit_blocks(&mut self, blocks: &[Block]) -> Result<(), DataError> {
        for block in blocks {
            for (fields, cells) in block.rows(self.line) {
                self.visit(Row {
                    source: self.source,
                    columns: self.columns,
                    fields,
                    cells,
                })?;
            }
            self.line += block.lines;
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
        (self.visit)(row);
        self.are_there = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::csv_cells::Cell;

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
