//! A path to a socket that the system takes: such paths have about a hundred bytes at most.

use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf, absolute};

use tempfile::TempDir;

/// What a path to a directory may have, so that there is room for a name in it.
const LONGEST: usize = 60;

/// A short path to a directory, as long as this lives.
pub(crate) struct ShortPath {
    path: PathBuf,
    /// What holds a link to it.
    _link: Option<TempDir>,
}

impl ShortPath {
    /// To a directory.
    ///
    /// # Errors
    /// A link that cannot be made.
    pub(crate) fn to(directory: &Path) -> io::Result<Self> {
        if directory.as_os_str().len() <= LONGEST {
            return Ok(Self {
                path: directory.to_owned(),
                _link: None,
            });
        }
        // Nobody else can look into the folder of the link.
        let folder = tempfile::Builder::new().prefix("firebrick-").tempdir()?;
        let path = folder.path().join("run");
        symlink(absolute(directory)?, &path)?;
        Ok(Self {
            path,
            _link: Some(folder),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
