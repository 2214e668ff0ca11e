use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use firebrick::models::write_whole;
use firebrick::training::{DirectoryClaim, DirectoryContents, create_numbered_directory};
use serde::Serialize;

use crate::error::TuneError;
use crate::journal::Journal;
use crate::settings::TuneSettings;
use crate::space::SearchSpace;
use crate::trial_event::TrialEvent;

/// The directory of a search: what is searched, what has come of each trial, and a directory for each of them.
///
/// One that was made here is this process' alone to write into, as long as the value or a clone of it lives.
///
/// ```
/// use firebrick_tune::{SearchSpace, TuneDirectory, TuneSettings};
///
/// let folder = tempfile::tempdir()?;
/// let space: SearchSpace = "units=32|64".parse()?;
/// let made = TuneDirectory::create(folder.path(), None, &TuneSettings::default(), &space)?;
/// assert_eq!(made.path(), folder.path().join("tune-1"));
/// drop(made);
/// let (found, settings, found_space) = TuneDirectory::open(&folder.path().join("tune-1"))?;
/// assert_eq!((settings, found_space), (TuneSettings::default(), space));
/// assert_eq!(found.trial(3), folder.path().join("tune-1").join("trial-3"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct TuneDirectory {
    path: PathBuf,
    /// There for one that was made or claimed.
    claim: Option<Arc<DirectoryClaim>>,
}

impl TuneDirectory {
    /// What is searched.
    pub const SEARCH: &'static str = "search.toml";
    /// The settings that all trials have, where a command has made them.
    pub const BASE: &'static str = "base.toml";
    /// What has happened, a line each.
    pub const TRIALS: &'static str = "trials.jsonl";
    /// The page that shows what came out.
    pub const PAGE: &'static str = "tune.html";

    /// All of its files.
    pub const FILES: [&'static str; 4] = [Self::SEARCH, Self::BASE, Self::TRIALS, Self::PAGE];

    const CONTENTS: DirectoryContents = DirectoryContents {
        own_files,
        is_worth_keeping: |path| path.join(Self::TRIALS).exists(),
    };

    /// Makes the directory of this name in `parent`, or else the next of `tune-1`, `tune-2`, …, and writes into it what is
    /// searched.
    ///
    /// # Errors
    /// A directory that is already taken or cannot be made.
    pub fn create(
        parent: &Path,
        name: Option<&str>,
        settings: &TuneSettings,
        space: &SearchSpace,
    ) -> Result<Self, TuneError> {
        fs::create_dir_all(parent).map_err(|source| TuneError::file("create", parent, source))?;
        let path = match name {
            None => create_numbered_directory(parent, "tune", |path, source| {
                TuneError::file("create", path, source)
            })?,
            Some(name) => {
                let path = parent.join(name);
                match fs::create_dir(&path) {
                    Ok(()) => path,
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                        return Err(TuneError::Exists { path });
                    }
                    Err(source) => return Err(TuneError::file("create", &path, source)),
                }
            }
        };
        let made = Self { path, claim: None }.claim()?;
        made.write_settings(settings, space)?;
        Ok(made)
    }

    /// Opens the directory of a search that is there.
    ///
    /// # Errors
    /// A directory without a search, settings that cannot be understood.
    pub fn open(path: &Path) -> Result<(Self, TuneSettings, SearchSpace), TuneError> {
        let own = Self {
            path: path.to_owned(),
            claim: None,
        };
        let file = own.file(Self::SEARCH);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                let path = path.to_owned();
                return Err(TuneError::NoSearch { path });
            }
            Err(source) => return Err(TuneError::file("read", &file, source)),
        };
        let malformed = |reason: String| TuneError::Malformed {
            path: file.clone(),
            line: None,
            reason,
            way_out: "mend it, or begin the search anew",
        };
        let space = SearchSpace::from_toml(&text).map_err(|error| malformed(error.to_string()))?;
        let Some(space) = space.filter(|space| !space.is_empty()) else {
            return Err(malformed("it has no table `[search]`".to_owned()));
        };
        let mut table: toml::Table = toml::from_str(&text)
            .map_err(|error: toml::de::Error| malformed(error.message().to_owned()))?;
        table.remove("search");
        let settings: TuneSettings = table
            .try_into()
            .map_err(|error: toml::de::Error| malformed(error.message().to_owned()))?;
        settings
            .check()
            .map_err(|error| malformed(error.to_string()))?;
        Ok((own, settings, space))
    }

    /// Writes what is searched, whole or not at all.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write_settings(
        &self,
        settings: &TuneSettings,
        space: &SearchSpace,
    ) -> Result<(), TuneError> {
        #[derive(Serialize)]
        struct File<'a> {
            #[serde(flatten)]
            settings: &'a TuneSettings,
            search: &'a SearchSpace,
        }
        let text = toml::to_string(&File {
            settings,
            search: space,
        });
        let text = text.map_err(|error| {
            TuneError::file("write", &self.file(Self::SEARCH), io::Error::other(error))
        })?;
        self.write(
            Self::SEARCH,
            format!("# A search; `firebrick tune --resume RUN` goes on with it.\n{text}")
                .as_bytes(),
        )
    }

    /// The same as one that this process alone writes into.
    ///
    /// # Errors
    /// A directory that another process writes into.
    pub fn claim(&self) -> Result<Self, TuneError> {
        let claim = match &self.claim {
            Some(claim) => Arc::clone(claim),
            None => Arc::new(DirectoryClaim::new(&self.path, Self::CONTENTS)?),
        };
        Ok(Self {
            path: self.path.clone(),
            claim: Some(claim),
        })
    }

    /// The same as one that others may write into, once all that claim it are gone.
    #[must_use = "returns the directory without its claim"]
    pub fn released(self) -> Self {
        Self {
            path: self.path,
            claim: None,
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

    /// The directory of a trial, counted from 0.
    pub fn trial(&self, number: usize) -> PathBuf {
        self.path.join(format!("trial-{number}"))
    }

    /// Writes one of its files, whole or not at all.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&self, name: &str, contents: &[u8]) -> Result<(), TuneError> {
        let path = self.file(name);
        write_whole(&path, contents).map_err(|source| TuneError::file("write", &path, source))
    }

    /// What has happened so far, and the file of it, to be added to.
    pub(crate) fn journal(&self) -> Result<(Journal, Vec<TrialEvent>), TuneError> {
        Journal::open(&self.file(Self::TRIALS))
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "those of other directories can fail"
)]
fn own_files(path: &Path) -> io::Result<Vec<PathBuf>> {
    let files = TuneDirectory::FILES.map(PathBuf::from).into_iter();
    Ok(files.filter(|name| path.join(name).exists()).collect())
}
