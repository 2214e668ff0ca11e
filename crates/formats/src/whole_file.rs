//! Files that are read or written in one piece.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use firebrick_model::write_whole;

use crate::error::{FormatError, FormatProblem};

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, FormatProblem> {
    let action = "read";
    std::fs::read(path).map_err(|source| FormatProblem::File { action, source })
}

/// The bytes of a small file, which is `expected`.
///
/// # Errors
/// A file that cannot be read or has more bytes than these.
pub(crate) fn read_up_to(
    path: &Path,
    limit: u64,
    expected: &'static str,
) -> Result<Vec<u8>, FormatProblem> {
    let action = "read";
    let failed = |source| FormatProblem::File { action, source };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    let read = file.take(limit + 1).read_to_end(&mut bytes);
    let size = u64::try_from(read.map_err(failed)?).unwrap_or(u64::MAX);
    if size > limit {
        let reason = format!("it has more than {limit} bytes");
        return Err(FormatProblem::Malformed { expected, reason });
    }
    Ok(bytes)
}

/// Writes what a network has become, unless it could not.
pub(crate) fn write(
    path: impl AsRef<Path>,
    bytes: Result<Vec<u8>, FormatProblem>,
) -> Result<(), FormatError> {
    let path = path.as_ref();
    let action = "write";
    let written = bytes.and_then(|bytes| {
        write_whole(path, &bytes).map_err(|source| FormatProblem::File { action, source })
    });
    written.map_err(|problem| FormatError::new(path, problem))
}
