use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use tempfile::TempDir;

/// An empty folder to work in, with no MNIST anywhere near.
pub(crate) struct Workplace(TempDir);

/// What a command did.
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Workplace {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, contents).unwrap();
        path
    }

    /// The program, not yet started, in this folder.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("firebrick"));
        command
            .current_dir(self.0.path())
            .env("HOME", self.0.path())
            .env_remove("XDG_CACHE_HOME")
            .env_remove("FIREBRICK_DATA_DIR")
            .env_remove("RUST_BACKTRACE");
        command
    }

    /// Runs the program with arguments that have no spaces in them.
    pub(crate) fn run(&self, arguments: &str) -> Outcome {
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        self.run_all(&arguments)
    }

    /// Runs the program with arguments that may have spaces in them.
    pub(crate) fn run_all(&self, arguments: &[&str]) -> Outcome {
        self.command().args(arguments).output().unwrap().into()
    }

    /// Trains for two epochs on the sample.
    pub(crate) fn train(&self, arguments: &str) -> Outcome {
        self.run(&format!(
            "train --data mnist-sample --epochs 2 --ui lines --device flex {arguments}"
        ))
    }

    /// Every file below, with its contents; folders with nothing in them too.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        fn collect(directory: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
            for entry in fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    collect(&path, files);
                    files.insert(path, Vec::new());
                } else if path.is_file() {
                    files.insert(path.clone(), fs::read(&path).unwrap());
                }
            }
        }
        let mut files = BTreeMap::new();
        collect(self.0.path(), &mut files);
        files
    }
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Outcome {
    /// The command has done what it should, without a complaint.
    pub(crate) fn succeeds(self) -> Self {
        assert_eq!(
            (self.code, self.stderr.as_str()),
            (Some(0), ""),
            "{}",
            self.stdout
        );
        self
    }

    /// The command has failed in order, with each of `words` in its message.
    pub(crate) fn fails(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{}{}", self.stdout, self.stderr);
        assert!(self.stderr.starts_with("error: "), "{}", self.stderr);
        for word in words {
            assert!(
                self.stderr.contains(word),
                "`{word}` is missing in: {}",
                self.stderr
            );
        }
        for word in ["panicked", "RUST_BACKTRACE"] {
            assert!(!self.stderr.contains(word), "{}", self.stderr);
        }
        self
    }
}
