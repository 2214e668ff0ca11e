//! Going on with a run that was broken off: its settings, and what flags may change of them.

use std::path::Path;

use anyhow::{Context, anyhow};
use firebrick::datasets::{DataDescription, absolute_path};
use firebrick::devices::DeviceName;
use firebrick::recipes::Settings;
use firebrick::training::{CheckpointError, Progress, RunDirectory, SettingsTable, TrainError};

use crate::failure::{OrUsage, usage};
use crate::runs::RunsFolder;
use crate::settings_file;
use crate::split_notes::of_changed_rows;
use crate::train_settings::TrainSettings;

/// The settings that may be others where a training goes on: they decide how far, where and how it is kept.
const CHANGEABLE: [&str; 3] = ["epochs", "device", "checkpoint_every"];

/// A run that is to go on, with the settings that it has.
pub(crate) struct Resumed {
    run: RunDirectory,
    given: Settings,
    settings: TrainSettings,
}

impl Resumed {
    /// The run of this name or at this path.
    ///
    /// # Errors
    /// A run that is not there, or that does not say all of its settings.
    pub(crate) fn open(runs: &RunsFolder, run: &Path) -> anyhow::Result<Self> {
        let run = runs.open(run)?;
        let path = run.file(RunDirectory::CONFIG);
        if !path.exists() {
            return Err(anyhow!(
                "the run `{}` cannot go on: it has no `config.toml` to say its settings; train a new one",
                run.path().display()
            ));
        }
        let given = settings_file::read(&path)?;
        if given.unknown.is_some() {
            return Err(anyhow!(
                "the run `{}` was made by a program that could not write everything down; it goes on by `Trainer::resume` in \
                 that program",
                run.path().display()
            ))
            .or_usage();
        }
        let settings = TrainSettings::resolve(given.clone())?;
        Ok(Self {
            run,
            given,
            settings,
        })
    }

    /// What its `config.toml` says.
    pub(crate) fn given(&self) -> &Settings {
        &self.given
    }

    /// Makes sure that something is left to do; gives how far it is, which is nowhere where the training ended before it had
    /// saved anything.
    ///
    /// # Errors
    /// A run without a checkpoint; with a usage error one that is finished.
    pub(crate) fn check_unfinished(&self, epochs: usize) -> anyhow::Result<Option<Progress>> {
        let path = self.run.path();
        let has_learned = || {
            let files = [RunDirectory::MODEL, RunDirectory::HISTORY];
            files.iter().any(|name| self.run.file(name).exists())
        };
        let progress = match Progress::of(path) {
            Err(CheckpointError::Missing { broken, .. }) if broken.is_empty() => {
                if !has_learned() {
                    return Ok(None);
                }
                return Err(anyhow!(
                    "the run `{path}` has no checkpoint to go on from: it was trained with `--checkpoint-every none` or by an \
                     earlier version; train a new run with `--config {config}`",
                    path = path.display(),
                    config = self.run.file(RunDirectory::CONFIG).display()
                ));
            }
            progress => progress?,
        };
        if !progress.is_finished(epochs) || self.run.is_abandoned() {
            return Ok(Some(progress));
        }
        let (ended, hint) = match &progress.stopped_by {
            Some(name) => (format!("stopped by {name}"), ""),
            None => ("all epochs done".to_owned(), "; `--epochs N` gives it more"),
        };
        Err(anyhow!(
            "the run `{}` is finished, {ended}{hint}",
            path.display()
        ))
        .or_usage()
    }

    /// The flags without the name of the data, where that is the run's own.
    pub(crate) fn without_own_data(&self, flags: Settings) -> Settings {
        let own = &self.settings.data;
        let is_own = |data: &DataDescription| match (data.table(), own.table()) {
            (Some(named), Some(own)) => absolute_path(named.path()) == absolute_path(own.path()),
            _ => data.clone().map_paths(absolute_path) == own.clone().map_paths(absolute_path),
        };
        Settings {
            data: flags.data.filter(|data| !is_own(data)),
            ..flags
        }
    }

