mod place;
mod temporary;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use place::Place;
pub use place::is_same_file;
use temporary::Temporary;
pub use temporary::remove_abandoned_files;

/// Writes a file that is whole or absent: a temporary name in the same folder, sync, rename, sync of the folder.
///
/// For a file that is there it is as if its contents were exchanged: links are followed, mode and (where the system
/// lets) owner and group are kept. What is no regular file, a pipe or a device, and what the process has open under a name like
/// `/dev/stdout` or `/dev/fd/3`, is written to instead of replaced.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::models::write_whole;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("notes.txt");
/// write_whole(&path, b"all of it")?;
/// assert_eq!(std::fs::read(&path)?, b"all of it");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// What the system says, e.g. a full disk; the file that was there before is then untouched. A file that is
/// protected from being written to, a directory.
pub fn write_whole(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(contents)?;
    file.finish()
}

/// A file in the course of being written, of which nobody sees a part: [`finish`](Self::finish) puts it in its place,
/// dropped before that it has never been. Otherwise as [`write_whole`].
///
/// It is not buffered.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use std::io::Write;
///
/// use firebrick::models::AtomicFile;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("rows.csv");
/// let mut file = AtomicFile::create(&path)?;
/// writeln!(file, "a,b")?;
/// assert!(!path.exists());
/// file.finish()?;
/// assert_eq!(std::fs::read_to_string(&path)?, "a,b\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a file that is not finished has never been"]
pub struct AtomicFile(Inner);

#[derive(Debug)]
enum Inner {
    /// A pipe, a device, something that is open: there is no name to be exchanged.
    Stream(File),
    /// The file that is to bear the name of another.
    Replacing {
        temporary: Temporary,
        target: PathBuf,
    },
}

impl AtomicFile {
    /// Begins a file of this name.
    ///
    /// # Errors
    /// A folder that is not there or takes no new file, a file that is protected from being written to, a directory.
    pub fn create(path: &Path) -> io::Result<Self> {
        match Place::of(path)? {
            Place::Stream(file) => Ok(Self(Inner::Stream(file))),
            Place::File { path, replaced } => {
                if replaced.is_some() {
                    // Exchanging it would take no right to write to it.
                    OpenOptions::new().write(true).open(&path)?;
                }
                let folder = folder_of(&path);
                let temporary = Temporary::create(folder, replaced.as_ref())
                    .map_err(|error| told_of_folder(folder, &error))?;
                Ok(Self(Inner::Replacing {
                    temporary,
                    target: path,
                }))
            }
        }
    }

    /// Puts the file in its place, on the disk.
    ///
    /// # Errors
    /// What the system says; what was there before is then still there, unless it was a pipe or a device.
    pub fn finish(self) -> io::Result<()> {
        match self.0 {
            Inner::Stream(mut file) => file.flush(),
            Inner::Replacing { temporary, target } => {
                temporary.rename_to(&target)?;
                sync_folder(folder_of(&target))
            }
        }
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Inner::Stream(file) => file.write(bytes),
            Inner::Replacing { temporary, .. } => temporary.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Inner::Stream(file) => file.flush(),
            Inner::Replacing { temporary, .. } => temporary.flush(),
        }
    }
}

/// The folder that a path lies in; the current one for a name alone.
///
/// ```
/// # mod firebrick { pub use firebrick_model as models; }
/// use std::path::Path;
///
/// use firebrick::models::folder_of;
///
/// assert_eq!(folder_of("runs/model.bpk".as_ref()), Path::new("runs"));
/// assert_eq!(folder_of("model.bpk".as_ref()), Path::new("."));
/// ```
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A folder that takes no file, by its own name.
fn told_of_folder(folder: &Path, error: &io::Error) -> io::Error {
    let told = if folder.is_dir() {
        format!("its folder takes no new file: {error}")
    } else {
        format!("there is no folder `{}`: {error}", folder.display())
    };
    io::Error::new(error.kind(), told)
}

/// Has the system write down that the name is there. Where folders cannot be synced, that is left to the system.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match fs::File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error)
            if !matches!(
                error.kind(),
                io::ErrorKind::PermissionDenied
                    | io::ErrorKind::InvalidInput
                    | io::ErrorKind::Unsupported
            ) =>
        {
            Err(error)
        }
        _ => Ok(()),
    }
}
