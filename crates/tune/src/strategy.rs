use std::fmt;
use std::str::FromStr;

use firebrick::models::nearest_name;
use serde::{Deserialize, Serialize};

use crate::error::TuneError;

/// How a search decides what is trained, and for how long.
///
/// ```
/// use firebrick_tune::Strategy;
///
/// assert_eq!("asha".parse::<Strategy>()?, Strategy::Asha);
/// assert!("ahsa".parse::<Strategy>().unwrap_err().to_string().contains("did you mean `asha`?"));
/// # Ok::<(), firebrick_tune::TuneError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Strategy {
    /// Points of the space drawn by the seed, each trained to the end.
    #[default]
    Random,
    /// Every point of a finite space, each trained to the end.
    Grid,
    /// Successive halving: all trials for few epochs, the best third of them for three times as many, and so on. Each rung
    /// waits for the one below, so that the trials that are promoted are the same for any number of jobs.
    ///
    /// # Source
    /// Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization", 2016
    Halving,
    /// The same without waiting: whenever a job is free, the best trial that is among the best third of its rung so far goes on,
    /// and where there is none a new one begins. With one job at a time it is the same in every search; with
    /// several, which trials are promoted depends on which of them is done first, though not what comes of each.
    ///
    /// # Source
    /// Li et al., "A System for Massively Parallel Hyperparameter Tuning", 2020
    Asha,
    /// Successive halving several times, from many trials for few epochs to few trials for all of them. The number of trials
    /// follows from the epochs.
    ///
    /// # Source
    /// Li et al., "Hyperband: A Novel Bandit-Based Approach to Hyperparameter Optimization", 2018
    Hyperband,
}

impl Strategy {
    /// The names of all.
    pub const NAMES: [&'static str; 5] = ["random", "grid", "halving", "asha", "hyperband"];

    const ALL: [Self; 5] = [
        Self::Random,
        Self::Grid,
        Self::Halving,
        Self::Asha,
        Self::Hyperband,
    ];

    /// Whether a search that has begun can have more trials: more of the same kind are no other search, where rungs do not wait
    /// for all of them.
    pub fn can_grow(self) -> bool {
        matches!(self, Self::Random | Self::Grid | Self::Asha)
    }

    /// Whether trials are trained in rungs, and go on or not.
    pub fn has_rungs(self) -> bool {
        matches!(self, Self::Halving | Self::Asha | Self::Hyperband)
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let own = Self::ALL
            .iter()
            .zip(Self::NAMES)
            .find(|(one, _)| *one == self);
        f.pad(own.map_or("random", |(_, name)| name))
    }
}

impl FromStr for Strategy {
    type Err = TuneError;

    fn from_str(text: &str) -> Result<Self, TuneError> {
        let named = Self::ALL.into_iter().zip(Self::NAMES);
        let mut named = named.filter(|(_, name)| *name == text);
        let unknown = || TuneError::UnknownStrategy {
            name: text.to_owned(),
            nearest: nearest_name(text, &Self::NAMES),
            known: &Self::NAMES,
        };
        named.next().map(|(own, _)| own).ok_or_else(unknown)
    }
}
