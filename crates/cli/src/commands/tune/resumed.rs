//! A search that goes on.

use std::path::Path;

use anyhow::anyhow;
use firebrick::recipes::Settings;
use firebrick::training::SettingsTable;
use firebrick_tune::{TuneDirectory, TuneError};

use super::{Ready, TuneArguments, begun, or_usage};
use crate::commands::devices::select_device;
use crate::failure::OrUsage;
use crate::settings_file;

/// Opens the search of this name or at this path; only how many trials it has may change.
pub(super) fn open(arguments: &TuneArguments, search: &Path) -> anyhow::Result<Ready> {
    let flags = &arguments.settings;
    let given = Settings::settings().into_iter().map(|setting| setting.key);
    let given = given.filter(|key| flags.is_given(key));
    let given = given.map(|key| format!("--{}", key.replace('_', "-")));
    let about_table = arguments.table.given().into_iter().map(str::to_owned);
    if let Some(flag) = given.chain(about_table).next() {
        return Err(anyhow!(
            "`{flag}` contradicts `--resume`: a search goes on as it began; leave the flag out, or begin another search"
        ))
        .or_usage();
    }
    let inside = arguments.runs.path.join(search);
    let opened = match TuneDirectory::open(&inside) {
        Err(TuneError::NoSearch { .. }) => TuneDirectory::open(search),
        opened => opened,
    };
    let (directory, mut settings, space) = or_usage(opened)?;
    if let Some(trials) = arguments.max_trials {
        if !settings.strategy.can_grow() && trials != settings.trials {
            return Err(anyhow!(
                "`--max-trials {trials}` contradicts `--resume`: with {} the number of trials decides how many of them go on, \
                 and this search has {}; leave the flag out, or begin another search",
                settings.strategy,
                settings.trials
            ))
            .or_usage();
        }
        settings.trials = trials;
        begun::check(&settings, &space)?;
    }
    let base = settings_file::read(&directory.file(TuneDirectory::BASE))?;
    let device = select_device(base.device.unwrap_or_default())?.name;
    Ok(Ready {
        directory,
        settings,
        space,
        base,
        device,
    })
}
