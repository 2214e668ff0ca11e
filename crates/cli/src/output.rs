//! Writing to the terminal without a panic where nobody reads.

use std::fmt;
use std::io::{self, Write};

use anyhow::Context;
use firebrick::models::visible;

/// The reader of standard output has gone, as `head` does: no failure, but nothing is left to do.
#[derive(Debug)]
pub(crate) struct ClosedPipe;

impl fmt::Display for ClosedPipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("standard output was closed")
    }
}

impl std::error::Error for ClosedPipe {}

/// Writes a text for people to standard output; what a terminal would obey, e.g. from a table's header or a file's name, is
/// written out. What programs read goes through [`print_data`].
///
/// # Errors
/// [`ClosedPipe`], or what the system says, e.g. a full disk behind a redirection.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let lines: Vec<_> = text.split('\n').map(visible).collect();
    print_data(&lines.join("\n"))
}

/// Writes JSON, CSV or a script to standard output, byte by byte as it is.
///
/// # Errors
/// [`ClosedPipe`], or what the system says, e.g. a full disk behind a redirection.
pub(crate) fn print_data(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(ClosedPipe.into()),
        written => written.context("cannot write to standard output"),
    }
}

/// Writes a message to standard error, if it is there: nothing in it that a terminal would obey, and of very long lines, as
/// those that quote a file without line ends, the beginning and the end.
pub(crate) fn note(message: &str) {
    let lines: Vec<String> = message.split('\n').map(line_of_note).collect();
    // There is nobody left to tell that nobody can be told.
    let _ = writeln!(io::stderr(), "{}", lines.join("\n"));
}

/// Writes JSON to standard error, byte by byte as it is, where standard output is taken by something else.
pub(crate) fn note_data(text: &str) {
    // There is nobody left to tell that nobody can be told.
    let _ = io::stderr().write_all(text.as_bytes());
}

fn line_of_note(line: &str) -> String {
    const BEGIN: usize = 3000;
    const END: usize = 1000;
    let length = line.chars().count();
    if length <= BEGIN + END {
        return visible(line).into_owned();
    }
    let begin: String = line.chars().take(BEGIN).collect();
    let end: String = line.chars().skip(length - END).collect();
    format!(
        "{} … ({} characters left out) … {}",
        visible(&begin),
        length - BEGIN - END,
        visible(&end)
    )
}

/// The characters of a line, where somebody says so: `COLUMNS`, or the terminal on standard output.
pub(crate) fn terminal_width() -> Option<usize> {
    let columns = std::env::var("COLUMNS").ok();
    columns
        .and_then(|columns| columns.parse().ok())
        .or_else(|| {
            console::Term::stdout()
                .size_checked()
                .map(|(_, width)| width.into())
        })
        .map(|width: usize| width.min(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_a_megabyte_keeps_its_beginning_and_its_end() {
        let line = line_of_note(&format!("begin{}end", "x".repeat(1 << 20)));
        assert!(line.starts_with("beginx") && line.ends_with("xend"));
        assert!(
            line.contains(" … (1044584 characters left out) … "),
            "{line}"
        );
        assert_eq!(line_of_note("\u{1b}[31mred"), "\\u{1b}[31mred");
    }
}
