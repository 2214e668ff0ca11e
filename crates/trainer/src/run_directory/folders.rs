use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use super::RunDirectory;

/// The files that a run leaves, relative to its directory, the model first; of those in its folders models and event
/// files, whatever else lies there.
pub(super) fn own_files(run: &Path) -> io::Result<Vec<PathBuf>> {
    let names = RunDirectory::FILES.into_iter();
    let rest = names.filter(|name| *name != RunDirectory::MODEL);
    let mut files: Vec<PathBuf> = [RunDirectory::MODEL]
        .into_iter()
        .chain(rest)
        .map(PathBuf::from)
        .filter(|name| run.join(name).symlink_metadata().is_ok())
        .collect();
    let is_model = |path: &Path| path.extension().is_some_and(|extension| extension == "bpk");
    let is_event_file = |path: &Path| {
        let name = path.file_name().and_then(OsStr::to_str);
        name.is_some_and(|name| name.starts_with("events.out.tfevents."))
    };
    collect(
        run,
        Path::new(RunDirectory::CHECKPOINTS),
        &is_model,
        &mut files,
    )?;
    collect(
        run,
        Path::new(RunDirectory::TENSORBOARD),
        &is_event_file,
        &mut files,
    )?;
    Ok(files)
}

/// The run's own files in a folder and those below it; links are not followed.
fn collect(
    run: &Path,
    folder: &Path,
    is_own: &dyn Fn(&Path) -> bool,
    files: &mut Vec<PathBuf>,
) -> io::Result<()> {
    let whole = run.join(folder);
    if !whole.is_dir() || whole.is_symlink() {
        return Ok(());
    }
    for entry in std::fs::read_dir(whole)? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(run, &path, is_own, files)?;
        } else if is_own(&path) {
            files.push(path);
        }
    }
    Ok(())
}
