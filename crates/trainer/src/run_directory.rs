mod folders;
mod moving;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use burn::train::{ApplicationLoggerInstaller, FileApplicationLoggerInstaller};

use firebrick_model::{remove_abandoned_files, write_whole};
use firebrick_session::EventFile;

use crate::directory_claim::{
    Busy, DirectoryClaim, DirectoryContents, Lookout, create_numbered_directory,
};
use crate::error::TrainError;

/// The directory a run leaves: settings, history, curves, model and log.
///
/// One that was made here is this process' alone to train in, as long as the value or a clone of it lives; one that was
/// opened is so while a [`fit`](crate::Trainer::fit) writes into it.
///
/// ```
/// # use firebrick::{layers::Dense, prelude::*};
/// use firebrick::training::RunDirectory;
///
/// # let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
/// # let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
/// # let mut trainer = Compile::by_name("adam", "mse", [])?.model(model);
/// # let folder = tempfile::tempdir()?;
/// # let runs = folder.path();
/// let run = RunDirectory::create_numbered(runs, "line")?;
/// trainer.fit(&data, &Fit::new(2).with_run_directory(run.clone()).with_display(Display::Quiet))?;
/// assert_eq!(run.path(), runs.join("line-1"));
/// let saved = SavedModel::read(&run.file(RunDirectory::MODEL))?.into_model(&Device::flex())?;
/// assert_eq!(saved.summary().num_params(), 2);
/// assert_eq!(History::read_csv(&run.file(RunDirectory::HISTORY))?["loss"].len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct RunDirectory {
    path: PathBuf,
    /// There for one that was made.
    claim: Option<Arc<DirectoryClaim>>,
}

impl PartialEq for RunDirectory {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl Eq for RunDirectory {}

impl RunDirectory {
    /// The settings to repeat the run.
    pub const CONFIG: &'static str = "config.toml";
    /// The first line of settings that a program's fit has written.
    pub const HEADING: &'static str =
        "# What a program has trained, as far as it can be written down.";
    /// The figures epoch by epoch.
    pub const HISTORY: &'static str = "history.csv";
    /// The curves as a drawing.
    pub const CURVES_SVG: &'static str = "curves.svg";
    /// The curves as a picture.
    pub const CURVES_PNG: &'static str = "curves.png";
    /// The weights.
    pub const MODEL: &'static str = "model.bpk";
    /// What happened, a line of JSON each; see `firebrick_session`.
    pub const EVENTS: &'static str = EventFile::NAME;
    /// What was logged.
    pub const LOG: &'static str = "log.txt";
    /// The page that shows it.
    pub const REPORT: &'static str = "report.html";

    /// The folder of models saved in the course of the training.
    pub const CHECKPOINTS: &'static str = "checkpoints";
    /// The folder of what TensorBoard shows.
    pub const TENSORBOARD: &'static str = "tensorboard";

    /// The folder of tables and lines that callbacks of a model file write.
    pub const LOGS: &'static str = "logs";

