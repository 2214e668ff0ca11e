use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::cannot;
use crate::error::TrainError;
use crate::lock_holder::LockHolder;

/// The file that is locked, and says by whom.
pub(super) const FILE: &str = ".lock";

/// The lock on a directory. The system takes it back when the process ends, whatever ends it.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Locks a directory that is there.
    pub(super) fn acquire(directory: &Path) -> Result<Self, TrainError> {
        let path = directory.join(FILE);
        let was_there = path.exists();
        loop {
            let mut file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .read(true)
                .write(true)
                .open(&path)
                .map_err(|source| cannot("write into", directory, source))?;
            let other = match file.try_lock() {
                // One that the last holder has removed while this was being opened locks nothing.
                Ok(()) if !is_at(&path, &file) => continue,
                Ok(()) => None,
                Err(TryLockError::WouldBlock) => Some(LockHolder::read(&mut file)),
                // A file system without locks: what the file says has to do.
                Err(TryLockError::Error(_)) => LockHolder::read(&mut file)
                    .filter(LockHolder::is_alive)
                    .map(Some),
            };
            if let Some(holder) = other {
                return Err(TrainError::RunBusy {
                    path: directory.to_owned(),
                    holder,
                });
            }
            if let Err(source) = LockHolder::this_process().write(&mut file) {
                // On a full disk; one that a killed process has left stays, and says so.
                if !was_there {
                    let _ = fs::remove_file(&path);
                }
                return Err(cannot("write into", directory, source));
            }
            return Ok(Self { path, _file: file });
        }
    }
}

/// What a directory's lock is like to somebody who only looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lookout {
    /// Whoever wrote here last has left in order.
    Free,
    /// Whoever wrote here last was killed.
    Left,
    /// Somebody writes here.
    Held,
}

impl Lookout {
    /// Looks at a directory, and leaves its lock as it is.
    pub(crate) fn at(directory: &Path) -> Self {
        let Ok(mut file) = File::open(directory.join(FILE)) else {
            return Self::Free;
        };
        match file.try_lock_shared() {
            Ok(()) => Self::Left,
            Err(TryLockError::WouldBlock) => Self::Held,
            Err(TryLockError::Error(_)) => match LockHolder::read(&mut file) {
                Some(holder) if holder.is_alive() => Self::Held,
                _ => Self::Left,
            },
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // One that stays is locked by nobody.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether this is the file of that name.
fn is_at(path: &Path, file: &File) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;

        match (fs::metadata(path), file.metadata()) {
            (Ok(named), Ok(open)) => (named.dev(), named.ino()) == (open.dev(), open.ino()),
            _ => false,
        }
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        path.exists()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_lock_is_one_processes_until_it_is_dropped() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        let lock = Lock::acquire(directory.path()).unwrap();
        let error = Lock::acquire(directory.path()).unwrap_err().to_string();
        assert!(
            error.contains("another training of this program"),
            "{error}"
        );
        drop(lock);
        assert!(!path.exists());
        drop(Lock::acquire(directory.path()).unwrap());
    }

    #[test]
    fn who_only_looks_leaves_a_lock_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        assert_eq!(Lookout::at(directory.path()), Lookout::Free);
        let lock = Lock::acquire(directory.path()).unwrap();
        assert_eq!(Lookout::at(directory.path()), Lookout::Held);
        drop(lock);
        fs::write(&path, "").unwrap();
        for _ in 0..2 {
            assert_eq!(Lookout::at(directory.path()), Lookout::Left);
        }
        drop(Lock::acquire(directory.path()).unwrap());
        assert_eq!(Lookout::at(directory.path()), Lookout::Free);
    }

    #[test]
    fn a_file_that_nobody_locks_is_stale_whatever_it_says() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        let own = toml::to_string(&LockHolder::this_process()).unwrap();
        for text in [own.as_str(), "process = 1\nsince = 0\n", "", "\u{1b}]0;x"] {
            fs::write(&path, text).unwrap();
            drop(Lock::acquire(directory.path()).unwrap());
        }
    }

    #[test]
    fn who_holds_it_is_told_by_number_and_time() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        let since = std::time::SystemTime::now() - std::time::Duration::from_mins(10);
        let since = since.duration_since(std::time::UNIX_EPOCH).unwrap();
        let mut file = File::create(&path).unwrap();
        write!(file, "process = 1\nsince = {}\n", since.as_secs()).unwrap();
        file.lock().unwrap();
        let error = Lock::acquire(directory.path()).unwrap_err().to_string();
        assert!(error.contains("process 1, for 10 min by now"), "{error}");
    }
}
