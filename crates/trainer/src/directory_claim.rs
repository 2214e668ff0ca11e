mod lock;
mod numbered;
mod previous;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use firebrick_model::remove_abandoned_files;

pub(crate) use lock::Lookout;
pub use numbered::create_numbered_directory;

use crate::error::TrainError;
use crate::lock_holder::LockHolder;
use lock::Lock;

/// What a directory of one kind holds.
///
/// ```
/// use std::path::{Path, PathBuf};
///
/// use firebrick::training::DirectoryContents;
///
/// let notes = DirectoryContents {
///     own_files: |_| Ok(vec![PathBuf::from("notes.txt")]),
///     is_worth_keeping: |directory| directory.join("notes.txt").exists(),
/// };
/// assert!(!(notes.is_worth_keeping)(Path::new("nowhere")));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct DirectoryContents {
    /// Its own files that are there, relative to it, the ones that matter most first.
    pub own_files: fn(&Path) -> io::Result<Vec<PathBuf>>,
    /// Whether something worth keeping came of it.
    pub is_worth_keeping: fn(&Path) -> bool,
}

/// A directory that is one process' alone to write into: another one is refused as long as this lives.
///
/// What was in the directory before can be set aside until there is something new that is worth keeping. If there is
/// nothing when the claim is dropped, or the process is killed, the old files come back: then, or when the
/// directory is looked at the next time.
///
/// The claim is a lock of the system's on the file `.lock` in the directory, which goes with the process however that
/// ends; the file says who holds it.
///
/// ```
/// use std::path::{Path, PathBuf};
///
/// use firebrick::training::{DirectoryClaim, DirectoryContents};
///
/// let contents = DirectoryContents {
///     own_files: |directory| {
///         let name = PathBuf::from("answer.txt");
///         Ok(directory.join(&name).exists().then_some(name).into_iter().collect())
///     },
///     is_worth_keeping: |directory| directory.join("answer.txt").exists(),
/// };
/// let directory = tempfile::tempdir()?;
/// std::fs::write(directory.path().join("answer.txt"), "old")?;
///
/// let claim = DirectoryClaim::new(directory.path(), contents)?;
/// assert!(DirectoryClaim::new(directory.path(), contents).is_err());
/// claim.set_aside()?;
/// assert!(!directory.path().join("answer.txt").exists());
/// drop(claim);
/// assert_eq!(std::fs::read_to_string(directory.path().join("answer.txt"))?, "old");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct DirectoryClaim {
    path: PathBuf,
    contents: DirectoryContents,
    /// Whether one of the process' trainings writes here.
    is_busy: AtomicBool,
    /// Held as long as this lives.
    _lock: Lock,
}

impl DirectoryClaim {
    /// Claims a directory that is there, and mends what a killed process left in it.
    ///
    /// # Errors
    /// One that is another's, or cannot be written into.
    pub fn new(directory: &Path, contents: DirectoryContents) -> Result<Self, TrainError> {
        let lock = Lock::acquire(directory)?;
        previous::settle(directory, &contents)
            .map_err(|source| cannot("bring back the former files of", directory, source))?;
        remove_abandoned_files(directory)
            .map_err(|source| cannot("remove temporary files from", directory, source))?;
        Ok(Self {
            path: directory.to_owned(),
            contents,
            is_busy: AtomicBool::new(false),
            _lock: lock,
        })
    }

    /// Brings back what was set aside by a process that was killed; does nothing where one is at work.
    ///
    /// # Errors
    /// Files that cannot be moved.
    pub fn mend(directory: &Path, contents: DirectoryContents) -> Result<(), TrainError> {
        if !previous::is_there(directory) {
            return Ok(());
        }
        match Self::new(directory, contents) {
            Ok(_) | Err(TrainError::RunBusy { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Sets the directory's own files aside, until there is something new that is worth keeping.
    ///
    /// # Errors
    /// Files that cannot be moved; those that were are back then.
    pub fn set_aside(&self) -> Result<(), TrainError> {
        previous::set_aside(&self.path, &self.contents)
            .map_err(|source| cannot("replace what is in", &self.path, source))
    }

    /// Whether files are set aside that would come back.
    pub fn has_set_aside(&self) -> bool {
        previous::is_there(&self.path)
    }

    /// Once there is something worth keeping: removes what was set aside.
    ///
    /// # Errors
    /// Files that cannot be removed.
    pub fn settle(&self) -> Result<(), TrainError> {
        if (self.contents.is_worth_keeping)(&self.path) {
            previous::settle(&self.path, &self.contents)
                .map_err(|source| cannot("remove the former files of", &self.path, source))?;
        }
        Ok(())
    }

    /// Gives the lock of a directory back that has been renamed since it was claimed.
    pub(crate) fn release_at(renamed: &Path) {
        // One that stays is locked by nobody, once the claim is dropped.
        let _ = std::fs::remove_file(renamed.join(lock::FILE));
    }

    /// Marks the directory as that of one training, until the guard is dropped.
    ///
    /// # Errors
    /// One that another training of this process writes into.
    pub(crate) fn begin(self: Arc<Self>) -> Result<Busy, TrainError> {
        if self.is_busy.swap(true, Ordering::AcqRel) {
            return Err(TrainError::RunBusy {
                path: self.path.clone(),
                holder: Some(LockHolder::this_process()),
            });
        }
        Ok(Busy(self))
    }
}

impl Drop for DirectoryClaim {
    fn drop(&mut self) {
        // What cannot be moved now is mended when the directory is looked at the next time.
        if let Err(error) = previous::settle(&self.path, &self.contents) {
            log::warn!(
                "what was in `{}` before is in `{}` still: {error}",
                self.path.display(),
                previous::FOLDER
            );
        }
    }
}

/// While it lives, a training writes into the directory.
#[derive(Debug)]
pub(crate) struct Busy(Arc<DirectoryClaim>);

impl Busy {
    /// The claim that the training is under.
    pub(crate) fn claim(&self) -> &DirectoryClaim {
        &self.0
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.is_busy.store(false, Ordering::Release);
    }
}

fn cannot(action: &'static str, path: &Path, source: io::Error) -> TrainError {
    TrainError::File {
        path: path.to_owned(),
        action,
        source,
    }
}
