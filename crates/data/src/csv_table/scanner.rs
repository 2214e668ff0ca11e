//! Records of a table, one after the other, as they are read.
//!
//! A quote opens a field where nothing but blanks stands before it, and ends it where nothing but blanks follows; anything
//! else that a quote can do is an error rather than a guess.

use std::io::{self, BufRead};
use std::path::Path;

use crate::csv_error::CsvError;
use crate::error::DataError;
use crate::names::shown;

/// The most bytes that a record may take.
const LONGEST: usize = 64 << 20;

/// Reads records from text of any line ends, of which it holds no more than one.
pub(super) struct Scanner<'a, R> {
    path: &'a Path,
    input: R,
    delimiter: u8,
    /// Where the next byte stands, counted from 1.
    line: usize,
    /// Whether the last byte was a carriage return, of whose line end a line feed is part.
    is_after_return: bool,
}

/// The fields of a row.
#[derive(Default)]
pub(super) struct Record {
    /// Where it begins, counted from 1.
    line: usize,
    text: String,
    /// Where the fields end in the text.
    ends: Vec<usize>,
}

/// The fields of a row, wherever they lie.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    /// Where the row begins, counted from 1.
    pub(super) line: usize,
    pub(super) text: &'a str,
    /// Where the first one begins.
    pub(super) start: usize,
    /// Where each of them ends.
    pub(super) ends: &'a [usize],
    /// Bytes from the end of one to the next.
    pub(super) gap: usize,
}

impl Record {
    pub(super) fn fields(&self) -> Fields<'_> {
        Fields {
            line: self.line,
            text: &self.text,
            start: 0,
            ends: &self.ends,
            gap: 0,
        }
    }
}

impl<'a> Fields<'a> {
    pub(super) fn len(self) -> usize {
        self.ends.len()
    }

    /// A field without the blanks around it.
    pub(super) fn get(self, index: usize) -> &'a str {
        let start = match index.checked_sub(1) {
            Some(before) => self.ends[before] + self.gap,
            None => self.start,
        };
        trimmed(&self.text[start..self.ends[index]])
    }

    pub(super) fn iter(self) -> impl Iterator<Item = &'a str> {
        (0..self.len()).map(move |index| self.get(index))
    }
}

/// A field without the blanks around it.
pub(super) fn trimmed(field: &str) -> &str {
    let is_plain = |byte: Option<&u8>| byte.is_some_and(|byte| (b'!'..=b'~').contains(byte));
    let bytes = field.as_bytes();
    // Hardly a field begins or ends with a blank, or a letter beyond those of English.
    if is_plain(bytes.first()) && is_plain(bytes.last()) {
        field
    } else {
        field.trim()
    }
}

/// Where in a field the scanner is.
#[derive(Clone, Copy)]
enum State {
    /// In one without quotes, or at its start.
    Bare,
    /// Between quotes, of which the first stands in this line.
    Quoted(usize),
    /// Behind a quote that may be the last one.
    QuoteInQuotes(usize),
    /// Behind the last quote.
    Closed(usize),
}

/// A record that is being read.
struct Growing {
    line: usize,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Growing {
    fn field(&self) -> &[u8] {
        &self.bytes[self.ends.last().copied().unwrap_or(0)..]
    }

    /// Whether nothing but blanks stands in the field so far.
    fn is_blank(&self) -> bool {
        str::from_utf8(self.field()).is_ok_and(|field| field.trim().is_empty())
    }

    /// Forgets the blanks before a quote.
    fn clear_field(&mut self) {
        self.bytes.truncate(self.ends.last().copied().unwrap_or(0));
    }

    fn end_field(&mut self) {
        self.ends.push(self.bytes.len());
    }

    fn is_too_long(&self) -> bool {
        self.bytes.len() + self.ends.len() * size_of::<usize>() > LONGEST
    }
}

impl<'a, R: BufRead> Scanner<'a, R> {
    /// Reads from where `line` begins.
    pub(super) fn new(path: &'a Path, input: R, delimiter: u8, line: usize) -> Self {
        Self {
            path,
            input,
            delimiter,
            line,
            is_after_return: false,
        }
    }

    /// The rest of the text, the line in which it begins, and whether a line feed at its start belongs to the line before.
    pub(super) fn into_rest(self) -> (R, usize, bool) {
        (self.input, self.line, self.is_after_return)
    }

