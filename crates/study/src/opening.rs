//! Directories of studies with their settings: made, and found again.

use std::fs;
use std::path::Path;

use crate::directory::StudyDirectory;
use crate::error::StudyError;
use crate::settings::StudySettings;

impl StudyDirectory {
    /// Makes the directory of this name in `parent`, or else the next numbered one, and writes the settings into it.
    ///
    /// With `overwrite` the files of a study that is already there, and no others, are set aside until a training of
    /// the new one is finished, and removed then. If none ever is they come back.
    ///
    /// # Errors
    /// A directory that is already taken, by a study or by anything else; one that another process writes into, one
    /// that cannot be made.
    pub fn create(
        parent: &Path,
        name: Option<&str>,
        settings: &StudySettings,
        overwrite: bool,
    ) -> Result<Self, StudyError> {
        fs::create_dir_all(parent).map_err(|error| StudyError::file("create", parent, error))?;
        let study = match name {
            None => Self::numbered(parent, &settings.prefix())?,
            Some(name) => Self::named(parent.join(name), overwrite)?,
        };
        let text = settings.to_toml(&study.file(Self::SETTINGS))?;
        study.write(Self::SETTINGS, text.as_bytes())?;
        Ok(study)
    }

    /// Opens the directory of a study that is there, with its settings.
    ///
    /// # Errors
    /// A directory without a study, settings that cannot be understood.
    pub fn open(path: &Path) -> Result<(Self, StudySettings), StudyError> {
        let (study, text) = Self::find(path)?;
        let settings = StudySettings::from_toml(&text, &study.file(Self::SETTINGS))?;
        Ok((study, settings))
    }
}
