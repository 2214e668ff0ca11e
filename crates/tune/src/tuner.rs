mod jobs;

use std::path::PathBuf;
use std::thread::available_parallelism;
use std::time::Duration;

use firebrick::callbacks::MonitorMode;
use firebrick::training::StopHandle;

use crate::directory::TuneDirectory;
use crate::error::TuneError;
use crate::outcome::Outcome;
use crate::record::{Trained, TrialRecord};
use crate::search::Search;
use crate::settings::TuneSettings;
use crate::space::SearchSpace;
use crate::strategy::Strategy;
use crate::trial::Trial;
use jobs::Jobs;

/// A search for settings: trials, several at once, each trained by a closure that is given what it is trained with and
/// gives the monitored figure of every epoch, `val_loss` by default.
///
/// ```
/// use firebrick::{layers::Dense, prelude::*};
/// use firebrick_tune::{TuneError, Tuner};
///
/// // y = 2 x + 1
/// let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
/// let tuner = Tuner::new("learning_rate=log:1e-3..1, optimizer=sgd|adam".parse()?)
///     .with_trials(6)
///     .with_epochs(20)
///     .with_monitor("loss");
/// let outcome = tuner.run(|trial| {
///     let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
///     let optimizer = trial.values().text("optimizer")?;
///     let mut trainer = Compile::by_name(&optimizer, "mse", [])?
///         .with_learning_rate(trial.values().number("learning_rate")?)
///         .model(model);
///     let fit = Fit::new(trial.epochs()).with_display(Display::Quiet);
///     Ok::<_, Box<dyn std::error::Error>>(trainer.fit(&data, &fit)?["loss"].to_vec())
/// })?;
/// println!("{outcome}");
/// assert_eq!(outcome.trials().len(), 6);
/// assert!(outcome.best().unwrap().figure() < Some(5.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// With rungs ([`Strategy::Asha`] and its kin) the closure is called again for a trial that goes on, with a larger
/// [`Trial::epochs`]; what it needs to go on it keeps in [`Trial::directory`]:
///
/// ```
/// use firebrick::training::{CheckpointInterval, Checkpoints};
/// use firebrick::{layers::Dense, prelude::*};
/// use firebrick_tune::{Strategy, Trained, Tuner};
///
/// let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
/// let folder = tempfile::tempdir()?;
/// let tuner = Tuner::new("learning_rate=log:1e-3..1".parse()?)
///     .with_trials(9)
///     .with_epochs(9)
///     .with_monitor("loss")
///     .with_strategy(Strategy::Asha)
///     .in_directory(folder.path().join("search"));
/// let outcome = tuner.run(|trial| {
///     let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
///     let rate = trial.values().number("learning_rate")?;
///     let mut trainer = Compile::by_name("adam", "mse", [])?.with_learning_rate(rate).model(model);
///     let states = trial.directory().ok_or("a directory")?;
///     let fit = Fit::new(trial.epochs())
///         .with_checkpoints(Checkpoints::every(CheckpointInterval::Epochs(1)).in_folder(states))
///         .with_stop_handle(trial.stop_handle())
///         .with_display(Display::Quiet);
///     let history = match trial.goes_on() {
///         true => trainer.resume(&data, &fit, states)?,
///         false => trainer.fit(&data, &fit)?,
///     };
///     Ok::<_, Box<dyn std::error::Error>>(Trained::of(&history, "loss"))
/// })?;
/// assert_eq!(outcome.best().unwrap().epochs(), 9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Tuner {
    space: SearchSpace,
    settings: TuneSettings,
    jobs: Option<usize>,
    directory: Option<PathBuf>,
    limit: Option<Duration>,
    stop: StopHandle,
}

