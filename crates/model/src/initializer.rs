mod drawn;
mod orthogonal;
mod seeded;
mod text_form;
mod variance_scaling;

use burn::tensor::{Device, Tensor, TensorData};

use self::drawn::Drawn;
pub use self::seeded::SeededInitializer;
pub use self::variance_scaling::{FanMode, ScalingDistribution};
use crate::deviates::Deviates;
use crate::error::ModelError;
use crate::limits::MAX_PARAMS;
use crate::single::single;

/// How a weight starts, with Keras' names, arguments and defaults.
///
/// The values are drawn on the host by a generator of fixed algorithm (`ChaCha8`), so that a seed
/// means the same start on every device and in every version. A network gives each of its
/// weights a stream of its own. In the formulas, `fan_in` and `fan_out` are the inputs of a unit
/// and the outputs of an input: the two sizes of a matrix; for a convolution's kernel
/// `[..., input_channels, filters]` the last two, each times the positions of the kernel; the one
/// size of a vector for both.
///
/// As text, a name alone has Keras' default arguments, in files
/// `{"class_name": "RandomNormal", "config": {"stddev": 0.1}}` gives others; a `seed` in such a
/// `config` makes it a [seeded](Self::Seeded) one.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::models::Initializer;
///
/// let initializer: Initializer = "he_normal".parse()?;
/// let kernel = initializer.values(&[3, 3, 16, 32], 42, 0)?;
/// assert_eq!(kernel.len(), 3 * 3 * 16 * 32);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/layers/initializers/>
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Initializer {
    /// 0 everywhere.
    Zeros,
    /// 1 everywhere.
    Ones,
    /// One value everywhere.
    Constant {
        /// The value; 0 by default.
        value: f64,
    },
    /// Normal.
    RandomNormal {
        /// Mean; 0 by default.
        mean: f64,
        /// Standard deviation, at least 0; 0.05 by default.
        stddev: f64,
    },
    /// Uniform between two values.
    RandomUniform {
        /// The lower limit; -0.05 by default.
        minval: f64,
        /// The upper limit, at least `minval`; 0.05 by default.
        maxval: f64,
    },
    /// Normal, values beyond two standard deviations drawn again.
    TruncatedNormal {
        /// Mean; 0 by default.
        mean: f64,
        /// Standard deviation before the truncation, at least 0; 0.05 by default.
        stddev: f64,
    },
    /// Mean 0 and variance `scale / n`.
    VarianceScaling {
        /// Above 0; 1 by default.
        scale: f64,
        /// What `n` counts; the fan in by default.
        mode: FanMode,
        /// The distribution; truncated normal by default.
        distribution: ScalingDistribution,
    },
    /// Uniform in `±sqrt(6 / (fan_in + fan_out))`; Keras' default for kernels.
    ///
    /// # Source
    /// Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
    /// networks", AISTATS 2010
    #[default]
    GlorotUniform,
    /// Truncated normal of variance `2 / (fan_in + fan_out)`.
    GlorotNormal,
    /// Uniform in `±sqrt(6 / fan_in)`.
    ///
    /// # Source
    /// He et al., "Delving deep into rectifiers", ICCV 2015
    HeUniform,
    /// Truncated normal of variance `2 / fan_in`.
    HeNormal,
    /// Uniform in `±sqrt(3 / fan_in)`.
    ///
    /// # Source
    /// Klambauer et al., "Self-normalizing neural networks", NIPS 2017
    LecunUniform,
    /// Truncated normal of variance `1 / fan_in`.
    LecunNormal,
    /// Orthonormal rows or columns, whichever are fewer, of the matrix with all sizes but the last
    /// multiplied.
    ///
    /// # Source
    /// Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural
    /// networks", ICLR 2014
    Orthogonal {
        /// What the matrix is multiplied by; 1 by default.
        gain: f64,
    },
    /// A matrix with `gain` on its diagonal and 0 elsewhere.
    Identity {
        /// The value on the diagonal; 1 by default.
        gain: f64,
    },
    /// One of the random ones with a seed of its own, see [`with_seed`](Self::with_seed).
    Seeded(SeededInitializer),
}

impl Initializer {
    /// The most values one weight may have, 4 GiB in single precision.
    const MAX_VALUES: usize = MAX_PARAMS;

    /// The largest argument, in both directions: what is made of it still fits single precision.
    const MAX_ARGUMENT: f64 = 1e30;

