use std::ffi::OsStr;
use std::io;
use std::path::Path;

use super::{RunDirectory, cannot};
use crate::TrainError;

/// Removes what a run leaves in its folders, and folders that are empty then.
pub(super) fn clear(run: &RunDirectory) -> Result<(), TrainError> {
    let is_model = |path: &Path| path.extension().is_some_and(|extension| extension == "bpk");
    clear_folder(&run.file(RunDirectory::CHECKPOINTS), &is_model)?;
    let is_event_file = |path: &Path| {
        let name = path.file_name().and_then(OsStr::to_str);
        name.is_some_and(|name| name.starts_with("events.out.tfevents."))
    };
    clear_folder(&run.file(RunDirectory::TENSORBOARD), &is_event_file)
}

/// Removes the run's own files from a folder and those below it; links are not followed.
fn clear_folder(folder: &Path, is_own: &dyn Fn(&Path) -> bool) -> Result<(), TrainError> {
    let replacing = |source| cannot("replace", folder, source);
    if !folder.is_dir() || folder.is_symlink() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder).map_err(replacing)? {
        let entry = entry.map_err(replacing)?;
        let path = entry.path();
        if entry.file_type().map_err(replacing)?.is_dir() {
            clear_folder(&path, is_own)?;
        } else if is_own(&path) {
            std::fs::remove_file(&path).map_err(|source| cannot("replace", &path, source))?;
        }
    }
    match std::fs::remove_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => Err(replacing(error)),
        _ => Ok(()),
    }
}