    /// Its folders.
    pub const FOLDERS: [&'static str; 3] = [Self::CHECKPOINTS, Self::TENSORBOARD, Self::LOGS];

    /// All of its files, in the order in which they come about.
    pub const FILES: [&'static str; 8] = [
        Self::CONFIG,
        Self::EVENTS,
        Self::HISTORY,
        Self::CURVES_SVG,
        Self::CURVES_PNG,
        Self::MODEL,
        Self::LOG,
        Self::REPORT,
    ];

    /// What there is in it; something worth keeping once there is a model or a checkpoint.
    const CONTENTS: DirectoryContents = DirectoryContents {
        own_files: folders::own_files,
        is_worth_keeping: folders::is_worth_keeping,
    };

    /// Makes a new run directory.
    ///
    /// # Errors
    /// One that is already there, one that somebody else trains in, or one that cannot be made.
    pub fn create(path: &Path) -> Result<Self, TrainError> {
        let exists = || TrainError::RunExists {
            path: path.to_owned(),
        };
        if Self::is_run(path) {
            return Err(exists());
        }
        let run = Self::made(path)?;
        if Self::is_run(path) {
            return Err(exists());
        }
        // With its log it is a run, also to an earlier version, which knows no locks.
        std::fs::File::create_new(run.file(Self::LOG))
            .map_err(|source| cannot("write into", path, source))?;
        Ok(run)
    }

    /// Makes a run directory. The files of a run that is already there, models and event files in its folders among
    /// them, and no others, are set aside until the new run has a model, and removed then. If it never has one they come
    /// back: when this is dropped, or, should the process be killed, when the run is opened the next time.
    ///
    /// # Errors
    /// A directory that somebody else trains in or that cannot be made, files that cannot be moved.
    pub fn create_or_replace(path: &Path) -> Result<Self, TrainError> {
        let run = Self::made(path)?;
        if let Some(claim) = &run.claim {
            claim.set_aside()?;
        }
        Ok(run)
    }

    /// A directory that is there or is made for this; where it cannot be had, none stays that was not there.
    fn made(path: &Path) -> Result<Self, TrainError> {
        let is_new = !path.exists();
        std::fs::create_dir_all(path).map_err(|source| cannot("create", path, source))?;
        Self::claimed(path).inspect_err(|_| {
            if is_new {
                let _ = std::fs::remove_dir(path);
            }
        })
    }

    fn claimed(path: &Path) -> Result<Self, TrainError> {
        let claim = Arc::new(Self::claim(path)?);
        Ok(Self {
            path: path.to_owned(),
            claim: Some(claim),
        })
    }

    fn claim(path: &Path) -> Result<DirectoryClaim, TrainError> {
        let claim = DirectoryClaim::new(path, Self::CONTENTS)?;
        let checkpoints = path.join(Self::CHECKPOINTS);
        remove_abandoned_files(&checkpoints)
            .map_err(|source| cannot("remove temporary files from", &checkpoints, source))?;
        Ok(claim)
    }

    /// The same run as one that is this process' alone to train in, as one that was made here is.
    ///
    /// ```
    /// # use firebrick::training::RunDirectory;
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("run");
    /// drop(RunDirectory::create(&path)?);
    /// let run = RunDirectory::open(&path)?.exclusive()?;
    /// // As long as it lives, nobody else writes into the run.
    /// assert!(RunDirectory::open(&path)?.exclusive().is_err());
    /// # drop(run);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A directory that somebody else trains in, or that cannot be written into.
    pub fn exclusive(&self) -> Result<Self, TrainError> {
        match self.claim {
            Some(_) => Ok(self.clone()),
            None => Self::claimed(&self.path),
        }
    }

    /// Makes the first of `PREFIX-1`, `PREFIX-2`, … that is not there yet.
    ///
    /// # Errors
    /// A directory that cannot be made.
    pub fn create_numbered(parent: &Path, prefix: &str) -> Result<Self, TrainError> {
        std::fs::create_dir_all(parent).map_err(|source| cannot("create", parent, source))?;
        let create = |path: &Path, source| cannot("create", path, source);
        let path = create_numbered_directory(parent, prefix, create)?;
        Self::claimed(&path).inspect_err(|_| {
            let _ = std::fs::remove_dir(&path);
        })
    }

    /// Opens a run that is there.
    ///
    /// # Errors
    /// A directory without a run in it.
    pub fn open(path: &Path) -> Result<Self, TrainError> {
        DirectoryClaim::mend(path, Self::CONTENTS)?;
        if Self::is_run(path) {
            return Ok(Self {
                path: path.to_owned(),
                claim: None,
            });
        }
        let source = io::Error::new(
            io::ErrorKind::NotFound,
            "no run is there; expected a directory with config.toml, history.csv or model.bpk in it",
        );
        Err(cannot("open the run", path, source))
    }

    fn is_run(path: &Path) -> bool {
        // Others make pages too.
        let names = Self::FILES.iter().filter(|name| **name != Self::REPORT);
        names.into_iter().any(|name| path.join(name).exists())
    }

    /// What the run is called: the directory's own name, whatever the path to it.
    pub fn name(&self) -> String {
        let whole = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let name = whole.file_name().unwrap_or(whole.as_os_str());
        name.to_string_lossy().into_owned()
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Path of one of its files.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Whether somebody trains in it, in this process or another one.
    pub fn is_busy(&self) -> bool {
        Lookout::at(&self.path) == Lookout::Held
    }

    /// Whether whoever trained in it last was killed, so that its files may not be those of the end.
    pub fn is_abandoned(&self) -> bool {
        Lookout::at(&self.path) == Lookout::Left
    }

    /// Whether it has taken the place of a run whose files come back if it never has a model.
    pub fn is_replacing(&self) -> bool {
        let claim = self.claim.as_ref();
        claim.is_some_and(|claim| claim.has_set_aside())
    }

    /// Has the directory for one training alone, until the guard is dropped.
    ///
    /// # Errors
    /// A directory that another training writes into.
    pub(crate) fn begin(&self) -> Result<Busy, TrainError> {
        let claim = match &self.claim {
            Some(claim) => Arc::clone(claim),
            None => Arc::new(Self::claim(&self.path)?),
        };
        claim.begin()
    }

    /// Writes one of its files, whole or not at all.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&self, name: &str, contents: &[u8]) -> Result<(), TrainError> {
        let path = self.file(name);
        write_whole(&path, contents).map_err(|source| cannot("write", &path, source))
    }

    /// Reads one of its text files.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read(&self, name: &str) -> Result<String, TrainError> {
        let path = self.file(name);
        std::fs::read_to_string(&path).map_err(|source| cannot("read", &path, source))
    }

    /// Sends the process' log messages to the run's `log.txt`, so that none tears a display.
    ///
    /// A process has one log; where one is already installed, this changes nothing.
    pub fn start_log(&self) {
        let installer = FileApplicationLoggerInstaller::new(self.file(Self::LOG));
        if let Err(reason) = installer.install() {
            log::debug!("{reason}");
        }
    }
}

fn cannot(action: &'static str, path: &Path, source: io::Error) -> TrainError {
    TrainError::File {
        path: path.to_owned(),
        action,
        source,
    }
}
