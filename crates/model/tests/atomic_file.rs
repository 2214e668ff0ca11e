//! Writing where something is.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::fs;
use std::io::Write;
use std::path::Path;

use firebrick_model::{AtomicFile, is_same_file, remove_abandoned_files, write_whole};

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_file_that_is_not_finished_has_never_been() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    write_whole(&path, b"old").unwrap();
    let mut file = AtomicFile::create(&path).unwrap();
    file.write_all(b"new, but").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names(folder.path()).len(), 2);
    drop(file);
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names(folder.path()), ["a"]);
}

#[test]
fn errors_name_no_temporary_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none/a");
    let error = write_whole(&path, b"").unwrap_err().to_string();
    assert!(
        error.starts_with("there is no folder `") && error.contains("none`: "),
        "{error}"
    );
    assert!(!error.contains(".firebrick"), "{error}");
    let error = write_whole(folder.path(), b"").unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::IsADirectory);
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn what_a_killed_process_left_is_removed_and_what_is_being_written_is_not() {
    let folder = tempfile::tempdir().unwrap();
    // As this version and the one before it name them.
    for name in [".firebrick-99999-0", ".firebrick-a8Xq1z", "firebrick", ".b"] {
        fs::write(folder.path().join(name), "left").unwrap();
    }
    let mut file = AtomicFile::create(&folder.path().join("a")).unwrap();
    file.write_all(b"new").unwrap();
    assert_eq!(remove_abandoned_files(folder.path()).unwrap(), 2);
    file.finish().unwrap();
    assert_eq!(names(folder.path()), [".b", "a", "firebrick"]);
    assert_eq!(fs::read(folder.path().join("a")).unwrap(), b"new");
    assert_eq!(
        remove_abandoned_files(&folder.path().join("none")).unwrap(),
        0
    );
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
    use std::process::Command;
    use std::thread;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn mode_and_group_are_those_of_the_file_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for wanted in [0o664, 0o600, 0o644, 0o755] {
            write_whole(&path, b"old").unwrap();
            fs::set_permissions(&path, PermissionsExt::from_mode(wanted)).unwrap();
            let before = fs::metadata(&path).unwrap();
            write_whole(&path, b"new").unwrap();
            let after = fs::metadata(&path).unwrap();
            assert_eq!(mode(&path), wanted);
            assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
            assert_ne!(
                after.ino(),
                before.ino(),
                "it is exchanged, not written over"
            );
        }
    }

    #[test]
    fn a_file_of_somebody_else_stays_theirs_where_the_system_lets() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write_whole(&path, b"old").unwrap();
        // Only the administrator can make such a file, and keep it so.
        if std::os::unix::fs::chown(&path, Some(12345), Some(23456)).is_err() {
            return;
        }
        write_whole(&path, b"new").unwrap();
        let after = fs::metadata(&path).unwrap();
        assert_eq!((after.uid(), after.gid()), (12345, 23456));
    }

    #[test]
    fn links_are_followed_to_what_is_there_and_to_what_is_not_there_yet() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("data")).unwrap();
        write_whole(&at("data/a"), b"old").unwrap();
        symlink("data/a", at("first")).unwrap();
        symlink("first", at("second")).unwrap();
        symlink("data/b", at("dangling")).unwrap();
        symlink("circle", at("circle")).unwrap();

        write_whole(&at("second"), b"new").unwrap();
        write_whole(&at("dangling"), b"b").unwrap();
        assert_eq!(fs::read(at("data/a")).unwrap(), b"new");
        assert_eq!(fs::read(at("data/b")).unwrap(), b"b");
        for link in ["first", "second", "dangling"] {
            assert!(
                fs::symlink_metadata(at(link)).unwrap().is_symlink(),
                "{link}"
            );
        }
        let error = write_whole(&at("circle"), b"").unwrap_err().to_string();
        assert!(error.contains("links"), "{error}");
        assert_eq!(names(&at("data")), ["a", "b"]);
    }

    #[test]
    fn pipes_and_devices_are_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(
            Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        let reader = thread::spawn({
            let pipe = pipe.clone();
            move || fs::read(pipe).unwrap()
        });
        write_whole(&pipe, b"through").unwrap();
        assert_eq!(reader.join().unwrap(), b"through");
        assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());

        symlink("/dev/null", folder.path().join("null")).unwrap();
        write_whole(&folder.path().join("null"), b"nowhere").unwrap();
        let null = fs::metadata("/dev/null").unwrap();
        assert!(null.file_type().is_char_device());
        assert_eq!(names(folder.path()), ["null", "pipe"]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_open_is_written_to_behind_what_is_in_it() {
        use std::os::fd::AsRawFd;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut open = fs::File::create(&path).unwrap();
        open.write_all(b"before\n").unwrap();
        let name = format!("/proc/self/fd/{}", open.as_raw_fd());
        write_whole(Path::new(&name), b"after\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"before\nafter\n");
        assert_eq!(
            fs::metadata(&path).unwrap().ino(),
            open.metadata().unwrap().ino()
        );
    }

    #[test]
    fn a_file_is_known_by_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["a", "b"] {
            fs::write(at(name), "same").unwrap();
        }
        fs::hard_link(at("a"), at("hard")).unwrap();
        symlink("a", at("soft")).unwrap();
        for other in ["a", "hard", "soft", "./a"] {
            assert!(is_same_file(&at("a"), &at(other)), "{other}");
        }
        for other in ["b", "none"] {
            assert!(!is_same_file(&at("a"), &at(other)), "{other}");
        }
        assert!(!is_same_file(&at("none"), &at("none")));
    }
}
