use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use firebrick::models::write_whole;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{StudyError, StudySettings};

/// The directory a study leaves: its settings, a file for every finished training, and what was made of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudyDirectory {
    path: PathBuf,
}

impl StudyDirectory {
    /// The settings to repeat or continue the study.
    pub const SETTINGS: &'static str = "study.toml";
    /// The page that shows what came out.
    pub const REPORT: &'static str = "report.html";
    /// The folder with a file for every finished training.
    pub const RESULTS: &'static str = "results";

    /// Makes the directory of this name in `parent`, or else the next numbered one, and writes the settings into it.
    ///
    /// With `overwrite` the files of a study that is already there are removed, and no others.
    ///
    /// # Errors
    /// A directory that is already taken, by a study or by anything else; one that cannot be made.
    pub fn create(
        parent: &Path,
        name: Option<&str>,
        settings: &StudySettings,
        overwrite: bool,
    ) -> Result<Self, StudyError> {
        fs::create_dir_all(parent).map_err(|error| StudyError::file("create", parent, error))?;
        let study = match name {
            None => Self::numbered(parent, &settings.prefix())?,
            Some(name) => Self::named(parent.join(name), overwrite)?,
        };
        let text = settings.to_toml(&study.file(Self::SETTINGS))?;
        study.write(Self::SETTINGS, text.as_bytes())?;
        Ok(study)
    }

    /// Making the directory is what claims it, also against another process.
    fn numbered(parent: &Path, prefix: &str) -> Result<Self, StudyError> {
        for number in 1_u64.. {
            let path = parent.join(format!("{prefix}-{number}"));
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self { path }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(StudyError::file("create", &path, error)),
            }
        }
        let error = io::ErrorKind::AlreadyExists.into();
        Err(StudyError::file("create", parent, error))
    }

    fn named(path: PathBuf, overwrite: bool) -> Result<Self, StudyError> {
        match fs::create_dir(&path) {
            Ok(()) => Ok(Self { path }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && overwrite => {
                let study = Self { path };
                study.clear()?;
                Ok(study)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(StudyError::StudyExists { path })
            }
            Err(error) => Err(StudyError::file("create", &path, error)),
        }
    }

    /// Removes what studies of any kind leave.
    fn clear(&self) -> Result<(), StudyError> {
        let files = StudySettings::OUTPUTS.iter().copied();
        let files = files.chain([Self::SETTINGS]).map(|name| self.file(name));
        let kept = fs::read_dir(self.file(Self::RESULTS));
        let kept = kept.into_iter().flatten().flatten();
        let kept = kept.map(|entry| entry.path()).filter(|path| {
            let extension = path.extension();
            extension.is_some_and(|extension| extension == "json")
        });
        for path in files.chain(kept) {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(StudyError::file("replace", &path, error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Opens the directory of a study that is there, with its settings.
    ///
    /// # Errors
    /// A directory without a study, settings that cannot be understood.
    pub fn open(path: &Path) -> Result<(Self, StudySettings), StudyError> {
        let study = Self {
            path: path.to_owned(),
        };
        let file = study.file(Self::SETTINGS);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StudyError::NoStudy {
                    path: path.to_owned(),
                });
            }
            Err(error) => return Err(StudyError::file("read", &file, error)),
        };
        let settings = StudySettings::from_toml(&text, &file)?;
        Ok((study, settings))
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Path of one of its files.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes one of its files, whole or not at all.
    pub(crate) fn write(&self, name: &str, contents: &[u8]) -> Result<(), StudyError> {
        let path = self.file(name);
        write_whole(&path, contents).map_err(|error| StudyError::file("write", &path, error))
    }

    /// What is kept of a finished training, if it is finished.
    pub(crate) fn result<R: DeserializeOwned>(&self, key: &str) -> Result<Option<R>, StudyError> {
        let path = self.result_file(key);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StudyError::file("read", &path, error)),
        };
        let parsed = serde_json::from_slice(&text);
        parsed.map(Some).map_err(|error| StudyError::Malformed {
            path,
            reason: error.to_string(),
            way_out: "remove it to have that training done again",
        })
    }

    /// Keeps what came out of a finished training.
    pub(crate) fn keep<R: Serialize>(&self, key: &str, result: &R) -> Result<(), StudyError> {
        let folder = self.file(Self::RESULTS);
        fs::create_dir_all(&folder).map_err(|error| StudyError::file("create", &folder, error))?;
        let path = self.result_file(key);
        let text = serde_json::to_vec(result)
            .map_err(|error| StudyError::file("write", &path, error.into()))?;
        write_whole(&path, &text).map_err(|error| StudyError::file("write", &path, error))
    }

    fn result_file(&self, key: &str) -> PathBuf {
        self.path.join(Self::RESULTS).join(format!("{key}.json"))
    }
}
