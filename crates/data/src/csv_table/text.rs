use std::path::Path;
use std::str;

use crate::csv_error::CsvError;

/// The content of a file, known to be text.
pub(super) struct Text<'a> {
    pub(super) path: &'a Path,
    /// Without a byte order mark.
    pub(super) content: &'a str,
}

impl<'a> Text<'a> {
    pub(super) fn new(path: &'a Path, bytes: &'a [u8]) -> Result<Self, CsvError> {
        match str::from_utf8(bytes) {
            Ok(content) => Ok(Self {
                path,
                content: content.strip_prefix('\u{feff}').unwrap_or(content),
            }),
            Err(error) => {
                let (text, rest) = bytes.split_at(error.valid_up_to());
                Err(CsvError::NotUtf8 {
                    path: path.to_owned(),
                    line: 1 + line_ends(text),
                    received: rest.first().copied().unwrap_or_default(),
                })
            }
        }
    }

    /// The line, counted from 1, of what starts behind this byte and the line ends that follow it.
    pub(super) fn line(&self, start: usize) -> usize {
        let bytes = self.content.as_bytes();
        let start = start.min(bytes.len());
        let is_line_end = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        let skipped = bytes[start..].iter().take_while(is_line_end).count();
        1 + line_ends(&bytes[..start + skipped])
    }
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
    use super::*;

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        for content in ["a\nb\n\nc\n", "a\r\nb\r\n\r\nc\r\n", "a\rb\r\rc\r"] {
            let text = Text::new(Path::new("x.csv"), content.as_bytes()).unwrap();
            let lines = ["a", "b", "c"].map(|row| text.line(content.find(row).unwrap()));
            assert_eq!(lines, [1, 2, 4], "{content:?}");
            // Behind the second row: the third one starts after an empty line.
            assert_eq!(text.line(content.find('b').unwrap() + 1), 4, "{content:?}");
        }
    }
}
