//! Writing to the terminal without a panic where nobody reads.

use std::fmt;
use std::io::{self, Write};

use anyhow::Context;

/// The reader of standard output has gone, as `head` does: no failure, but nothing is left to do.
#[derive(Debug)]
pub(crate) struct ClosedPipe;

impl fmt::Display for ClosedPipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("standard output was closed")
    }
}

impl std::error::Error for ClosedPipe {}

/// Writes to standard output.
///
/// # Errors
/// [`ClosedPipe`], or what the system says, e.g. a full disk behind a redirection.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(ClosedPipe.into()),
        written => written.context("cannot write to standard output"),
    }
}

/// Writes a line to standard error, if it is there.
pub(crate) fn note(line: &str) {
    // There is nobody left to tell that nobody can be told.
    let _ = writeln!(io::stderr(), "{line}");
}
