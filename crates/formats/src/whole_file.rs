//! Files that are read or written in one piece.

use std::path::Path;

use firebrick_model::write_whole;

use crate::error::{FormatError, FormatProblem};

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, FormatProblem> {
    let action = "read";
    std::fs::read(path).map_err(|source| FormatProblem::File { action, source })
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