    /// Reads on behind a carriage return, of whose line end a line feed is part.
    #[must_use = "returns the changed scanner"]
    pub(super) fn after_return(mut self, is_after_return: bool) -> Self {
        self.is_after_return = is_after_return;
        self
    }

    /// Reads the next record; `false` at the end of the file. Lines of nothing are skipped.
    pub(super) fn read(&mut self, record: &mut Record) -> Result<bool, DataError> {
        let mut growing = Growing {
            line: self.line,
            bytes: std::mem::take(&mut record.text).into_bytes(),
            ends: std::mem::take(&mut record.ends),
        };
        growing.bytes.clear();
        growing.ends.clear();
        let is_read = self.grow(&mut growing)?;
        *record = self.checked(growing)?;
        Ok(is_read)
    }

    fn grow(&mut self, record: &mut Growing) -> Result<bool, DataError> {
        let mut state = State::Bare;
        loop {
            if record.is_too_long() {
                return Err(self.too_long(record, state).into());
            }
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => {
                    let path = self.path.to_owned();
                    return Err(DataError::Read { path, source });
                }
            };
            if chunk.is_empty() {
                return self.end_of_file(record, state);
            }
            let delimiter = self.delimiter;
            let is_special = |byte: &u8| match state {
                State::Bare => {
                    matches!(byte, b'\n' | b'\r' | b'"') || is_delimiter(delimiter, *byte)
                }
                State::Quoted(_) => matches!(byte, b'\n' | b'\r' | b'"'),
                State::QuoteInQuotes(_) | State::Closed(_) => true,
            };
            let plain = chunk.iter().position(is_special).unwrap_or(chunk.len());
            record.bytes.extend_from_slice(&chunk[..plain]);
            let special = chunk.get(plain).copied();
            let taken = plain + usize::from(special.is_some());
            self.input.consume(taken);
            if plain > 0 {
                self.is_after_return = false;
            }
            let Some(byte) = special else { continue };
            if matches!(byte, b'\n' | b'\r') {
                self.count_line_end(byte);
                if matches!(state, State::Quoted(_)) {
                    record.bytes.push(byte);
                } else if self.end_line(record, state) {
                    return Ok(true);
                }
                continue;
            }
            self.is_after_return = false;
            state = self.step(record, state, byte)?;
        }
    }

    /// What a byte changes that ends no line.
    fn step(&self, record: &mut Growing, state: State, byte: u8) -> Result<State, CsvError> {
        Ok(match state {
            State::Bare if byte != b'"' => {
                self.end_bare_field(record);
                State::Bare
            }
            State::Bare if record.is_blank() => {
                record.clear_field();
                State::Quoted(self.line)
            }
            State::Bare => {
                record.bytes.push(byte);
                state
            }
            State::Quoted(opened) => State::QuoteInQuotes(opened),
            State::QuoteInQuotes(opened) if byte == b'"' => {
                record.bytes.push(byte);
                State::Quoted(opened)
            }
            State::QuoteInQuotes(_) | State::Closed(_) if is_delimiter(self.delimiter, byte) => {
                record.end_field();
                State::Bare
            }
            State::QuoteInQuotes(opened) | State::Closed(opened)
                if matches!(byte, b' ' | b'\t') =>
            {
                State::Closed(opened)
            }
            State::QuoteInQuotes(opened) | State::Closed(opened) => {
                return Err(CsvError::TextAfterQuote {
                    path: self.path.to_owned(),
                    line: self.line,
                    opened,
                    field: shown(&String::from_utf8_lossy(record.field())),
                });
            }
        })
    }

    /// Ends the field, if it is one: blanks between blanks are none.
    fn end_bare_field(&self, record: &mut Growing) {
        if self.delimiter == b' ' && record.is_blank() {
            record.clear_field();
        } else {
            record.end_field();
        }
    }

    /// Whether a record ends here, and no line of nothing.
    fn end_line(&self, record: &mut Growing, state: State) -> bool {
        let is_bare = matches!(state, State::Bare);
        if is_bare && record.ends.is_empty() && record.is_blank() {
            record.clear_field();
            record.line = self.line;
            return false;
        }
        if is_bare {
            self.end_bare_field(record);
        } else {
            record.end_field();
        }
        true
    }

