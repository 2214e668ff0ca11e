use serde::{Deserialize, Serialize};

use super::checked::{expect, share};
use super::thresholds::Thresholds;
use crate::error::TrainError;

/// One threshold or several, each from 0 to 1; in files a number or a list of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub(super) struct ThresholdList(Vec<f64>);

impl ThresholdList {
    pub(super) fn new(thresholds: impl IntoIterator<Item = f64>) -> Result<Self, TrainError> {
        let thresholds: Vec<f64> = thresholds.into_iter().collect();
        expect(
            !thresholds.is_empty(),
            "thresholds",
            "at least one number from 0 to 1",
            &"an empty list",
        )?;
        for threshold in &thresholds {
            share("thresholds", *threshold)?;
        }
        Ok(Self(thresholds))
    }

    /// The thresholds, or this one where there are none.
    pub(super) fn or(list: Option<&Self>, threshold: f64) -> Thresholds {
        match list {
            Some(Self(thresholds)) => Thresholds::new(&thresholds[..]),
            None => Thresholds::new([threshold]),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a number or a list of numbers")]
enum Written {
    One(f64),
    Several(Vec<f64>),
}

impl TryFrom<Written> for ThresholdList {
    type Error = TrainError;

    fn try_from(written: Written) -> Result<Self, TrainError> {
        match written {
            Written::One(threshold) => Self::new([threshold]),
            Written::Several(thresholds) => Self::new(thresholds),
        }
    }
}

impl From<ThresholdList> for Written {
    fn from(ThresholdList(thresholds): ThresholdList) -> Self {
        match thresholds[..] {
            [threshold] => Self::One(threshold),
            _ => Self::Several(thresholds),
        }
    }
}