    /// Makes sure that flags ask for nothing else than what the run is.
    ///
    /// `flags` are those that were given, `about_table` the names of those about its table, `asked` the run's settings with
    /// all of them.
    ///
    /// # Errors
    /// With a usage error the first that contradicts the run, or fewer epochs than it has.
    pub(crate) fn check(
        &self,
        flags: &Settings,
        about_table: &[&'static str],
        asked: &TrainSettings,
    ) -> anyhow::Result<()> {
        for setting in Settings::settings() {
            let key = setting.key;
            if !flags.is_given(key) || CHANGEABLE.contains(&key) {
                continue;
            }
            if !self.is_said(flags, key) {
                return Err(self.contradicted(&format!("--{}", key.replace('_', "-")), key));
            }
        }
        if let Some(flag) = about_table.first()
            && !is_same_data(&asked.data, &self.settings.data)
        {
            return Err(self.contradicted(flag, "data"));
        }
        let (own, asked) = (self.settings.fit.epochs, asked.fit.epochs);
        if asked < own {
            return Err(anyhow!(
                "`--epochs {asked}` is less than the {own} of the run `{}`; a training that goes on can be given more, not fewer",
                self.run.path().display()
            ))
            .or_usage();
        }
        Ok(())
    }

    /// Whether the run is what it is with this flag too.
    fn is_said(&self, flags: &Settings, key: &str) -> bool {
        let mut alone = Settings::default();
        let is_read = match (key, flags.text(key)) {
            ("model", _) => {
                alone.model.clone_from(&flags.model);
                true
            }
            (_, Some(text)) => matches!(alone.read_text(key, &text), Some(Ok(()))),
            _ => false,
        };
        let asked = TrainSettings::resolve(alone.over(self.given.clone()));
        is_read && asked.is_ok_and(|asked| is_same_training(&asked, &self.settings))
    }

    fn contradicted(&self, flag: &str, key: &str) -> anyhow::Error {
        let written = self.settings.written(self.settings.device);
        let key = match key {
            "learning_rate" => "schedule",
            key => key,
        };
        let had = match written.text(key) {
            _ if key == "data" => "has other data".to_owned(),
            Some(text) => format!("has `{key} = {text}`"),
            None => "was trained without it".to_owned(),
        };
        let error = anyhow!(
            "`{flag}` contradicts the run `{path}`, which {had}; leave it out to go on, or train a new run with \
             `--config {config}` and the flag",
            path = self.run.path().display(),
            config = self.run.file(RunDirectory::CONFIG).display(),
        );
        usage(error)
    }

    /// Makes sure that the rows of the table are those that the run has learned from so far.
    ///
    /// # Errors
    /// Others.
    pub(crate) fn check_rows(&self, found: &DataDescription) -> anyhow::Result<()> {
        match of_changed_rows(&self.settings.data, found) {
            Some(change) => Err(anyhow!(
                "the run `{}` cannot go on: {}; bring back the rows, or train a new run",
                self.run.path().display(),
                change.trim_start_matches("note: ")
            )),
            None => Ok(()),
        }
    }

    /// Says of an error that it is about the data which the run has learned from so far.
    pub(crate) fn with_own_data<T>(&self, loaded: anyhow::Result<T>) -> anyhow::Result<T> {
        loaded.with_context(|| {
            format!(
                "the run `{}` cannot go on without the data that it has learned from, {}; bring it back to where it was",
                self.run.path().display(),
                self.settings.data
            )
        })
    }

    /// What to say where it goes on elsewhere.
    pub(crate) fn device_note(&self, device: DeviceName) -> Option<String> {
        let own = self.settings.device;
        (device != own).then(|| {
            format!(
                "note: the run `{}` was trained on {own} and goes on on {device}; its numbers will not be those of a training \
                 without a break, bit for bit",
                self.run.path().display()
            )
        })
    }

    /// Says of an error which device the run is on, and how it goes on without it; where another was asked for, it is known.
    pub(crate) fn on_device<T>(
        &self,
        asked: DeviceName,
        selected: anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        if asked != self.settings.device {
            return selected;
        }
        selected.with_context(|| {
            format!(
                "the run `{}` was trained on {}; `--device NAME` has it go on elsewhere, though not bit for bit",
                self.run.path().display(),
                self.settings.device
            )
        })
    }

    /// The run as this process' alone, with what has changed of its settings.
    ///
    /// # Errors
    /// One that somebody else writes into, settings that cannot be written.
    pub(crate) fn claim(&self, asked: &TrainSettings, text: &str) -> anyhow::Result<RunDirectory> {
        let run = self.run.exclusive()?;
        let changeable = |settings: &TrainSettings| {
            let callbacks = &settings.given.callbacks;
            (
                settings.fit.epochs,
                settings.device,
                callbacks.checkpoint_every,
            )
        };
        if changeable(asked) != changeable(&self.settings) {
            run.write(RunDirectory::CONFIG, text.as_bytes())?;
        }
        Ok(run)
    }
}

/// What to do about a run that is already there: one that was broken off can go on.
pub(crate) fn way_out(error: TrainError) -> anyhow::Error {
    match &error {
        TrainError::RunExists { path } if is_broken_off(path) => anyhow!(
            "the run `{path}` is already there and not finished; go on with it by `firebrick train --resume {path}`, choose \
             another name, or pass `--overwrite` to replace it",
            path = path.display()
        ),
        _ => error.into(),
    }
}

/// Whether a run can go on; one that somebody trains in cannot.
fn is_broken_off(path: &Path) -> bool {
    let epochs = || {
        let given = settings_file::read(&path.join(RunDirectory::CONFIG)).ok()?;
        let settings = TrainSettings::resolve(given).ok()?;
        Some(settings.fit.epochs)
    };
    let Ok(run) = RunDirectory::open(path) else {
        return false;
    };
    let (Some(epochs), Ok(progress)) = (epochs(), Progress::of(path)) else {
        return false;
    };
    !run.is_busy() && (run.is_abandoned() || !progress.is_finished(epochs))
}

/// Whether two trainings come to the same.
fn is_same_training(one: &TrainSettings, other: &TrainSettings) -> bool {
    let callbacks = |settings: &TrainSettings| settings.given.callbacks.clone().without_none();
    is_same_data(&one.data, &other.data)
        && one.given.train_limit == other.given.train_limit
        && one.stratified == other.stratified
        && one.network == other.network
        && one.compile == other.compile
        && one.fit == other.fit
        && callbacks(one) == callbacks(other)
}

/// Whether two descriptions are of the same data, whatever rows it had.
fn is_same_data(one: &DataDescription, other: &DataDescription) -> bool {
    let whole = |data: &DataDescription| {
        let data = data.clone().without_fingerprint();
        data.map_paths(absolute_path)
    };
    whole(one) == whole(other)
}