/// What whoever watches a search is told.
///
/// ```
/// use firebrick_tune::{Moment, TuneError, Tuner};
///
/// let tuner = Tuner::new("x=1|2|3".parse()?).with_epochs(1);
/// let mut figures = Vec::new();
/// let outcome = tuner.run_watched(
///     |trial| Ok::<_, TuneError>(vec![trial.values().number("x")?]),
///     &mut |moment| {
///         if let Moment::Ended(record) = moment {
///             figures.extend(record.figure());
///         }
///     },
/// )?;
/// figures.sort_by(f64::total_cmp);
/// assert_eq!(figures, [1.0, 2.0, 3.0]);
/// # Ok::<(), TuneError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Moment<'a> {
    /// What is already done, before anything else is; there will be so many trials, at most.
    Found {
        /// Trials that were begun before.
        trials: usize,
        /// How many there will be.
        of: usize,
    },
    /// A trial begins, or goes on.
    Begun(&'a Trial),
    /// A training has ended, up to the epoch that was asked for or because it failed.
    Ended(&'a TrialRecord),
    /// A training was stopped before its end.
    Stopped(&'a Trial),
}

impl Tuner {
    /// A search of this space: 20 trials drawn at random, up to 10 epochs each.
    pub fn new(space: SearchSpace) -> Self {
        Self {
            space,
            settings: TuneSettings::default(),
            jobs: None,
            directory: None,
            limit: None,
            stop: StopHandle::new(),
        }
    }

    /// All settings at once.
    #[must_use = "returns the changed tuner"]
    pub fn with_settings(mut self, settings: TuneSettings) -> Self {
        self.settings = settings;
        self
    }

    /// How many trials there are, at most.
    #[must_use = "returns the changed tuner"]
    pub fn with_trials(mut self, trials: usize) -> Self {
        self.settings.trials = trials;
        self
    }

    /// Up to which epoch a trial is trained, at most.
    #[must_use = "returns the changed tuner"]
    pub fn with_epochs(mut self, epochs: usize) -> Self {
        self.settings.epochs = epochs;
        self
    }

    /// How it is decided what is trained.
    #[must_use = "returns the changed tuner"]
    pub fn with_strategy(mut self, strategy: Strategy) -> Self {
        self.settings.strategy = strategy;
        self
    }

    /// What the figure is called that trials are judged by.
    #[must_use = "returns the changed tuner"]
    pub fn with_monitor(mut self, monitor: impl Into<String>) -> Self {
        self.settings.monitor = monitor.into();
        self
    }

    /// Which way the figure gets better, `MonitorMode::Max` for an accuracy; by default it falls.
    #[must_use = "returns the changed tuner"]
    pub fn with_mode(mut self, mode: MonitorMode) -> Self {
        self.settings.mode = mode;
        self
    }

    /// Decides what is drawn; 42 by default.
    #[must_use = "returns the changed tuner"]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self
    }

    /// How many trials are trained at once, as many as the machine has cores by default. It changes no number of a trial:
    /// where there are several, each computes on one thread.
    #[must_use = "returns the changed tuner"]
    pub fn with_jobs(mut self, jobs: usize) -> Self {
        self.jobs = Some(jobs);
        self
    }

    /// Keeps what has happened in this directory, so that the same search goes on there after it was broken off. One
    /// that is there has to be of a search of the same settings; one that is not is made.
    #[must_use = "returns the changed tuner"]
    pub fn in_directory(mut self, path: impl Into<PathBuf>) -> Self {
        self.directory = Some(path.into());
        self
    }

    /// Begins nothing more after this time, and stops what is trained then by [`Trial::stop_handle`].
    #[must_use = "returns the changed tuner"]
    pub fn with_time_limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Ends the search in order where this is stopped.
    #[must_use = "returns the changed tuner"]
    pub fn with_stop_handle(mut self, stop: StopHandle) -> Self {
        self.stop = stop;
        self
    }

    /// Trains all trials that are not trained yet. One that fails, by an error or a panic, is a row of the outcome that says
    /// so, and the search goes on.
    ///
    /// # Errors
    /// Settings that cannot be, a directory of another search or that cannot be written, threads that cannot be had.
    pub fn run<F, R, E>(&self, objective: F) -> Result<Outcome, TuneError>
    where
        F: Fn(&Trial) -> Result<R, E> + Sync,
        R: Into<Trained>,
        E: std::fmt::Display,
    {
        self.run_watched(objective, &mut |_| {})
    }

    /// The same with somebody who is told of every trial.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_watched<F, R, E>(
        &self,
        objective: F,
        watcher: &mut dyn FnMut(Moment<'_>),
    ) -> Result<Outcome, TuneError>
    where
        F: Fn(&Trial) -> Result<R, E> + Sync,
        R: Into<Trained>,
        E: std::fmt::Display,
    {
        self.check()?;
        let directory = self.opened()?;
        let (journal, events) = match &directory {
            Some(directory) => {
                let (journal, events) = directory.journal()?;
                (Some(journal), events)
            }
            None => (None, Vec::new()),
        };
        let search = Search::new(&self.settings, &self.space, &events);
        let jobs = Jobs {
            search,
            journal,
            directory,
            workers: self.workers(),
            limit: self.limit,
            stop: &self.stop,
        };
        let train = |trial: &Trial| match objective(trial) {
            Ok(trained) => Ok(trained.into()),
            Err(error) => Err(error.to_string()),
        };
        let search = jobs.run(&train, watcher)?;
        let is_whole = search.is_done();
        Ok(Outcome::new(
            &self.settings,
            &self.space,
            search.into_records(),
            is_whole,
        ))
    }

    /// Makes sure that there can be such a search.
    ///
    /// # Errors
    /// Settings that cannot be, a grid of infinitely many points.
    pub fn check(&self) -> Result<(), TuneError> {
        self.settings.check()?;
        if self.jobs == Some(0) {
            return Err(TuneError::setting("jobs", 0, "at least 1"));
        }
        if self.space.is_empty() {
            let expected = "at least one, as in `learning_rate=log:1e-4..1e-1`";
            return Err(TuneError::setting("search", "without a setting", expected));
        }
        let is_grid = self.settings.strategy == Strategy::Grid;
        match self.space.first_infinite().filter(|_| is_grid) {
            Some((name, values)) => Err(TuneError::dimension(
                name,
                format!(
                    "a grid has no end on the range {values}; say how many values, as in `{values}/5`"
                ),
            )),
            None => Ok(()),
        }
    }

    fn workers(&self) -> usize {
        self.jobs
            .unwrap_or_else(|| available_parallelism().map_or(1, Into::into))
    }

    fn opened(&self) -> Result<Option<TuneDirectory>, TuneError> {
        let Some(path) = &self.directory else {
            return Ok(None);
        };
        let (own, settings, space) = match TuneDirectory::open(path) {
            Err(TuneError::NoSearch { .. }) => {
                let parent = path.parent().unwrap_or(path);
                let name = path.file_name().map(|name| name.to_string_lossy());
                let (settings, space) = (&self.settings, &self.space);
                return TuneDirectory::create(parent, name.as_deref(), settings, space).map(Some);
            }
            opened => opened?,
        };
        let same = TuneSettings {
            trials: if settings.strategy.can_grow() {
                settings.trials
            } else {
                self.settings.trials
            },
            ..self.settings.clone()
        };
        if same != settings || !space.is_like(&self.space) {
            let received = format!("another one than that of `{}`", path.display());
            let expected = "the same settings and space, or another directory";
            return Err(TuneError::setting("search", received, expected));
        }
        let own = own.claim()?;
        if settings != self.settings {
            own.write_settings(&self.settings, &space)?;
        }
        Ok(Some(own))
    }
}
