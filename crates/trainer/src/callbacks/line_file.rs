use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::growing_file::reopen;
use crate::error::TrainError;

/// A text file that grows by whole lines: each is one write, so that it can be read at any time.
pub(super) struct LineFile {
    path: PathBuf,
    file: File,
    /// Bytes that are in it.
    length: u64,
}

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

    /// Goes on with a file that had this many bytes; what came after them goes. Gives it with what is to be told.
    pub(super) fn reopen(path: &Path, length: u64) -> Result<(Self, Option<String>), TrainError> {
        let (file, told) = reopen(path, length)?;
        Ok((Self::of(path, file)?, told))
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

    /// Bytes that are in it, with which another process goes on.
    pub(super) fn length(&self) -> u64 {
        self.length
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
