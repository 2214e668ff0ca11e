use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::growing_file::reopen;
use crate::callback::Training;
use crate::error::TrainError;
use crate::state::State;

/// A text file that grows by whole lines: each is one write, so that it can be read at any time.
pub(super) struct LineFile {
    path: PathBuf,
    file: File,
    /// Bytes that are in it.
    length: u64,
}

/// Where a logger's state has the bytes that are in its file.
const LENGTH: &str = "length";

/// What becomes of a file that is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Existing {
    #[default]
    Replaced,
    Continued,
}

impl LineFile {
    /// Opens a file and makes the folder that it lies in.
    ///
    /// A last line that was cut off is ended, so that the next one stands by itself.
    pub(super) fn open(path: &Path, existing: Existing) -> Result<Self, TrainError> {
        let opened = || -> io::Result<File> {
            if let Some(directory) = path.parent() {
                std::fs::create_dir_all(directory)?;
            }
            if existing == Existing::Replaced {
                return File::create(path);
            }
            let mut file = OpenOptions::new()
                .create(true)
                .read(true)
                .append(true)
                .open(path)?;
            let mut last = [b'\n'];
            if file.metadata()?.len() > 0 {
                file.seek(SeekFrom::End(-1))?;
                file.read_exact(&mut last)?;
            }
            if last != [b'\n'] {
                file.write_all(b"\n")?;
            }
            Ok(file)
        };
        let file = opened().map_err(|source| TrainError::File {
            path: path.to_owned(),
            action: "open",
            source,
        })?;
        Self::of(path, file)
    }

    /// Goes on with the file of a logger whose [`state`](Self::state) this was; what came after it goes. `None` where it
    /// had none yet.
    pub(super) fn resumed(
        path: &Path,
        state: &State,
        training: &mut Training<'_>,
    ) -> Result<Option<Self>, TrainError> {
        let Some(length) = state.find(LENGTH)? else {
            return Ok(None);
        };
        let (file, told) = reopen(path, length)?;
        if let Some(text) = told {
            training.say(&text);
        }
        Self::of(path, file).map(Some)
    }

    /// What a logger keeps of its file, if it has one by now.
    pub(super) fn state(file: Option<&Self>) -> State {
        State::new().with_some(LENGTH, file.map(|file| file.length))
    }

    fn of(path: &Path, file: File) -> Result<Self, TrainError> {
        let metadata = file.metadata().map_err(|source| TrainError::File {
            path: path.to_owned(),
            action: "read",
            source,
        })?;
        Ok(Self {
            path: path.to_owned(),
            file,
            length: metadata.len(),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Everything that is there.
    pub(super) fn contents(&self) -> Result<String, TrainError> {
        std::fs::read_to_string(&self.path).map_err(|source| TrainError::File {
            path: self.path.clone(),
            action: "read",
            source,
        })
    }

    /// Adds whole lines, with their ends.
    pub(super) fn append(&mut self, lines: &[u8]) -> Result<(), TrainError> {
        self.file
            .write_all(lines)
            .map_err(|source| TrainError::File {
                path: self.path.clone(),
                action: "write",
                source,
            })?;
        self.length += lines.len() as u64;
        Ok(())
    }
}
