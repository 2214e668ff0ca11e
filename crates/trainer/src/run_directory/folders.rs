use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use firebrick_session::ControlSocket;

use super::RunDirectory;
use crate::error::TrainError;

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

impl RunDirectory {
    /// Removes what the run has left, models, event files and logs in its folders among it; whatever else lies there stays.
    ///
    /// ```
    /// use firebrick::training::RunDirectory;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let run = RunDirectory::create(&folder.path().join("run"))?;
    /// run.write(RunDirectory::CONFIG, b"epochs = 3\n")?;
    /// run.write("notes.md", b"a first try\n")?;
    /// run.remove_files()?;
    /// assert!(!run.file(RunDirectory::CONFIG).exists());
    /// assert!(run.file("notes.md").exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A file that cannot be removed.
    pub fn remove_files(&self) -> Result<(), TrainError> {
        let cannot = |path: PathBuf, source| TrainError::File {
            path,
            action: "remove",
            source,
        };
        let files = own_files(self.path());
        for file in files.map_err(|source| cannot(self.path().to_owned(), source))? {
            let path = self.path().join(&file);
            std::fs::remove_file(&path).map_err(|source| cannot(path, source))?;
            // As far as nothing else is in them.
            let folders = file.ancestors().skip(1);
            for folder in folders.filter(|folder| !folder.as_os_str().is_empty()) {
                let _ = std::fs::remove_dir(self.path().join(folder));
            }
        }
        Ok(())
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
    // That of a process that was killed; another one's goes with it.
    let socket = Path::new(ControlSocket::NAME);
    if is_socket(&run.join(socket)) {
        files.push(socket.to_owned());
    }
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

#[cfg(unix)]
fn is_socket(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;

    path.symlink_metadata()
        .is_ok_and(|there| there.file_type().is_socket())
}

#[cfg(not(unix))]
fn is_socket(_: &Path) -> bool {
    false
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
