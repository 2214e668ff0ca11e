use burn::optim::ModuleOptimizer;

use super::rule::Path;
use crate::error::TrainError;

/// A number that an optimizer may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    Momentum,
    Beta1,
    Beta2,
    Rho,
    Epsilon,
    InitialAccumulatorValue,
}

/// Something that an optimizer may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Switch {
    Nesterov,
    Amsgrad,
    Centered,
}

/// An optimizer's settings, with Keras' names and defaults.
pub(crate) trait Description: Copy {
    /// Keras' default rate.
    const LEARNING_RATE: f64 = 0.001;
    /// Keras' default weight decay.
    const WEIGHT_DECAY: f64 = 0.0;
    /// Rates from here on are hardly meant: with most optimizers each step moves a weight by about the rate itself.
    const DIVERGES_FROM: f64 = 1.0;

    /// The number of this name, if the optimizer has it.
    fn setting(&mut self, setting: Setting) -> Option<&mut f64>;

    /// Whether it does this, if it can.
    fn switch(&mut self, _: Switch) -> Option<&mut bool> {
        None
    }

    /// Numbers of state for each weight, those of its [`Rule`](super::rule::Rule).
    fn num_slots(&self) -> usize;

    /// The optimizer at work.
    fn build(self, weight_decay: f64, path: Path) -> ModuleOptimizer;
}

impl Setting {
    pub(crate) const ALL: [Self; 6] = [
        Self::Momentum,
        Self::Beta1,
        Self::Beta2,
        Self::Rho,
        Self::Epsilon,
        Self::InitialAccumulatorValue,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Momentum => "momentum",
            Self::Beta1 => "beta_1",
            Self::Beta2 => "beta_2",
            Self::Rho => "rho",
            Self::Epsilon => "epsilon",
            Self::InitialAccumulatorValue => "initial_accumulator_value",
        }
    }

    /// Whether the value is in range.
    pub(crate) fn check(self, value: f64) -> Result<(), TrainError> {
        match self {
            Self::Momentum | Self::Beta1 | Self::Beta2 | Self::Rho => {
                let expected = "a number from 0 up to, but not including, 1";
                ensure((0.0..1.0).contains(&value), (self.name(), expected, value))
            }
            Self::Epsilon => above_zero(self.name(), value),
            Self::InitialAccumulatorValue => not_negative(self.name(), value),
        }
    }
}

impl Switch {
    pub(crate) const ALL: [Self; 3] = [Self::Nesterov, Self::Amsgrad, Self::Centered];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Nesterov => "nesterov",
            Self::Amsgrad => "amsgrad",
            Self::Centered => "centered",
        }
    }
}

pub(crate) fn above_zero(setting: &'static str, value: f64) -> Result<(), TrainError> {
    let is_fine = value.is_finite() && value > 0.0;
    ensure(is_fine, (setting, "a number above 0", value))
}

pub(crate) fn not_negative(setting: &'static str, value: f64) -> Result<(), TrainError> {
    let is_fine = value.is_finite() && value >= 0.0;
    ensure(is_fine, (setting, "0 or a number above it", value))
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
