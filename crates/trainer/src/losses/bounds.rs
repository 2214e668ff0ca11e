use serde::de::{Deserialize, Deserializer, Error, Unexpected};

use crate::error::TrainError;

/// Which numbers an argument may be.
pub(super) struct Bounds {
    expected: &'static str,
    hold: fn(f64) -> bool,
}

/// From 0 to 1.
pub(super) const SHARE: Bounds = Bounds {
    expected: "a number from 0 to 1",
    hold: |value| (0.0..=1.0).contains(&value),
};

/// Between 0 and 1, without them.
pub(super) const INNER_SHARE: Bounds = Bounds {
    expected: "a number above 0 and below 1",
    hold: |value| value > 0.0 && value < 1.0,
};

/// Above 0.
pub(super) const ABOVE_ZERO: Bounds = Bounds {
    expected: "a number above 0",
    hold: |value| value > 0.0 && value.is_finite(),
};

/// From 0 on.
pub(super) const NOT_NEGATIVE: Bounds = Bounds {
    expected: "0 or a number above it",
    hold: |value| value >= 0.0 && value.is_finite(),
};

impl Bounds {
    /// The value that a setter was given.
    pub(super) fn check(&self, setting: &'static str, value: f64) -> Result<f64, TrainError> {
        if (self.hold)(value) {
            return Ok(value);
        }
        Err(TrainError::Setting {
            setting,
            expected: self.expected,
            received: value.to_string(),
        })
    }

    /// The value that a file holds.
    fn accept<E: Error>(&self, value: f64) -> Result<f64, E> {
        if (self.hold)(value) {
            return Ok(value);
        }
        Err(E::invalid_value(Unexpected::Float(value), &self.expected))
    }
}

/// Reads a number from 0 to 1.
pub(super) fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    SHARE.accept(f64::deserialize(deserializer)?)
}

/// Reads a number between 0 and 1, without them.
pub(super) fn inner_share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    INNER_SHARE.accept(f64::deserialize(deserializer)?)
}

/// Reads a number above 0.
pub(super) fn above_zero<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    ABOVE_ZERO.accept(f64::deserialize(deserializer)?)
}

/// Reads 0 or a number above it.
pub(super) fn not_negative<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    NOT_NEGATIVE.accept(f64::deserialize(deserializer)?)
}
