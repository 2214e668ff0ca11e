use std::fs;
use std::path::{self, Path};

use firebrick::datasets::{DataDescription, DataSource};
use firebrick::training::{History, RunDirectory, TrainError};

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

    /// After a failure: whether something was learned. If not, a directory of our making is removed.
    pub(crate) fn is_kept(&self, history: &History) -> bool {
        if !history.epochs().is_empty() || self.directory.file(RunDirectory::MODEL).exists() {
            return true;
        }
        if self.is_fresh {
            // What cannot be removed stays; the failure itself is what the user is told.
            for name in [RunDirectory::CONFIG, RunDirectory::LOG] {
                let _ = fs::remove_file(self.directory.file(name));
            }
            let _ = fs::remove_dir(self.directory.path());
        }
        false
    }
}

/// What runs on this data are called.
pub(crate) fn data_name(data: &DataDescription) -> String {
    let name = match data {
        DataDescription::Images(DataSource::Directory(directory)) => {
            let whole = path::absolute(directory).unwrap_or_else(|_| directory.clone());
            whole.file_name().map(ToOwned::to_owned)
        }
        DataDescription::Images(named) => return named.to_string(),
        DataDescription::Csv(source) => source.path().file_stem().map(ToOwned::to_owned),
    };
    let name = name.map(|name| name.to_string_lossy().into_owned());
    name.and_then(|name| name.parse::<RunName>().ok())
        .map_or_else(|| "run".to_owned(), |name| name.as_str().to_owned())
}
