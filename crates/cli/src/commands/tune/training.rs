//! The training of a trial: a run of its own.

use std::path::Path;

use anyhow::{Context, anyhow};
use firebrick::recipes::Settings;
use firebrick::training::{Display, GivenFit, History, Progress, RunDirectory, StopReason};
use firebrick_tune::{Trained, Trial};

use super::Ready;
use crate::commands::train::Prepared;
use crate::resume::Resumed;
use crate::runs::RunsFolder;
use crate::train_settings::TrainSettings;

/// Trains a trial up to the epoch that is asked for, from the beginning or from where it was.
pub(super) fn train(trial: &Trial, ready: &Ready, runs: &RunsFolder) -> anyhow::Result<Trained> {
    let path = trial.directory().context("a search has a directory")?;
    let monitor = &ready.settings.monitor;
    let epochs = Settings {
        fit: GivenFit {
            epochs: Some(trial.epochs()),
            ..GivenFit::default()
        },
        ..Settings::default()
    };
    // One that was killed before it had its settings has learned nothing.
    let resumed = if path.join(RunDirectory::CONFIG).exists() {
        if let Some(history) = finished(path, trial.epochs())? {
            return came_to(&history, monitor);
        }
        Some(Resumed::open(runs, path)?)
    } else {
        None
    };
    let given = match &resumed {
        Some(resumed) => resumed.given().clone(),
        None => trial.values().applied_to(&ready.base)?,
    };
    let settings = TrainSettings::resolve(epochs.over(given))?;
    let progress = match &resumed {
        Some(resumed) => resumed.check_unfinished(settings.fit.epochs)?,
        None => None,
    };
    let mut prepared = Prepared::new(settings, resumed.as_ref())?;
    let config = prepared.settings.written(prepared.device.name).to_toml()?;
    let compile = prepared.settings.compile.to_compile();
    prepared.check_memory(&compile)?;
    let model = prepared.init()?;
    let model = match &progress {
        Some(_) => model,
        None => prepared.with_weights(model)?,
    };
    let mut trainer = compile.model(model);
    if progress.is_none() {
        trainer = prepared.with_optimizer_state(trainer)?;
    }
    let run = if let Some(resumed) = &resumed {
        resumed.claim(&prepared.settings, &config)?
    } else {
        let run = RunDirectory::create_or_replace(path)?;
        run.write(RunDirectory::CONFIG, config.as_bytes())?;
        run
    };
    let fit = prepared
        .fit(Display::Quiet, Some(&run))?
        .with_stop_handle(trial.stop_handle());
    let history = match progress {
        Some(_) => trainer.resume(&prepared.data.train, &fit, run.path())?,
        None => trainer.fit(&prepared.data.train, &fit)?,
    };
    came_to(&history, monitor)
}

/// What a training came to; one that somebody has thrown away is none.
fn came_to(history: &History, monitor: &str) -> anyhow::Result<Trained> {
    if let StopReason::Discarded { .. } = history.stop_reason {
        return Err(anyhow!("{}", history.stop_reason));
    }
    Ok(Trained::of(history, monitor))
}

/// What a run has learned that has nothing left to do: the search was killed before it could write that down, or a callback
/// has stopped it.
fn finished(path: &Path, epochs: usize) -> anyhow::Result<Option<History>> {
    let Ok(progress) = Progress::of(path) else {
        return Ok(None);
    };
    if !progress.is_finished(epochs) || RunDirectory::open(path)?.is_abandoned() {
        return Ok(None);
    }
    let history = History::read_csv(&path.join(RunDirectory::HISTORY))?;
    Ok(Some(history))
}
