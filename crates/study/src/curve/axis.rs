use std::fmt;
use std::str::FromStr;

use firebrick::models::nearest_name;
use firebrick::specs::thousands;
use serde::{Deserialize, Serialize};

use crate::error::StudyError;

/// What a curve goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CurveAxis {
    /// The number of training images.
    TrainSize,
    /// Units of every hidden layer.
    Width,
    /// Number of hidden layers.
    Depth,
    /// Passes over the training images.
    Epochs,
}

impl CurveAxis {
    /// The names that [`FromStr`] takes.
    pub const NAMES: [&'static str; 4] = ["train-size", "width", "depth", "epochs"];

    const ALL: [Self; 4] = [Self::TrainSize, Self::Width, Self::Depth, Self::Epochs];

    /// The column of a table.
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::TrainSize => "train_size",
            Self::Width => "width",
            Self::Depth => "depth",
            Self::Epochs => "epoch",
        }
    }

    /// Below an axis.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::TrainSize => "training images",
            Self::Width => "units per hidden layer",
            Self::Depth => "hidden layers",
            Self::Epochs => "epoch",
        }
    }

    /// A value in words.
    pub(super) fn counted(self, value: usize) -> String {
        let (one, many) = match self {
            Self::TrainSize => ("training image", "training images"),
            Self::Width => ("unit per hidden layer", "units per hidden layer"),
            Self::Depth => ("hidden layer", "hidden layers"),
            Self::Epochs => ("epoch", "epochs"),
        };
        match value {
            0 => format!("no {one}"),
            1 => format!("1 {one}"),
            _ => format!("{} {many}", thousands(value)),
        }
    }
}

impl fmt::Display for CurveAxis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::TrainSize => "train-size",
            Self::Width => "width",
            Self::Depth => "depth",
            Self::Epochs => "epochs",
        })
    }
}

impl FromStr for CurveAxis {
    type Err = StudyError;

    fn from_str(name: &str) -> Result<Self, StudyError> {
        let spelled = name.to_lowercase().replace('_', "-");
        let known = Self::ALL
            .into_iter()
            .find(|axis| axis.to_string() == spelled);
        known.ok_or_else(|| StudyError::UnknownAxis {
            name: name.to_owned(),
            nearest: nearest_name(&spelled, &Self::NAMES),
            known: &Self::NAMES,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_again() {
        for name in CurveAxis::NAMES {
            assert_eq!(name.parse::<CurveAxis>().unwrap().to_string(), name);
        }
        assert_eq!(
            "train_size".parse::<CurveAxis>().unwrap(),
            CurveAxis::TrainSize
        );
        assert_eq!(
            "widht".parse::<CurveAxis>().unwrap_err().to_string(),
            "unknown axis `widht`, did you mean `width`?; expected train-size, width, depth, epochs"
        );
    }
}
