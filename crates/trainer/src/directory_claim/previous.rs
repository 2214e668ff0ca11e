//! What was in a directory before, while something new is being made there.
//!
//! Every step can be the last one, of a process that is killed. That is why the files that matter most go first, and
//! why a mark says whether what lies in the directory is old or new.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::DirectoryContents;

/// Where it lies, in the directory itself.
pub(super) const FOLDER: &str = ".previous";

/// Says that everything old is set aside, so that all else in the directory is new.
const MARK: &str = ".whole";

/// Whether something is set aside.
pub(super) fn is_there(directory: &Path) -> bool {
    directory.join(FOLDER).is_dir()
}

/// Moves the directory's own files aside.
pub(super) fn set_aside(directory: &Path, contents: &DirectoryContents) -> io::Result<()> {
    settle(directory, contents)?;
    let own = (contents.own_files)(directory)?;
    if own.is_empty() {
        return Ok(());
    }
    let aside = directory.join(FOLDER);
    fs::create_dir(&aside)?;
    let moved = own
        .iter()
        .try_for_each(|file| move_file(directory, &aside, file))
        .and_then(|()| File::create_new(aside.join(MARK)))
        .and_then(|mark| mark.sync_all());
    if let Err(error) = moved {
        // Without the mark this brings back what was moved.
        settle(directory, contents)?;
        return Err(error);
    }
    Ok(())
}

/// Decides between old and new: removes what is set aside if something worth keeping is there, brings it back if not.
pub(super) fn settle(directory: &Path, contents: &DirectoryContents) -> io::Result<()> {
    let aside = directory.join(FOLDER);
    if !aside.is_dir() {
        return Ok(());
    }
    let mark = aside.join(MARK);
    if mark.exists() {
        if (contents.is_worth_keeping)(directory) {
            return fs::remove_dir_all(&aside);
        }
        for file in (contents.own_files)(directory)? {
            fs::remove_file(directory.join(&file))?;
            remove_empty_folders(directory, &file);
        }
        // From here on everything in the directory is old.
        fs::remove_file(&mark)?;
    }
    let mut files = Vec::new();
    collect(&aside, Path::new(""), &mut files)?;
    for file in files {
        move_file(&aside, directory, &file)?;
    }
    fs::remove_dir_all(&aside)
}

/// All files below a folder, relative to it.
fn collect(folder: &Path, below: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(folder, &path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// Moves a file from one folder to the same place in another.
fn move_file(from: &Path, to: &Path, file: &Path) -> io::Result<()> {
    let target = to.join(file);
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::rename(from.join(file), target)?;
    remove_empty_folders(from, file);
    Ok(())
}

/// Removes the folders that a file lay in, as far as nothing else is in them.
fn remove_empty_folders(directory: &Path, file: &Path) {
    let folders = file.ancestors().skip(1);
    for folder in folders.filter(|folder| !folder.as_os_str().is_empty()) {
        if fs::remove_dir(directory.join(folder)).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const CONTENTS: DirectoryContents = DirectoryContents {
        own_files: |directory| {
            let names = ["model", "config", "folder/a", "folder/b"];
            let names = names.into_iter().map(PathBuf::from);
            Ok(names.filter(|name| directory.join(name).exists()).collect())
        },
        is_worth_keeping: |directory| directory.join("model").exists(),
    };

    fn files(directory: &Path) -> BTreeMap<String, String> {
        let mut files = Vec::new();
        collect(directory, Path::new(""), &mut files).unwrap();
        let read = |file: PathBuf| {
            let text = fs::read_to_string(directory.join(&file)).unwrap();
            (file.to_str().unwrap().to_owned(), text)
        };
        files.into_iter().map(read).collect()
    }

    fn write(directory: &Path, name: &str, text: &str) {
        let path = directory.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn old() -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for name in ["model", "config", "folder/a", "notes"] {
            write(directory.path(), name, "old");
        }
        directory
    }

    #[test]
    fn the_old_files_come_back_where_nothing_came_of_the_new() {
        let directory = old();
        let path = directory.path();
        let before = files(path);
        set_aside(path, &CONTENTS).unwrap();
        assert!(is_there(path) && path.join("notes").exists());
        assert!(!path.join("model").exists() && !path.join("folder").exists());
        for name in ["config", "folder/b"] {
            write(path, name, "new");
        }
        settle(path, &CONTENTS).unwrap();
        assert_eq!(files(path), before);
        assert!(!is_there(path));
    }

    #[test]
    fn the_old_files_go_once_there_is_something_worth_keeping() {
        let directory = old();
        let path = directory.path();
        set_aside(path, &CONTENTS).unwrap();
        write(path, "model", "new");
        settle(path, &CONTENTS).unwrap();
        let texts = files(path);
        assert_eq!(texts.len(), 2, "{texts:?}");
        assert_eq!(
            (texts["model"].as_str(), texts["notes"].as_str()),
            ("new", "old")
        );
    }

    /// Copies a directory with all that is in it.
    fn copy(from: &Path) -> tempfile::TempDir {
        let copy = tempfile::tempdir().unwrap();
        for (name, text) in files(from) {
            write(copy.path(), &name, &text);
        }
        copy
    }

    #[test]
    fn killed_after_any_file_the_old_ones_come_back_whole() {
        let directory = old();
        let before = files(directory.path());
        let own = (CONTENTS.own_files)(directory.path()).unwrap();
        for moved in 0..=own.len() {
            // Killed while setting aside.
            let half = copy(directory.path());
            let aside = half.path().join(FOLDER);
            fs::create_dir(&aside).unwrap();
            for file in &own[..moved] {
                move_file(half.path(), &aside, file).unwrap();
            }
            settle(half.path(), &CONTENTS).unwrap();
            assert_eq!(files(half.path()), before, "{moved} set aside");

            // Killed while bringing back: the mark has gone first.
            let half = copy(directory.path());
            set_aside(half.path(), &CONTENTS).unwrap();
            fs::remove_file(half.path().join(FOLDER).join(MARK)).unwrap();
            for file in &own[..moved] {
                move_file(&half.path().join(FOLDER), half.path(), file).unwrap();
            }
            settle(half.path(), &CONTENTS).unwrap();
            assert_eq!(files(half.path()), before, "{moved} brought back");
        }
    }
}