    fn end_of_file(&self, record: &mut Growing, state: State) -> Result<bool, DataError> {
        match state {
            State::Quoted(opened) => Err(CsvError::UnclosedQuote {
                path: self.path.to_owned(),
                line: opened,
                received: "the rest of the file",
            }
            .into()),
            _ => Ok(self.end_line(record, state)),
        }
    }

    fn count_line_end(&mut self, byte: u8) {
        if byte == b'\r' || !self.is_after_return {
            self.line += 1;
        }
        self.is_after_return = byte == b'\r';
    }

    fn too_long(&self, record: &Growing, state: State) -> CsvError {
        let path = self.path.to_owned();
        match state {
            State::Quoted(line) => CsvError::UnclosedQuote {
                path,
                line,
                received: "64 MiB",
            },
            _ => CsvError::TooLong {
                path,
                line: record.line,
                limit: LONGEST >> 20,
            },
        }
    }

    /// The record, known to be text.
    fn checked(&self, growing: Growing) -> Result<Record, CsvError> {
        let Growing { line, bytes, ends } = growing;
        let not_utf8 = |bytes: &[u8], wrong: usize| CsvError::NotUtf8 {
            path: self.path.to_owned(),
            line: line + line_ends(&bytes[..wrong]),
            received: bytes.get(wrong).copied().unwrap_or_default(),
        };
        let text = String::from_utf8(bytes).map_err(|error| {
            let wrong = error.utf8_error().valid_up_to();
            not_utf8(error.as_bytes(), wrong)
        })?;
        // Halves of a character on both sides of a delimiter are none.
        match ends.iter().find(|&&end| !text.is_char_boundary(end)) {
            Some(&end) => Err(not_utf8(text.as_bytes(), end)),
            None => Ok(Record { line, text, ends }),
        }
    }
}

/// Whether a byte stands between fields; where blanks do, a tab is one.
fn is_delimiter(delimiter: u8, byte: u8) -> bool {
    byte == delimiter || delimiter == b' ' && byte == b'\t'
}

