use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use firebrick::models::{remove_abandoned_files, write_whole};
use firebrick::training::{DirectoryClaim, DirectoryContents, create_numbered_directory};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StudyError;
use crate::file_names;

/// The directory a study leaves: its settings, a file for every finished training, and what was made of them.
///
/// One that was made here is this process' alone to write into, as long as the value or a clone of it lives.
#[derive(Clone, Debug)]
pub struct StudyDirectory {
    path: PathBuf,
    /// There for one that was made.
    claim: Option<Arc<DirectoryClaim>>,
}

impl PartialEq for StudyDirectory {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl Eq for StudyDirectory {}

impl StudyDirectory {
    /// The settings to repeat or continue the study.
    pub const SETTINGS: &'static str = file_names::SETTINGS;
    /// The page that shows what came out.
    pub const REPORT: &'static str = file_names::REPORT;
    /// The folder with a file for every finished training.
    pub const RESULTS: &'static str = file_names::RESULTS;

    /// What there is in it; something worth keeping once a training is finished.
    const CONTENTS: DirectoryContents = DirectoryContents {
        own_files,
        is_worth_keeping: |path| !results(path).is_empty(),
    };

    /// Making the directory is what claims it, also against another process.
    pub(crate) fn numbered(parent: &Path, prefix: &str) -> Result<Self, StudyError> {
        let create = |path: &Path, source| StudyError::file("create", path, source);
        Self::claimed(create_numbered_directory(parent, prefix, create)?)
    }

    pub(crate) fn named(path: PathBuf, overwrite: bool) -> Result<Self, StudyError> {
        match fs::create_dir(&path) {
            Ok(()) => Self::claimed(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && overwrite => {
                let study = Self::claimed(path)?;
                if let Some(claim) = &study.claim {
                    claim.set_aside()?;
                }
                Ok(study)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(StudyError::StudyExists { path })
            }
            Err(error) => Err(StudyError::file("create", &path, error)),
        }
    }

    fn claimed(path: PathBuf) -> Result<Self, StudyError> {
        let claim = Arc::new(DirectoryClaim::new(&path, Self::CONTENTS)?);
        let results = path.join(Self::RESULTS);
        remove_abandoned_files(&results)
            .map_err(|error| StudyError::file("remove temporary files from", &results, error))?;
        Ok(Self {
            path,
            claim: Some(claim),
        })
    }

    /// The same directory as one that this process alone writes into.
    ///
    /// # Errors
    /// A directory that another process writes into.
    pub(crate) fn claim(&self) -> Result<Self, StudyError> {
        match &self.claim {
            Some(_) => Ok(self.clone()),
            None => Self::claimed(self.path.clone()),
        }
    }

    /// The directory of a study that is there, with the text of its settings.
    pub(crate) fn find(path: &Path) -> Result<(Self, String), StudyError> {
        DirectoryClaim::mend(path, Self::CONTENTS)?;
        let study = Self {
            path: path.to_owned(),
            claim: None,
        };
        let file = study.file(Self::SETTINGS);
        match fs::read_to_string(&file) {
            Ok(text) => Ok((study, text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(StudyError::NoStudy {
                path: path.to_owned(),
            }),
            Err(error) => Err(StudyError::file("read", &file, error)),
        }
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
        write_whole(&path, &text).map_err(|error| StudyError::file("write", &path, error))?;
        // Once there is something of the new study, the one before it can go.
        match &self.claim {
            Some(claim) => Ok(claim.settle()?),
            None => Ok(()),
        }
    }

    fn result_file(&self, key: &str) -> PathBuf {
        self.path.join(Self::RESULTS).join(format!("{key}.json"))
    }
}

/// What studies of any kind leave, relative to their directory, the finished trainings first.
#[expect(
    clippy::unnecessary_wraps,
    reason = "those of other directories can fail"
)]
fn own_files(study: &Path) -> io::Result<Vec<PathBuf>> {
    let outputs = file_names::OUTPUTS.iter().copied();
    let outputs = outputs.chain([StudyDirectory::SETTINGS]).map(PathBuf::from);
    let outputs = outputs.filter(|name| study.join(name).symlink_metadata().is_ok());
    Ok(results(study).into_iter().chain(outputs).collect())
}

/// The files of finished trainings, relative to the directory of their study.
fn results(study: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(study.join(StudyDirectory::RESULTS));
    let names = entries.into_iter().flatten().flatten();
    let names = names.map(|entry| Path::new(StudyDirectory::RESULTS).join(entry.file_name()));
    let is_result = |path: &PathBuf| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    };
    names.filter(is_result).collect()
}
