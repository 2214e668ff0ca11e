//! A run in a line.

use std::collections::BTreeMap;

use firebrick::training::RunDirectory;
use firebrick_session::Figures;
use serde::Serialize;

use crate::figures::BestFigure;
use crate::run_record::RunRecord;
use crate::run_state::RunState;

/// A run in a line of a table, or an object of JSON.
///
/// ```
/// use firebrick::training::RunDirectory;
/// use firebrick_pages::RunSummary;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("first");
/// drop(RunDirectory::create(&path)?);
/// std::fs::write(path.join("history.csv"), "epoch,learning_rate,loss,seconds\n1,0.1,0.9,2\n2,0.1,0.5,2\n")?;
/// let run = RunSummary::read(&RunDirectory::open(&path)?);
/// assert_eq!((run.epochs_done, run.seconds), (2, 4.0));
/// assert_eq!(run.best_loss().map(|best| (best.value, best.epoch)), Some((0.5, 2)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunSummary {
    /// The name of its directory.
    pub name: String,
    /// Its directory.
    pub path: String,
    /// How it stands.
    pub state: RunState,
    /// What there is to say of that.
    pub reason: Option<String>,
    /// What it learned from, in a few words.
    pub data: Option<String>,
    /// Its network, in a few words.
    pub network: Option<String>,
    /// Epochs that are over.
    pub epochs_done: usize,
    /// The last epoch to be done, where it is known.
    pub epochs: Option<usize>,
    /// The figures of the last epoch.
    pub last: Figures,
    /// The best of every figure of which it is known which way it gets better.
    pub best: Vec<BestFigure>,
    /// The time of its epochs.
    pub seconds: f64,
    /// When it began, in seconds since 1970.
    pub began: Option<u64>,
    /// What its `config.toml` says.
    pub settings: BTreeMap<String, String>,
}

impl RunSummary {
    /// Reads a run.
    pub fn read(run: &RunDirectory) -> Self {
        Self::of(&RunRecord::read(run))
    }

    /// That of a run that was read.
    pub fn of(run: &RunRecord) -> Self {
        let last = run.history().last();
        let settings = run.settings();
        let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
        Self {
            name: run.name().to_owned(),
            path: run.path().display().to_string(),
            state: run.state(),
            reason: run.reason().map(ToOwned::to_owned),
            data: settings.data().map(ToOwned::to_owned),
            network: settings.network().map(ToOwned::to_owned),
            epochs_done: last.map_or(0, |last| last.epoch),
            epochs: run.epochs(),
            last: last.map_or_else(Figures::default, |last| last.figures.iter().collect()),
            best: run.best(),
            seconds: run.seconds(),
            began: run.began(),
            settings: settings.iter().map(owned).collect(),
        }
    }

    /// The best loss: of the validation, if there is one.
    pub fn best_loss(&self) -> Option<&BestFigure> {
        self.best_of("val_loss").or_else(|| self.best_of("loss"))
    }

    /// The best value of the first metric: on the validation data, if there are some.
    pub fn best_metric(&self) -> Option<&BestFigure> {
        let is_metric = |best: &&BestFigure| {
            let own = best.name.strip_prefix("val_").unwrap_or(&best.name);
            own != "loss" && !own.ends_with("_loss")
        };
        let metrics = || self.best.iter().filter(is_metric);
        metrics()
            .find(|best| best.name.starts_with("val_"))
            .or_else(|| metrics().next())
    }

    /// The best value of the figure of this name.
    pub fn best_of(&self, name: &str) -> Option<&BestFigure> {
        self.best.iter().find(|best| best.name == name)
    }

    /// `3/10`, or how many are done where nobody knows how many there are to be.
    pub fn epochs_text(&self) -> String {
        match self.epochs {
            Some(epochs) => format!("{}/{epochs}", self.epochs_done),
            None => self.epochs_done.to_string(),
        }
    }
}
