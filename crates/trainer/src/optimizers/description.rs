use burn::optim::ModuleOptimizer;

use super::rule::Work;
use crate::error::TrainError;

/// An optimizer's own settings, with Keras' names and defaults.
pub(crate) trait Description: Copy {
    /// Keras' default rate.
    const LEARNING_RATE: f64 = 0.001;
    /// Keras' default weight decay.
    const WEIGHT_DECAY: f64 = 0.0;
    /// Rates from here on are hardly meant: with most optimizers each step moves a weight by about the rate itself.
    const DIVERGES_FROM: f64 = 1.0;
    /// What Keras' numbers of state are multiplied with to be those here.
    const SLOT_SIGN: f32 = 1.0;

    /// Keras' default rate.
    fn learning_rate(&self) -> f64 {
        Self::LEARNING_RATE
    }

    /// Keras' default weight decay.
    fn weight_decay(&self) -> f64 {
        Self::WEIGHT_DECAY
    }

    /// The rate from which on it is warned of.
    fn diverges_from(&self) -> f64 {
        Self::DIVERGES_FROM
    }

    /// Numbers of state for each weight, those of its [`Rule`](super::rule::Rule).
    fn num_slots(&self) -> usize;

    /// What Keras calls the numbers of state of a weight of so many axes, in their order here.
    fn slot_names(&self, num_axes: usize) -> &'static [&'static str];

    /// As [`SLOT_SIGN`](Self::SLOT_SIGN).
    fn slot_sign(&self) -> f32 {
        Self::SLOT_SIGN
    }

    /// The optimizer at work.
    fn build(self, work: Work) -> ModuleOptimizer;
}

pub(crate) fn below_one(setting: &'static str, value: f64) -> Result<(), TrainError> {
    let expected = "a number from 0 up to, but not including, 1";
    ensure((0.0..1.0).contains(&value), (setting, expected, value))
}

pub(crate) fn above_zero(setting: &'static str, value: f64) -> Result<(), TrainError> {
    let is_fine = value.is_finite() && value > 0.0;
    ensure(is_fine, (setting, "a number above 0", value))
}

pub(crate) fn not_negative(setting: &'static str, value: f64) -> Result<(), TrainError> {
    let is_fine = value.is_finite() && value >= 0.0;
    ensure(is_fine, (setting, "0 or a number above it", value))
}

pub(crate) fn not_positive(setting: &'static str, value: f64) -> Result<(), TrainError> {
    let is_fine = value.is_finite() && value <= 0.0;
    ensure(is_fine, (setting, "0 or a number below it", value))
}

pub(crate) fn finite(setting: &'static str, value: f64) -> Result<(), TrainError> {
    ensure(value.is_finite(), (setting, "a number", value))
}

fn ensure(
    is_fine: bool,
    (setting, expected, value): (&'static str, &'static str, f64),
) -> Result<(), TrainError> {
    if is_fine {
        return Ok(());
    }
    Err(TrainError::Setting {
        setting,
        expected,
        received: value.to_string(),
    })
}
