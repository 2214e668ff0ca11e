use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use super::RunDirectory;

/// What the names of checkpoints begin and end with, and the digits they have at least.
const BEFORE: &str = "state-";
const AFTER: &str = ".bpk";
const DIGITS: usize = 10;

impl RunDirectory {
    /// The name of the checkpoint after this step: `state-0000001200.bpk`.
    pub(crate) fn state_file(step: u64) -> String {
        format!("{BEFORE}{step:0DIGITS$}{AFTER}")
    }

    /// The step that a file's name says, if it is the name of a checkpoint.
    pub(crate) fn step_of(name: &str) -> Option<u64> {
        let digits = name.strip_prefix(BEFORE)?.strip_suffix(AFTER)?;
        let is_own = digits.len() >= DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| is_own)
    }

    /// Whether a file in the folder of logs is the run's own, by its extension.
    ///
    /// ```
    /// use std::path::Path;
    ///
    /// use firebrick::training::RunDirectory;
    ///
    /// assert!(RunDirectory::is_log_file(Path::new("training.csv")));
    /// assert!(!RunDirectory::is_log_file(Path::new("notes.md")));
    /// ```
    pub fn is_log_file(path: &Path) -> bool {
        const EXTENSIONS: [&str; 5] = ["csv", "tsv", "jsonl", "log", "txt"];
        let extension = path.extension().and_then(OsStr::to_str);
        extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
    }
}

/// Whether a run has a model, or a checkpoint of something learned.
pub(super) fn is_worth_keeping(run: &Path) -> bool {
    let is_learned = |entry: io::Result<std::fs::DirEntry>| {
        let name = entry.ok().map(|entry| entry.file_name());
        let step = name.as_deref().and_then(OsStr::to_str);
        step.and_then(RunDirectory::step_of)
            .is_some_and(|step| step > 0)
    };
    let checkpoints = std::fs::read_dir(run.join(RunDirectory::CHECKPOINTS));
    run.join(RunDirectory::MODEL).exists()
        || checkpoints.is_ok_and(|mut entries| entries.any(is_learned))
}

/// The files that a run leaves, relative to its directory, the model first; of those in its folders models, event files and
/// logs, whatever else lies there.
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
    collect(
        run,
        Path::new(RunDirectory::LOGS),
        &RunDirectory::is_log_file,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_its_step() {
        assert_eq!(RunDirectory::state_file(1200), "state-0000001200.bpk");
        for (name, step) in [
            ("state-0000001200.bpk", Some(1200)),
            ("state-12000000000.bpk", Some(12_000_000_000)),
            ("state-12.bpk", None),
            ("state-+000000012.bpk", None),
            ("best.bpk", None),
            ("state-0000001200.bpk.tmp", None),
        ] {
            assert_eq!(RunDirectory::step_of(name), step, "{name}");
        }
    }

    #[test]
    fn a_run_is_worth_keeping_once_something_was_learned() {
        let run = tempfile::tempdir().unwrap();
        let checkpoints = run.path().join(RunDirectory::CHECKPOINTS);
        assert!(!is_worth_keeping(run.path()));
        std::fs::create_dir(&checkpoints).unwrap();
        for (step, expected) in [(0, false), (1, true)] {
            std::fs::write(checkpoints.join(RunDirectory::state_file(step)), "").unwrap();
            assert_eq!(is_worth_keeping(run.path()), expected);
        }
    }
}
