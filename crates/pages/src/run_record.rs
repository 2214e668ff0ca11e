//! All that is known of a run.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use firebrick::training::{History, Progress, RunDirectory};
use firebrick_session::EventFile;

use crate::chronicle::Chronicle;
use crate::clock::seconds_since_1970;
use crate::figures::{BestFigure, best_figures};
use crate::run_settings::RunSettings;
use crate::run_state::RunState;

/// All that the files of a run say, but for its weights. What cannot be read is told in [`notes`](Self::notes).
///
/// ```
/// use firebrick::training::RunDirectory;
/// use firebrick_pages::{RunRecord, RunState};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("first");
/// drop(RunDirectory::create(&path)?);
/// std::fs::write(path.join("config.toml"), "data = \"mnist-sample\"\nepochs = 2")?;
/// std::fs::write(path.join("history.csv"), "epoch,learning_rate,loss,seconds\n1,0.1,0.9,2\n2,0.1,0.5,2\n")?;
/// let run = RunRecord::read(&RunDirectory::open(&path)?);
/// assert_eq!((run.name(), run.state()), ("first", RunState::Finished));
/// assert_eq!(run.history().epochs().len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RunRecord {
    name: String,
    path: PathBuf,
    settings: RunSettings,
    history: History,
    pub(crate) chronicle: Chronicle,
    state: RunState,
    /// What there is to say of the state beside its word.
    reason: Option<String>,
    notes: Vec<String>,
    began: Option<u64>,
}

impl RunRecord {
    /// Reads a run.
    pub fn read(run: &RunDirectory) -> Self {
        let mut notes = Vec::new();
        let settings = settings(run, &mut notes);
        let chronicle = Chronicle::read(&run.file(EventFile::NAME));
        let chronicle = chronicle.unwrap_or_else(|error| {
            notes.push(error.to_string());
            Chronicle::default()
        });
        let history = history(run, &chronicle, &mut notes);
        let mut own = Self {
            name: run.name(),
            path: run.path().to_owned(),
            began: chronicle.began.or_else(|| written(run)),
            state: RunState::Stopped,
            reason: None,
            settings,
            history,
            chronicle,
            notes,
        };
        (own.state, own.reason) = own.judged(run);
        own
    }

    /// What it is called: the name of its directory.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What its `config.toml` says.
    pub fn settings(&self) -> &RunSettings {
        &self.settings
    }

    /// Its epochs, by `history.csv` or its events, whichever has more.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// How it stands.
    pub fn state(&self) -> RunState {
        self.state
    }

    /// What there is to say of the state, e.g. `all epochs done`.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// What of it cannot be read.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The last epoch to be done, counted from 1, where it is known.
    pub fn epochs(&self) -> Option<usize> {
        self.chronicle.epochs.or_else(|| self.settings.epochs())
    }

    /// When it began, in seconds since 1970, where it is known.
    pub fn began(&self) -> Option<u64> {
        self.began
    }

    /// The time of its epochs, in seconds.
    pub fn seconds(&self) -> f64 {
        // The sum of nothing is a negative zero.
        let epochs = self.history.epochs().iter();
        epochs.fold(0.0, |sum, epoch| sum + epoch.seconds)
    }

    /// The names of the classes, where it has told them.
    pub fn class_names(&self) -> &[String] {
        let begin = self.chronicle.begin.as_ref();
        begin.map_or(&[], |begin| &begin.class_names)
    }

    /// The best of every figure of which it is known which way it gets better.
    pub fn best(&self) -> Vec<BestFigure> {
        let begin = self.chronicle.begin.as_ref();
        best_figures(&self.history, begin.map_or(&[], |begin| &begin.rising))
    }

    /// How it stands, and what there is to say of that.
    fn judged(&self, run: &RunDirectory) -> (RunState, Option<String>) {
        let end = self.chronicle.end.as_ref();
        // Whoever has trained in it holds it a moment longer.
        if run.is_busy() && end.is_none() {
            return (RunState::Running, None);
        }
        if run.is_abandoned() {
            let mut told = "whoever trained in it was killed".to_owned();
            if self.settings.unknown().is_empty() {
                let _ = write!(told, "; `firebrick train --resume {}` goes on", self.name);
            }
            return (RunState::Broken, Some(told));
        }
        if let Some(note) = self.notes.first() {
            return (RunState::Broken, Some(note.clone()));
        }
        if let Some((reason, is_complete)) = end {
            let state = if *is_complete {
                RunState::Finished
            } else {
                RunState::Stopped
            };
            return (state, Some(reason.clone()));
        }
        let done = self.history.last().map_or(0, |last| last.epoch);
        if self.epochs().is_some_and(|epochs| done >= epochs) {
            return (RunState::Finished, Some("all epochs done".to_owned()));
        }
        // Of an earlier version, which writes no events.
        let has_checkpoints = run.file(RunDirectory::CHECKPOINTS).is_dir();
        let progress = has_checkpoints.then(|| Progress::of(run.path()).ok());
        if let Some(name) = progress.flatten().and_then(|progress| progress.stopped_by) {
            return (RunState::Finished, Some(format!("stopped by {name}")));
        }
        (RunState::Stopped, None)
    }
}

fn settings(run: &RunDirectory, notes: &mut Vec<String>) -> RunSettings {
    let path = run.file(RunDirectory::CONFIG);
    if !path.exists() {
        return RunSettings::default();
    }
    let read = fs::read_to_string(&path).map_err(|error| error.to_string());
    let read =
        read.and_then(|text| RunSettings::parse(&text).map_err(|error| error.message().to_owned()));
    read.unwrap_or_else(|reason| {
        notes.push(format!(
            "`{}` cannot be read: {reason}",
            RunDirectory::CONFIG
        ));
        RunSettings::default()
    })
}

fn history(run: &RunDirectory, chronicle: &Chronicle, notes: &mut Vec<String>) -> History {
    let told = chronicle.history();
    let path = run.file(RunDirectory::HISTORY);
    if !path.exists() {
        return told;
    }
    match History::read_csv(&path) {
        Ok(history) if history.epochs().len() >= told.epochs().len() => history,
        Ok(_) => told,
        Err(error) => {
            notes.push(error.to_string());
            told
        }
    }
}

/// When the settings of a run were written, in seconds since 1970.
fn written(run: &RunDirectory) -> Option<u64> {
    let written = [
        RunDirectory::CONFIG,
        RunDirectory::LOG,
        RunDirectory::HISTORY,
    ]
    .iter()
    .find_map(|name| fs::metadata(run.file(name)).ok()?.modified().ok())?;
    seconds_since_1970(written)
}
