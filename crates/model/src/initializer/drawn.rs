use super::orthogonal::orthogonal;
use super::variance_scaling::VarianceScaling;
use super::{FanMode, Initializer, ScalingDistribution};
use crate::deviates::Deviates;
use crate::single::single;

/// What a random initializer draws from; several of Keras' names stand for one of these.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Drawn {
    Normal { mean: f64, stddev: f64 },
    Uniform { minval: f64, maxval: f64 },
    TruncatedNormal { mean: f64, stddev: f64 },
    Scaled(VarianceScaling),
    Orthogonal { gain: f64 },
}

impl Drawn {
    /// What it draws from, if it draws.
    pub(super) fn of(initializer: &Initializer) -> Option<Self> {
        use FanMode::{FanAvg, FanIn};
        use ScalingDistribution::{TruncatedNormal, Uniform};
        let scaled = |scale, mode, distribution| {
            Self::Scaled(VarianceScaling {
                scale,
                mode,
                distribution,
            })
        };
        Some(match *initializer {
            Initializer::RandomNormal { mean, stddev } => Self::Normal { mean, stddev },
            Initializer::RandomUniform { minval, maxval } => Self::Uniform { minval, maxval },
            Initializer::TruncatedNormal { mean, stddev } => Self::TruncatedNormal { mean, stddev },
            Initializer::VarianceScaling {
                scale,
                mode,
                distribution,
            } => scaled(scale, mode, distribution),
            Initializer::GlorotUniform => scaled(1.0, FanAvg, Uniform),
            Initializer::GlorotNormal => scaled(1.0, FanAvg, TruncatedNormal),
            Initializer::HeUniform => scaled(2.0, FanIn, Uniform),
            Initializer::HeNormal => scaled(2.0, FanIn, TruncatedNormal),
            Initializer::LecunUniform => scaled(1.0, FanIn, Uniform),
            Initializer::LecunNormal => scaled(1.0, FanIn, TruncatedNormal),
            Initializer::Orthogonal { gain } => Self::Orthogonal { gain },
            Initializer::Seeded(seeded) => return Self::of(&seeded.initializer()),
            Initializer::Zeros
            | Initializer::Ones
            | Initializer::Constant { .. }
            | Initializer::Identity { .. } => return None,
        })
    }

    /// An initializer that draws from this, with all of its arguments.
    pub(super) fn initializer(self) -> Initializer {
        match self {
            Self::Normal { mean, stddev } => Initializer::RandomNormal { mean, stddev },
            Self::Uniform { minval, maxval } => Initializer::RandomUniform { minval, maxval },
            Self::TruncatedNormal { mean, stddev } => Initializer::TruncatedNormal { mean, stddev },
            Self::Scaled(VarianceScaling {
                scale,
                mode,
                distribution,
            }) => Initializer::VarianceScaling {
                scale,
                mode,
                distribution,
            },
            Self::Orthogonal { gain } => Initializer::Orthogonal { gain },
        }
    }

    /// Values for a weight of this shape, row by row; it has been checked and has some.
    pub(super) fn values(self, shape: &[usize], draws: &mut Deviates) -> Vec<f32> {
        let size = shape.iter().product();
        match self {
            Self::Normal { mean, stddev } => fill(size, || mean + stddev * draws.normal()),
            Self::Uniform { minval, maxval } => {
                let (center, radius) = (f64::midpoint(minval, maxval), (maxval - minval) / 2.0);
                fill(size, || center + radius * draws.uniform())
            }
            Self::TruncatedNormal { mean, stddev } => {
                fill(size, || mean + stddev * draws.truncated_normal())
            }
            Self::Scaled(scaling) => {
                let mut sample = scaling.sampler(shape);
                fill(size, || sample(draws))
            }
            Self::Orthogonal { gain } => {
                let columns = shape.last().copied().unwrap_or(1);
                let matrix = orthogonal(size / columns, columns, draws).into_iter();
                matrix.map(|value| single(gain * value)).collect()
            }
        }
    }
}

fn fill(size: usize, mut draw: impl FnMut() -> f64) -> Vec<f32> {
    (0..size).map(|_| single(draw())).collect()
}
