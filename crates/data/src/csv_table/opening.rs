//! The start of a file, by which one that is no table is told.

use std::fs::File;
use std::io::{BufReader, Chain, Cursor, Read};

use super::scanner::Scanner;
use crate::csv_error::CsvError;
use crate::csv_source::CsvSource;
use crate::error::DataError;

/// As much of the file as is looked at before it is read.
const HEAD: u64 = 1024;
/// What is read at once.
const BUFFER: usize = 1 << 18;

/// A table that is ready to be read.
pub(super) struct Opened<'a, R> {
    pub(super) scanner: Scanner<'a, BufReader<Chain<Cursor<Vec<u8>>, R>>>,
    /// The delimiter, if the file itself names it.
    pub(super) named_delimiter: Option<u8>,
}

/// Opens the file of a description and looks at its start.
pub(super) fn open(source: &CsvSource) -> Result<Opened<'_, File>, DataError> {
    let path = source.path();
    let file = File::open(path).map_err(|source| DataError::Read {
        path: path.to_owned(),
        source,
    })?;
    begin(source, file)
}

/// Looks at the start of a table that is read from elsewhere; errors call it by the path of the description.
pub(super) fn begin<R: Read>(source: &CsvSource, mut file: R) -> Result<Opened<'_, R>, DataError> {
    let path = source.path();
    let read = |source| DataError::Read {
        path: path.to_owned(),
        source,
    };
    let mut head = Vec::new();
    Read::by_ref(&mut file)
        .take(HEAD)
        .read_to_end(&mut head)
        .map_err(read)?;
    if let Some((received, hint)) = other_kind(&head) {
        return Err(CsvError::NoTable {
            path: path.to_owned(),
            received,
            hint,
        }
        .into());
    }
    let mut start = if head.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    };
    let mut line = 1;
    let named = named_delimiter(&head[start..]);
    if let Some((_, length)) = named {
        start += length;
        line += 1;
    }
    let named_delimiter = named.map(|(delimiter, _)| delimiter);
    let mut head = Cursor::new(head);
    head.set_position(start as u64);
    let input = BufReader::with_capacity(BUFFER, head.chain(file));
    let delimiter = named_delimiter.unwrap_or_else(|| source.delimiter());
    Ok(Opened {
        scanner: Scanner::new(path, input, delimiter, line),
        named_delimiter,
    })
}

/// What the start of a file is known by that is no table, and what to do with it.
fn other_kind(head: &[u8]) -> Option<(&'static str, &'static str)> {
    const EXPORT: &str = "export it as CSV";
    const UTF_8: &str = "save it as UTF-8 (in Excel \"CSV UTF-8\")";
    const KINDS: [(&[u8], &str, &str); 9] = [
        (b"\xff\xfe", "text in UTF-16", UTF_8),
        (b"\xfe\xff", "text in UTF-16", UTF_8),
        (
            b"PK\x03\x04",
            "a workbook of Excel or another zip archive",
            EXPORT,
        ),
        (b"\xd0\xcf\x11\xe0", "an old workbook of Excel", EXPORT),
        (
            b"\x1f\x8b",
            "something packed by gzip",
            "unpack it with `gunzip`",
        ),
        (b"PAR1", "a Parquet file", EXPORT),
        (b"SQLite format 3", "a data base", EXPORT),
        (b"%PDF", "a PDF", EXPORT),
        (b"\x89PNG", "a picture", "name the table"),
    ];
    let known = KINDS.iter().find(|(start, ..)| head.starts_with(start));
    if let Some((_, name, hint)) = known {
        return Some((name, hint));
    }
    let text = head.trim_ascii_start();
    let begins = |start: &[u8]| {
        let own = text.get(..start.len());
        own.is_some_and(|own| own.eq_ignore_ascii_case(start))
    };
    if begins(b"<!doctype") || begins(b"<html") || begins(b"<?xml") {
        return Some(("a page of the web", "download the file itself"));
    }
    let is_zero = |byte: &&u8| **byte == 0;
    match head.iter().filter(is_zero).count() {
        0 => None,
        // Every other byte of what the Latin alphabet writes.
        zeros if zeros * 3 > head.len() => Some(("text in UTF-16", UTF_8)),
        _ => Some(("zero bytes, which no text has", EXPORT)),
    }
}

/// The delimiter of a first line such as `sep=;`, which Excel writes and reads, and how long that line is.
fn named_delimiter(text: &[u8]) -> Option<(u8, usize)> {
    let length = text.iter().position(|byte| matches!(byte, b'\r' | b'\n'))?;
    let end = &text[length..];
    let end = if end.starts_with(b"\r\n") { 2 } else { 1 };
    let line = text[..length].trim_ascii_end();
    let line = match line {
        [b'"', inner @ .., b'"'] => inner,
        line => line,
    };
    let (name, delimiter) = line.split_at_checked(4)?;
    let delimiter = match delimiter {
        // Trimmed away.
        [] if text[..length].ends_with(b"=\t") => b'\t',
        [] if text[..length].ends_with(b"= ") => b' ',
        [delimiter] => *delimiter,
        _ => return None,
    };
    let is_named = name.eq_ignore_ascii_case(b"sep=") && CsvSource::is_delimiter(delimiter.into());
    is_named.then_some((delimiter, length + end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_line_can_name_the_delimiter() {
        for (text, expected) in [
            ("sep=;\na", Some((b';', 6))),
            ("SEP=,\r\na", Some((b',', 7))),
            ("sep=\t\na", Some((b'\t', 6))),
            ("\"sep=|\"\ra", Some((b'|', 8))),
            ("sep=x\na", None),
            ("sep=;;\na", None),
            ("sep=\na", None),
            ("sep=;", None),
            ("sepal;petal\n", None),
        ] {
            assert_eq!(named_delimiter(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[test]
    fn files_of_other_kinds_are_known_by_their_start() {
        for (head, expected) in [
            (&b"a,b\n1,2\n"[..], None),
            (b"\xef\xbb\xbfa,b", None),
            (b"\xff\xfea\0,\0", Some("text in UTF-16")),
            (b"a\0,\0b\0", Some("text in UTF-16")),
            (b"\0a\0,\0b", Some("text in UTF-16")),
            (b"a,b\n1,2\0", Some("zero bytes, which no text has")),
            (
                b"PK\x03\x04",
                Some("a workbook of Excel or another zip archive"),
            ),
            (b"\n <!DOCTYPE html>", Some("a page of the web")),
            (b"<html>", Some("a page of the web")),
            (b"<i", None),
        ] {
            assert_eq!(other_kind(head).map(|(name, _)| name), expected, "{head:?}");
        }
    }
}
