use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Makes the first of `PREFIX-1`, `PREFIX-2`, … that is not there yet; making it is what claims the number, also against another
/// process.
///
/// ```
/// use std::io;
///
/// use firebrick::training::create_numbered_directory;
///
/// let folder = tempfile::tempdir()?;
/// let create = || create_numbered_directory(folder.path(), "try", |_, error| error);
/// assert_eq!(create()?, folder.path().join("try-1"));
/// assert_eq!(create()?, folder.path().join("try-2"));
/// # Ok::<(), io::Error>(())
/// ```
///
/// # Errors
/// A directory that cannot be made, as `error` makes it of the path and the reason.
pub fn create_numbered_directory<E>(
    parent: &Path,
    prefix: &str,
    error: impl Fn(&Path, io::Error) -> E,
) -> Result<PathBuf, E> {
    for number in 1_u64.. {
        let path = parent.join(format!("{prefix}-{number}"));
        match fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(source) if source.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(error(&path, source)),
        }
    }
    Err(error(parent, io::ErrorKind::AlreadyExists.into()))
}
