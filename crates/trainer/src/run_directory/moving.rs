use std::fs;
use std::path::{Path, PathBuf};

use super::{RunDirectory, cannot};
use crate::directory_claim::DirectoryClaim;
use crate::error::TrainError;

impl RunDirectory {
    /// Removes the run: its own files, and the folders that are empty then. Gives what else lies there, which stays, as paths
    /// relative to it.
    ///
    /// ```
    /// use firebrick::training::RunDirectory;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("run");
    /// drop(RunDirectory::create(&path)?);
    /// std::fs::write(path.join("thoughts.md"), "interesting")?;
    /// let left = RunDirectory::open(&path)?.remove()?;
    /// assert_eq!(left, [std::path::Path::new("thoughts.md")]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// One that somebody trains in, one that is a link, files that cannot be removed.
    pub fn remove(self) -> Result<Vec<PathBuf>, TrainError> {
        self.check_no_link("remove")?;
        let path = self.path.clone();
        // Nobody else may begin to train here meanwhile.
        let exclusive = self.exclusive()?;
        exclusive.remove_files()?;
        for folder in Self::FOLDERS {
            remove_empty(&path.join(folder));
        }
        drop(exclusive);
        drop(self);
        let left = fs::remove_dir(&path).err().map(|_| rest(&path));
        Ok(left.unwrap_or_default())
    }

    /// Gives the run another directory, in the same folder or elsewhere on the same disk.
    ///
    /// ```
    /// use firebrick::training::RunDirectory;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    /// drop(RunDirectory::create(&old)?);
    /// let run = RunDirectory::open(&old)?.rename(&new)?;
    /// assert_eq!(run.path(), new);
    /// assert!(!old.exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// One that somebody trains in, one that is a link, a place where something is already, one that cannot be moved to.
    pub fn rename(self, to: &Path) -> Result<Self, TrainError> {
        self.check_no_link("rename")?;
        if to.symlink_metadata().is_ok() {
            let source = std::io::ErrorKind::AlreadyExists.into();
            return Err(cannot("rename to", to, source));
        }
        let exclusive = self.exclusive()?;
        fs::rename(&self.path, to).map_err(|source| cannot("rename to", to, source))?;
        DirectoryClaim::release_at(to);
        drop(exclusive);
        Self::open(to)
    }

    /// A link is somebody's own doing, and what it leads to may be elsewhere for a reason.
    fn check_no_link(&self, action: &'static str) -> Result<(), TrainError> {
        if !self.path.is_symlink() {
            return Ok(());
        }
        let source =
            std::io::Error::other("it is a link to the directory of a run, which stays as it is");
        Err(cannot(action, &self.path, source))
    }
}

/// Removes a folder and those below it that are empty; links are not followed.
fn remove_empty(folder: &Path) {
    if folder.is_symlink() {
        return;
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_empty(&entry.path());
        }
    }
    // One that is not empty stays.
    let _ = fs::remove_dir(folder);
}

/// What lies in a directory, relative to it.
fn rest(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut rest: Vec<PathBuf> = entries
        .map(|entry| PathBuf::from(entry.file_name()))
        .collect();
    rest.sort();
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_with(folder: &Path, files: &[&str]) -> RunDirectory {
        let path = folder.join("run");
        drop(RunDirectory::create(&path).unwrap());
        for file in files {
            let file = path.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "x").unwrap();
        }
        RunDirectory::open(&path).unwrap()
    }

    #[test]
    fn all_that_is_the_runs_own_goes_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let files = [
            "config.toml",
            "model.bpk",
            "checkpoints/state-0000000010.bpk",
            "logs/deep/a.csv",
        ];
        let run = run_with(folder.path(), &files);
        assert_eq!(run.remove().unwrap(), Vec::<PathBuf>::new());
        assert_eq!(rest(folder.path()), Vec::<PathBuf>::new());

        let run = run_with(
            folder.path(),
            &["config.toml", "logs/notes.md", "mine/a.txt"],
        );
        assert_eq!(
            run.remove().unwrap(),
            [Path::new("logs"), Path::new("mine")]
        );
        assert!(folder.path().join("run/logs/notes.md").exists());
    }

    #[test]
    fn a_run_that_somebody_trains_in_stays() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunDirectory::create(&folder.path().join("run")).unwrap();
        let other = RunDirectory::open(run.path()).unwrap();
        assert!(matches!(
            other.clone().remove(),
            Err(TrainError::RunBusy { .. })
        ));
        let to = folder.path().join("new");
        assert!(matches!(other.rename(&to), Err(TrainError::RunBusy { .. })));
        assert!(run.file(RunDirectory::LOG).exists());
    }

    #[test]
    #[cfg(unix)]
    fn links_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = folder.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        fs::write(elsewhere.join("a.csv"), "x").unwrap();
        let run = run_with(folder.path(), &["config.toml"]);
        std::os::unix::fs::symlink(&elsewhere, run.file("logs")).unwrap();
        assert_eq!(run.remove().unwrap(), [Path::new("logs")]);
        assert!(elsewhere.join("a.csv").exists());

        let run = run_with(&folder.path().join("runs"), &["config.toml"]);
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(run.path(), &link).unwrap();
        let linked = RunDirectory::open(&link).unwrap();
        let error = linked.clone().remove().unwrap_err().to_string();
        assert!(error.contains("link"), "{error}");
        assert!(linked.rename(&folder.path().join("new")).is_err());
        assert!(run.file("config.toml").exists());
    }

    #[test]
    fn a_run_takes_its_files_along_and_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let run = run_with(folder.path(), &["config.toml", "mine.txt"]);
        let there = folder.path().join("there");
        fs::create_dir(&there).unwrap();
        assert!(run.clone().rename(&there).is_err());
        let moved = run.rename(&folder.path().join("new")).unwrap();
        assert!(moved.file("mine.txt").exists());
        assert!(!moved.is_busy() && !moved.is_abandoned());
    }
}
