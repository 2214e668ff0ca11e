use std::fs;
use std::path::Path;

use anyhow::anyhow;
use firebrick::datasets::{DataDescription, absolute_path};
use firebrick::models::is_same_file;
use firebrick::training::{History, RunDirectory, TrainError};

use crate::failure::OrUsage;
use crate::run_name::RunName;

/// A run directory that was made for a training; it is removed again if nothing comes of it.
pub(crate) struct NewRun {
    directory: RunDirectory,
    /// Whether the directory is of our making, so that it is ours to remove.
    is_fresh: bool,
}

impl NewRun {
    /// Makes the directory of that name, or else the next numbered one.
    ///
    /// # Errors
    /// A run that is already there and not to be overwritten, or a directory that cannot be made.
    pub(crate) fn create(
        folder: &Path,
        name: Option<&RunName>,
        prefix: &str,
        overwrite: bool,
    ) -> Result<Self, TrainError> {
        let Some(name) = name else {
            return Ok(Self {
                directory: RunDirectory::create_numbered(folder, prefix)?,
                is_fresh: true,
            });
        };
        let path = folder.join(name.as_str());
        let is_fresh = !path.exists();
        let directory = if overwrite {
            RunDirectory::create_or_replace(&path)?
        } else {
            RunDirectory::create(&path)?
        };
        Ok(Self {
            directory,
            is_fresh,
        })
    }

    pub(crate) fn directory(&self) -> &RunDirectory {
        &self.directory
    }

    /// After a failure, when nothing else holds the directory any more: keeps what was learned, or else leaves things
    /// as they were before.
    pub(crate) fn failed(self, history: &History) -> Remains {
        if self.directory.file(RunDirectory::MODEL).exists() {
            return Remains::Learned;
        }
        let path = self.directory.path().to_owned();
        let is_replacing = self.directory.is_replacing();
        // Brings back what was there.
        drop(self.directory);
        if is_replacing {
            return Remains::Former;
        }
        if !history.epochs().is_empty() {
            return Remains::Learned;
        }
        if self.is_fresh {
            // What cannot be removed stays; the failure itself is what the user is told.
            for name in [
                RunDirectory::CONFIG,
                RunDirectory::EVENTS,
                RunDirectory::LOG,
            ] {
                let _ = fs::remove_file(path.join(name));
            }
            remove_states(&path.join(RunDirectory::CHECKPOINTS));
            // What callbacks have begun to write.
            let _ = fs::remove_dir_all(path.join(RunDirectory::LOGS));
            let _ = fs::remove_dir(path);
        }
        Remains::Nothing
    }
}

/// Removes all that a run has left, which nothing else may hold any more, and its directory unless something else lies there.
///
/// # Errors
/// A file that cannot be removed.
pub(crate) fn throw_away(run: RunDirectory) -> Result<Remains, TrainError> {
    if run.is_replacing() {
        // Brings back what was there.
        drop(run);
        return Ok(Remains::Former);
    }
    run.remove_files()?;
    let path = run.path().to_owned();
    drop(run);
    let _ = fs::remove_dir(path);
    Ok(Remains::Nothing)
}

/// Removes the checkpoints of a training that has learned nothing, which holds what it began with.
fn remove_states(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.starts_with("state-")) {
            let _ = fs::remove_file(entry.path());
        }
    }
    let _ = fs::remove_dir(folder);
}

/// Makes sure that no file of a run that is to be replaced is learned from.
///
/// # Errors
/// With a usage error one that is.
pub(crate) fn check_replaced(run: &Path, data: &DataDescription) -> anyhow::Result<()> {
    let own = RunDirectory::FILES.map(|name| run.join(name));
    let logs = absolute_path(&run.join(RunDirectory::LOGS));
    let files = data.files();
    let is_own = |file: &Path| {
        own.iter().any(|own| is_same_file(own, file)) || absolute_path(file).starts_with(&logs)
    };
    let shared = files.iter().find(|file| is_own(file));
    match shared {
        Some(file) => Err(anyhow!(
            "`{}` is to be learned from and belongs to the run that `--overwrite` replaces; choose another `--run`, or copy the file",
            file.display()
        ))
        .or_usage(),
        None => Ok(()),
    }
}

/// What is in the directory of a run that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remains {
    /// What was learned before.
    Learned,
    /// The run that it was to replace.
    Former,
    /// Nothing of a training.
    Nothing,
}

/// What runs on this data are called.
pub(crate) fn data_name(data: &DataDescription) -> String {
    let name = data.short_name();
    name.and_then(|name| name.parse::<RunName>().ok())
        .map_or_else(|| "run".to_owned(), |name| name.as_str().to_owned())
}