    /// Initial values of a weight of this shape, row by row; they depend on nothing but the
    /// arguments.
    ///
    /// # Errors
    /// Those of [`validate`](Self::validate), and a shape that the initializer has no values for.
    pub fn values(&self, shape: &[usize], seed: u64, stream: u64) -> Result<Vec<f32>, ModelError> {
        self.validate()?;
        let size = self.checked_size(shape)?;
        if size == 0 {
            return Ok(Vec::new());
        }
        if let Self::Seeded(seeded) = self {
            return Ok(seeded.values(shape));
        }
        if let Some(drawn) = Drawn::of(self) {
            return Ok(drawn.values(shape, &mut Deviates::new(seed, stream)));
        }
        Ok(match *self {
            Self::Constant { value } => vec![single(value); size],
            Self::Identity { gain } => {
                let columns = shape.last().copied().unwrap_or(1);
                let on_diagonal = |i: usize| i / columns == i % columns;
                let value = |i| if on_diagonal(i) { single(gain) } else { 0.0 };
                (0..size).map(value).collect()
            }
            Self::Ones => vec![1.0; size],
            _ => vec![0.0; size],
        })
    }

    /// The [`values`](Self::values) as a tensor.
    ///
    /// # Errors
    /// Those of [`values`](Self::values).
    pub fn tensor<const D: usize>(
        &self,
        shape: [usize; D],
        seed: u64,
        stream: u64,
        device: &Device,
    ) -> Result<Tensor<D>, ModelError> {
        let values = self.values(&shape, seed, stream)?;
        Ok(Tensor::from_data(TensorData::new(values, shape), device))
    }

    /// Checks the arguments.
    ///
    /// # Errors
    /// A number that is not finite or beyond ±1e30, a negative standard deviation, limits in the
    /// wrong order, a scale that is not above 0; the error names the argument.
    pub fn validate(&self) -> Result<(), ModelError> {
        match *self {
            Self::Constant { value } => self.check_number("value", value),
            Self::RandomNormal { mean, stddev } | Self::TruncatedNormal { mean, stddev } => {
                self.check_number("mean", mean)?;
                self.check_number("stddev", stddev)?;
                self.check("stddev", stddev, stddev >= 0.0, "at least 0")
            }
            Self::RandomUniform { minval, maxval } => {
                self.check_number("minval", minval)?;
                self.check_number("maxval", maxval)?;
                let expected = format!("at most `maxval`, which is {maxval}");
                self.check("minval", minval, minval <= maxval, &expected)
            }
            Self::VarianceScaling { scale, .. } => {
                self.check_number("scale", scale)?;
                self.check("scale", scale, scale > 0.0, "above 0")
            }
            Self::Orthogonal { gain } | Self::Identity { gain } => self.check_number("gain", gain),
            Self::Seeded(seeded) => seeded.initializer().validate(),
            _ => Ok(()),
        }
    }

    /// Whether the values depend on the fans of a weight, and not otherwise on its shape.
    pub(crate) fn scales_variance(&self) -> bool {
        matches!(
            self.without_seed(),
            Self::VarianceScaling { .. }
                | Self::GlorotUniform
                | Self::GlorotNormal
                | Self::HeUniform
                | Self::HeNormal
                | Self::LecunUniform
                | Self::LecunNormal
        )
    }

    /// Checks the arguments, and that there are values for a weight of this shape.
    pub(crate) fn check_for(&self, shape: &[usize]) -> Result<(), ModelError> {
        self.validate()?;
        self.checked_size(shape).map(|_| ())
    }

    fn check_number(&self, argument: &'static str, received: f64) -> Result<(), ModelError> {
        let holds = received.abs() <= Self::MAX_ARGUMENT;
        self.check(argument, received, holds, "a number from -1e30 to 1e30")
    }

    fn check(
        &self,
        argument: &'static str,
        received: f64,
        holds: bool,
        expected: &str,
    ) -> Result<(), ModelError> {
        if holds {
            return Ok(());
        }
        Err(ModelError::InitializerArgument {
            initializer: self.name(),
            argument: argument.to_owned(),
            expected: expected.to_owned(),
            received: received.to_string(),
        })
    }

    /// The number of values a weight of this shape has.
    fn checked_size(&self, shape: &[usize]) -> Result<usize, ModelError> {
        let unsuitable = |expected| ModelError::InitializerShape {
            initializer: self.name(),
            expected,
            received: shape.to_vec(),
        };
        match self.without_seed() {
            Self::Orthogonal { .. } if shape.len() < 2 => {
                return Err(unsuitable("a shape of at least two sizes"));
            }
            Self::Identity { .. } if shape.len() != 2 => {
                return Err(unsuitable("a matrix, which has two sizes"));
            }
            _ => {}
        }
        shape
            .iter()
            .try_fold(1_usize, |size, &next| size.checked_mul(next))
            .filter(|&size| size <= Self::MAX_VALUES)
            .ok_or_else(|| unsuitable("at most 1073741824 values"))
    }
}