/// How many lines end here: by `\n`, `\r\n` or, as on old Macs, `\r`.
fn line_ends(bytes: &[u8]) -> usize {
    let is_end = |&position: &usize| match bytes[position] {
        b'\n' => true,
        b'\r' => bytes.get(position + 1) != Some(&b'\n'),
        _ => false,
    };
    (0..bytes.len()).filter(is_end).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Rows = Vec<(usize, Vec<String>)>;
    type Expected = &'static [(usize, &'static [&'static str])];

    /// The rows with their lines, read through a buffer of any size.
    fn rows(content: &[u8], delimiter: u8, buffer: usize) -> Result<Rows, DataError> {
        let input = io::BufReader::with_capacity(buffer, content);
        let mut scanner = Scanner::new(Path::new("x.csv"), input, delimiter, 1);
        let mut record = Record::default();
        let mut rows = Vec::new();
        while scanner.read(&mut record)? {
            let fields = record.fields();
            rows.push((fields.line, fields.iter().map(str::to_owned).collect()));
        }
        Ok(rows)
    }

    fn row(line: usize, fields: &[&str]) -> (usize, Vec<String>) {
        (line, fields.iter().map(|&field| field.to_owned()).collect())
    }

    #[test]
    fn records_are_what_they_are_through_a_buffer_of_any_size() {
        let table: &[(&str, Expected)] = &[
            ("", &[]),
            ("\n\r\n \t\n", &[]),
            ("a", &[(1, &["a"])]),
            ("a,b", &[(1, &["a", "b"])]),
            ("a,b\n", &[(1, &["a", "b"])]),
            ("a,b\nc,d", &[(1, &["a", "b"]), (2, &["c", "d"])]),
            ("a\r\rb\r", &[(1, &["a"]), (3, &["b"])]),
            ("a\r\n\r\nb\r\n", &[(1, &["a"]), (3, &["b"])]),
            (
                "a\n\nb\r\nc\rd",
                &[(1, &["a"]), (3, &["b"]), (4, &["c"]), (5, &["d"])],
            ),
            (",\n,,", &[(1, &["", ""]), (2, &["", "", ""])]),
            ("\"\"", &[(1, &[""])]),
            ("\"\"\"\"", &[(1, &["\""])]),
            ("\"a\"\"b\",c", &[(1, &["a\"b", "c"])]),
            ("\"a,b\",\"c\nd\"\ne", &[(1, &["a,b", "c\nd"]), (3, &["e"])]),
            ("\"a\r\nb\"\r\nc", &[(1, &["a\r\nb"]), (3, &["c"])]),
            ("a\"b,c\"", &[(1, &["a\"b", "c\""])]),
            (
                " a , \"b\" ,\t\"c,d\"\t,e ",
                &[(1, &["a", "b", "c,d", "e"])],
            ),
            ("\u{a0}\"a\",ä", &[(1, &["a", "ä"])]),
        ];
        for (content, expected) in table {
            let expected: Vec<_> = expected
                .iter()
                .map(|(line, fields)| row(*line, fields))
                .collect();
            for buffer in [1, 2, 3, 64] {
                assert_eq!(
                    rows(content.as_bytes(), b',', buffer).unwrap(),
                    expected,
                    "{content:?}"
                );
            }
        }
    }

    #[test]
    fn between_blanks_there_is_one_delimiter() {
        let read = rows(b"a b  c\n  1 2\t 3 \n\"4 5\" \"\" 6", b' ', 2).unwrap();
        let expected = [
            row(1, &["a", "b", "c"]),
            row(2, &["1", "2", "3"]),
            row(3, &["4 5", "", "6"]),
        ];
        assert_eq!(read, expected);
    }

    #[test]
    fn what_a_quote_cannot_do_is_an_error_by_its_line() {
        for (content, expected) in [
            (
                "a\n1,\"2\n3\n",
                "line 2: expected a quote that ends the field which begins with one here",
            ),
            ("a\n\n\"", "line 3: expected a quote"),
            (
                "a\n\"x\ny\" z,3",
                "line 3: expected a delimiter behind the quoted field `x\\ny` (from line 2 on)",
            ),
            (
                "\"x\"y\"",
                "line 1: expected a delimiter behind the quoted field `x`,",
            ),
            ("\"a \\\"b\\\" c\"", "a quote within quotes is doubled"),
        ] {
            let error = rows(content.as_bytes(), b',', 2).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn what_is_no_text_is_found_by_its_line() {
        for (content, line) in [
            (&b"a\n\"b\n\xff\""[..], 3),
            (b"a\r\n\xc3,\xa4", 2),
            (b"\xc3", 1),
        ] {
            let error = rows(content, b',', 3).unwrap_err().to_string();
            let expected = format!("line {line}: expected UTF-8");
            assert!(error.contains(&expected), "{error}");
        }
    }

    #[test]
    fn a_row_without_an_end_is_not_held() {
        let endless = || io::BufReader::new(io::repeat(b','));
        let mut scanner = Scanner::new(Path::new("x.csv"), endless(), b',', 1);
        let error = scanner
            .read(&mut Record::default())
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("line 1: expected a row of at most 64 MiB"),
            "{error}"
        );
    }

    fn fields(rows: Rows) -> Vec<Vec<String>> {
        rows.into_iter().map(|(_, fields)| fields).collect()
    }

    fn trimmed(rows: &[Vec<String>]) -> Vec<Vec<String>> {
        let row = |row: &Vec<String>| row.iter().map(|field| field.trim().to_owned()).collect();
        rows.iter().map(row).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

        /// Without blanks, which that reader takes for part of a field, nothing is read otherwise than by the crate `csv`.
        #[test]
        fn a_record_is_that_of_another_reader_or_an_error(
            content in prop::collection::vec(prop::sample::select(b"ab1,,;\"\"\n\r".to_vec()), 0..40),
            buffer in 1_usize..9,
        ) {
            if let Ok(read) = rows(&content, b',', buffer) {
                let mut reader = csv::ReaderBuilder::new()
                    .has_headers(false)
                    .flexible(true)
                    .from_reader(&content[..]);
                let expected: Result<Vec<Vec<String>>, _> = reader.deserialize().collect();
                prop_assert_eq!(fields(read), trimmed(&expected.unwrap()));
            }
        }

        #[test]
        fn what_is_written_by_the_rules_is_read(
            written in prop::collection::vec(prop::collection::vec("[a-c ,\"\n\r]{0,6}", 1..4), 1..5),
        ) {
            let mut writer = csv::WriterBuilder::new()
                .flexible(true)
                .quote_style(csv::QuoteStyle::Always)
                .from_writer(Vec::new());
            for row in &written {
                writer.write_record(row).unwrap();
            }
            let content = writer.into_inner().unwrap();
            prop_assert_eq!(fields(rows(&content, b',', 5).unwrap()), trimmed(&written));
        }
    }
}
