use std::path::{Component, Path, PathBuf};

use firebrick_trainer::{RunDirectory, TrainError};

/// What is said of a path that leaves the run.
#[derive(Clone, Copy)]
pub(super) struct RunPath {
    /// The argument and whose it is.
    pub(super) setting: &'static str,
    /// The folder of the run that it begins in.
    pub(super) folder: &'static str,
    pub(super) expected: &'static str,
}

impl RunPath {
    /// The path of a name in the run, without one the name itself.
    ///
    /// # Errors
    /// A name that leads out of the folder.
    pub(super) fn of(self, run: Option<&RunDirectory>, name: &str) -> Result<PathBuf, TrainError> {
        self.check(name)?;
        let folder = run.map(|run| run.file(self.folder));
        let parts = Path::new(name).components();
        let parts = parts.filter(|part| matches!(part, Component::Normal(_)));
        Ok(folder.unwrap_or_default().join(parts.collect::<PathBuf>()))
    }

    /// Makes sure that a name stays in the folder.
    ///
    /// # Errors
    /// One that does not.
    pub(super) fn check(self, name: &str) -> Result<(), TrainError> {
        let is_inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        // A backslash leads out on some systems, and runs are carried from one to another.
        if Path::new(name).components().all(is_inside) && !name.contains(['\\', '\0']) {
            return Ok(());
        }
        Err(self.refused(name))
    }

    pub(super) fn refused(self, name: &str) -> TrainError {
        TrainError::Setting {
            setting: self.setting,
            expected: self.expected,
            received: format!("`{name}`"),
        }
    }
}

/// The same of a file that grows by lines.
///
/// # Errors
/// A name that leads out of the folder, or that no such file of a run has.
pub(super) fn log_file(
    place: RunPath,
    run: Option<&RunDirectory>,
    name: &str,
) -> Result<PathBuf, TrainError> {
    let path = place.of(run, name)?;
    if RunDirectory::is_log_file(&path) {
        Ok(path)
    } else {
        Err(place.refused(name))
    }
}
