use std::io::{self, Write};
use std::path::Path;

/// Writes a file that is whole or absent: a temporary name in the same directory, sync, rename.
///
/// # Errors
/// What the system says, e.g. a full disk; the file that was there before is then untouched.
pub fn write_whole(path: &Path, contents: &[u8]) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    // A temporary file is its owner's alone; this one becomes as readable as any other file.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.prefix(".firebrick-").tempfile_in(directory)?;
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
