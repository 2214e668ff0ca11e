use serde::{Deserialize, Serialize};

use crate::deviates::Deviates;

/// The number of units a variance is scaled by.
///
/// ```
/// # mod firebrick { pub use firebrick_model as models; }
/// use firebrick::models::{FanMode, Initializer, ScalingDistribution};
///
/// // What Keras calls GlorotUniform.
/// let by_hand = Initializer::VarianceScaling {
///     scale: 1.0,
///     mode: FanMode::FanAvg,
///     distribution: ScalingDistribution::Uniform,
/// };
/// assert_eq!(by_hand.values(&[4, 3], 7, 0)?, Initializer::GlorotUniform.values(&[4, 3], 7, 0)?);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FanMode {
    /// The inputs of a unit.
    #[default]
    FanIn,
    /// The outputs of an input.
    FanOut,
    /// The mean of both.
    FanAvg,
}

/// The distribution whose variance is scaled.
///
/// ```
/// # mod firebrick { pub use firebrick_model as models; }
/// use firebrick::models::{FanMode, Initializer, ScalingDistribution};
///
/// // What Keras calls HeNormal.
/// let by_hand = Initializer::VarianceScaling {
///     scale: 2.0,
///     mode: FanMode::FanIn,
///     distribution: ScalingDistribution::TruncatedNormal,
/// };
/// assert_eq!(by_hand.values(&[4, 3], 7, 0)?, Initializer::HeNormal.values(&[4, 3], 7, 0)?);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScalingDistribution {
    /// Normal, values beyond two standard deviations drawn again; widened, so that the variance
    /// after the truncation is the one asked for.
    #[default]
    #[serde(alias = "normal")]
    TruncatedNormal,
    /// Normal.
    UntruncatedNormal,
    /// Uniform.
    Uniform,
}

/// Draws with mean 0 and variance `scale / n`, `n` being at least 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct VarianceScaling {
    pub(super) scale: f64,
    pub(super) mode: FanMode,
    pub(super) distribution: ScalingDistribution,
}

impl VarianceScaling {
    /// One value after another.
    pub(super) fn sampler(&self, shape: &[usize]) -> impl FnMut(&mut Deviates) -> f64 + use<> {
        /// Standard deviation of a normal distribution that is cut off at ±2.
        const TRUNCATED_STDDEV: f64 = 0.879_625_661_034_239_8;
        let (fan_in, fan_out) = fans(shape);
        let n = match self.mode {
            FanMode::FanIn => fan_in,
            FanMode::FanOut => fan_out,
            FanMode::FanAvg => f64::midpoint(fan_in, fan_out),
        };
        let n = n.max(1.0);
        let distribution = self.distribution;
        let width = match distribution {
            ScalingDistribution::TruncatedNormal => (self.scale / n).sqrt() / TRUNCATED_STDDEV,
            ScalingDistribution::UntruncatedNormal => (self.scale / n).sqrt(),
            ScalingDistribution::Uniform => (3.0 * self.scale / n).sqrt(),
        };
        move |draws| {
            width
                * match distribution {
                    ScalingDistribution::TruncatedNormal => draws.truncated_normal(),
                    ScalingDistribution::UntruncatedNormal => draws.normal(),
                    ScalingDistribution::Uniform => draws.uniform(),
                }
        }
    }
}

/// Inputs of a unit and outputs of an input, as Keras counts them: of a kernel
/// `[..., input_channels, filters]` the sizes before the last two are the receptive field, which
/// multiplies both; a vector has its size for both, a scalar 1.
fn fans(shape: &[usize]) -> (f64, f64) {
    match *shape {
        [] => (1.0, 1.0),
        [size] => (size as f64, size as f64),
        [ref receptive_field @ .., inputs, outputs] => {
            let positions: f64 = receptive_field.iter().map(|&size| size as f64).product();
            (inputs as f64 * positions, outputs as f64 * positions)
        }
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "whole numbers are exact")]
mod tests {
    use super::*;

    #[test]
    fn fans_are_counted_as_keras_counts_them() {
        for (shape, expected) in [
            (&[][..], (1.0, 1.0)),
            (&[100], (100.0, 100.0)),
            (&[64, 32], (64.0, 32.0)),
            (&[5, 8, 16], (40.0, 80.0)),
            (&[3, 3, 16, 32], (144.0, 288.0)),
            (&[2, 3, 4, 5, 6], (120.0, 144.0)),
            (&[0, 7], (0.0, 7.0)),
        ] {
            assert_eq!(fans(shape), expected, "{shape:?}");
        }
    }
}
