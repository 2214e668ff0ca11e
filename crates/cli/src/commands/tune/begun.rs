//! A new search: everything that can be checked is checked before its directory is made.

use anyhow::anyhow;
use firebrick::datasets::absolute_path;
use firebrick::recipes::{CheckpointEvery, Settings};
use firebrick_tune::{SearchSpace, Strategy, TuneDirectory, TuneSettings};

use super::judged_by::JudgedBy;
use super::{Ready, TuneArguments, or_usage};
use crate::commands::train::Prepared;
use crate::failure::OrUsage;
use crate::run_name::RunName;
use crate::train_settings::TrainSettings;
use crate::{settings_file, starting_weights};

/// Checks the settings and makes the directory.
pub(super) fn begin(arguments: TuneArguments) -> anyhow::Result<Ready> {
    let model = arguments.model_file.as_deref();
    let model = model.map(settings_file::read_model).transpose()?;
    let file = match &arguments.config_file {
        Some(path) => settings_file::read(path)?,
        None => Settings::default(),
    };
    let flags = Settings {
        model,
        ..arguments.settings
    };
    let mut base = flags.over(file);
    base.data = arguments.table.applied_to(base.data().cloned())?;
    base.data = base
        .data()
        .cloned()
        .map(|data| data.map_paths(absolute_path));
    base.weights = starting_weights::find(&arguments.runs, &base)?;
    if base.callbacks.checkpoint_every == Some(CheckpointEvery::None) {
        return Err(anyhow!(
            "`--checkpoint-every none` leaves a search nothing to go on from; leave it out"
        ))
        .or_usage();
    }
    let space = space(&arguments.search, &base)?;
    let resolved = TrainSettings::resolve(base.clone())?;
    let monitor = match arguments.monitor {
        Some(monitor) => monitor,
        None => JudgedBy::default_of(&resolved),
    };
    let monitor = monitor.resolved(&resolved)?;
    let mut settings = TuneSettings {
        strategy: arguments.strategy.unwrap_or_default(),
        epochs: resolved.fit.epochs,
        seed: resolved.fit.seed,
        monitor: monitor.monitor,
        mode: monitor.mode,
        ..TuneSettings::default()
    };
    settings.min_epochs = arguments.min_epochs.unwrap_or(settings.min_epochs);
    settings.reduction_factor = arguments
        .reduction_factor
        .unwrap_or(settings.reduction_factor);
    settings.trials = arguments.max_trials.unwrap_or(match settings.strategy {
        Strategy::Grid => space.len().unwrap_or(settings.trials),
        Strategy::Hyperband => settings.hyperband_trials(),
        _ => settings.trials,
    });
    check(&settings, &space)?;
    check_points(&settings, &space, &base)?;
    let first = space.values(settings.seed, 0).applied_to(&base);
    let prepared = Prepared::new(TrainSettings::resolve(or_usage(first)?)?, None)?;
    base.device = Some(prepared.device.name);
    let name = arguments.run.as_ref().map(RunName::as_str);
    let made = TuneDirectory::create(&arguments.runs.path, name, &settings, &space);
    let directory = or_usage(made)?;
    directory.write(TuneDirectory::BASE, base.to_toml()?.as_bytes())?;
    Ok(Ready {
        // Whoever carries the search out claims it.
        directory: directory.released(),
        settings,
        space,
        device: prepared.device.name,
        base,
    })
}

/// What flags say, and the model file where they do not.
fn space(flags: &[SearchSpace], base: &Settings) -> anyhow::Result<SearchSpace> {
    let mut space = SearchSpace::new();
    for given in flags {
        let names: Vec<&str> = space.names().collect();
        if let Some(twice) = given.names().find(|name| names.contains(name)) {
            return Err(anyhow!("`{twice}` is searched twice; keep one of them")).or_usage();
        }
        space = space.over(given.clone());
    }
    let of_file = match &base.model {
        Some(file) => or_usage(SearchSpace::from_toml(file.as_str()))?,
        None => None,
    };
    let space = space.over(of_file.unwrap_or_default());
    if space.is_empty() {
        return Err(anyhow!(
            "nothing is searched; say what by `--search \"learning_rate=log:1e-4..1e-1, units=32|64\"`, or in a table [search] \
             of the model file"
        ))
        .or_usage();
    }
    Ok(space)
}

/// Makes sure that there can be such a search.
pub(super) fn check(settings: &TuneSettings, space: &SearchSpace) -> anyhow::Result<()> {
    let tuner = firebrick_tune::Tuner::new(space.clone()).with_settings(settings.clone());
    or_usage(tuner.check())
}

/// Makes sure that every choice and the ends of every range are settings that a training can have.
fn check_points(
    settings: &TuneSettings,
    space: &SearchSpace,
    base: &Settings,
) -> anyhow::Result<()> {
    for point in space.corners() {
        let given = or_usage(point.applied_to(base))?;
        let resolved = TrainSettings::resolve(given)?;
        if settings.strategy.has_rungs() && resolved.fit.one_cycle.is_some() {
            return Err(anyhow!(
                "a cycle of rates goes by all epochs, and with `--strategy {}` it is decided in the course of them how many a \
                 trial has; search without `one_cycle`, or with `--strategy random`",
                settings.strategy
            ))
            .or_usage();
        }
    }
    Ok(())
}
