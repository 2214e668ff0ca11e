use std::path::Path;

use firebrick::datasets::{DataSource, absolute_path};
use serde::{Deserialize, Serialize};

use crate::curve::CurveSettings;
use crate::curve::CurveStudy;
use crate::error::StudyError;
use crate::file_names;
use crate::networks::NetworksSettings;
use crate::networks::NetworksStudy;
use crate::study::Study;

/// The settings of a study, of whatever kind, with nothing left open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "study", rename_all = "kebab-case")]
pub enum StudySettings {
    /// Three networks side by side.
    Networks(NetworksSettings),
    /// A curve of many trainings.
    Curve(CurveSettings),
}

impl StudySettings {
    /// The files that studies leave beside their settings.
    pub const OUTPUTS: [&'static str; 7] = file_names::OUTPUTS;

    /// Checks all that can be checked before anything is trained, and reads the data.
    ///
    /// # Errors
    /// Settings out of range, data that cannot be read or is too small, a device that is not there.
    pub fn prepare(self) -> Result<Study, StudyError> {
        Ok(match self {
            Self::Networks(settings) => Study::Networks(NetworksStudy::prepare(settings)?),
            Self::Curve(settings) => Study::Curve(CurveStudy::prepare(settings)?),
        })
    }

    /// What is learned.
    pub fn data(&self) -> &DataSource {
        match self {
            Self::Networks(settings) => &settings.data,
            Self::Curve(settings) => &settings.data,
        }
    }

    /// What directories of such studies are called, before their number.
    pub(crate) fn prefix(&self) -> String {
        match self {
            Self::Networks(_) => "networks".to_owned(),
            Self::Curve(settings) => settings.by.to_string(),
        }
    }

    /// The settings as a file; a folder of data is written with its whole path.
    pub(crate) fn to_toml(&self, path: &Path) -> Result<String, StudyError> {
        let mut settings = self.clone();
        let (Self::Networks(NetworksSettings { data, .. })
        | Self::Curve(CurveSettings { data, .. })) = &mut settings;
        if let DataSource::Directory(folder) = data {
            *folder = absolute_path(folder);
        }
        let text = toml::to_string(&settings)
            .map_err(|error| StudyError::file("write", path, std::io::Error::other(error)))?;
        Ok(format!(
            "# Settings of a study; `firebrick study continue` does what is not done yet.\n{text}"
        ))
    }

    pub(crate) fn from_toml(text: &str, path: &Path) -> Result<Self, StudyError> {
        toml::from_str(text).map_err(|error| StudyError::Malformed {
            path: path.to_owned(),
            reason: error.to_string().trim_end().to_owned(),
            way_out: "mend it, or begin the study anew",
        })
    }
}
