//! The table `[fit]`.

use firebrick_trainer::{FitSettings, TrainError};

use super::section::{Located, Section};
use crate::model_file_problem::ModelFileProblem;

pub(super) fn read(section: Section<'_>) -> Result<FitSettings, Located> {
    section.check_keys(FitSettings::KEYS)?;
    let at = section.at();
    let places: Vec<_> = FitSettings::KEYS
        .iter()
        .map(|&key| (key, section.at_key(key)))
        .collect();
    let settings: FitSettings = section.read_all("fit")?;
    match settings.check() {
        Ok(()) => Ok(settings),
        Err(error) => {
            let place = places.iter().find(|(key, _)| match &error {
                TrainError::Setting { setting, .. } => setting == key,
                _ => false,
            });
            let at = place.map_or(at, |(_, at)| *at);
            Err(Located::new(ModelFileProblem::Setting(error), at))
        }
    }
}
