use std::ffi::OsStr;
use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// What the names of all temporary files begin with.
const PREFIX: &str = ".firebrick-";

/// A file without its name yet. It is removed when dropped; where the process is killed before, the lock on it is gone
/// with the process, by which it is known.
#[derive(Debug)]
pub(super) struct Temporary {
    path: PathBuf,
    file: File,
    is_renamed: bool,
}

impl Temporary {
    /// Makes one in this folder, with owner and mode of the file that it is to replace.
    pub(super) fn create(folder: &Path, replaced: Option<&Metadata>) -> io::Result<Self> {
        let file = Self::new_in(folder, replaced)?;
        if let Some(replaced) = replaced {
            keep_owner_and_mode(&file.file, replaced)?;
        }
        Ok(file)
    }

    fn new_in(folder: &Path, replaced: Option<&Metadata>) -> io::Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);

        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = folder.join(format!("{PREFIX}{}-{number}", std::process::id()));
            let file = match options(replaced).open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
            };
            // Who tidies up may have found it between these two lines.
            let is_taken = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
            if !is_taken && path.exists() {
                return Ok(Self {
                    path,
                    file,
                    is_renamed: false,
                });
            }
        }
    }

    /// Gives it its name, with all its contents on the disk.
    pub(super) fn rename_to(mut self, target: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, target)?;
        self.is_renamed = true;
        Ok(())
    }
}

impl Write for Temporary {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.is_renamed {
            // What cannot be removed is removed by the next that tidies up.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A file that replaces another is nobody else's until it has that one's mode.
#[cfg_attr(not(unix), expect(unused_variables, reason = "a mode is Unix'"))]
fn options(replaced: Option<&Metadata>) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if replaced.is_some() {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    options
}

#[cfg(unix)]
fn keep_owner_and_mode(file: &File, replaced: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};

    let new = file.metadata()?;
    let (owner, group) = (replaced.uid(), replaced.gid());
    if (new.uid(), new.gid()) != (owner, group) {
        // Only the administrator gives files away; to a group of one's own anybody may.
        let _ = fchown(file, Some(owner), Some(group)).or_else(|_| fchown(file, None, Some(group)));
    }
    file.set_permissions(replaced.permissions())
}

#[cfg(not(unix))]
fn keep_owner_and_mode(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Removes what [`write_whole`](crate::write_whole) and [`AtomicFile`](crate::AtomicFile) left in this folder where their
/// process was killed; how many files that were. Those that are still being written stay.
///
/// ```
/// # mod firebrick { pub use firebrick_model as models; }
/// use firebrick::models::{remove_abandoned_files, write_whole};
///
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// write_whole(&folder.join("model.bpk"), b"weights")?;
/// // Nothing was killed, so nothing is left to remove.
/// assert_eq!(remove_abandoned_files(folder)?, 0);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// A folder that cannot be read, a file that cannot be removed. A folder that is not there holds none.
pub fn remove_abandoned_files(folder: &Path) -> io::Result<usize> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    let mut removed = 0;
    for entry in entries {
        let entry = entry?;
        if is_temporary(&entry.file_name()) && entry.file_type()?.is_file() {
            let path = entry.path();
            let file = match File::open(&path) {
                // It has got its name since, or somebody else has removed it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                file => file?,
            };
            if file.try_lock().is_ok() && path.exists() {
                fs::remove_file(&path)?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}

fn is_temporary(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(PREFIX))
}
