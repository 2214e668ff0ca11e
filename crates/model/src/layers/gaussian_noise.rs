use burn::module::{Flag, Module, Param};
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::checks::check_number;
use super::{Apply, Describe, LayerProblem, Weights};
use crate::draws::Draws;
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;
use firebrick_tensor::SameShape;

/// In training, adds normal noise of mean 0 to every element; otherwise it does nothing.
///
/// The random numbers are a function of the training's seed, the step and the layer's name, see [`Draws`](crate::Draws).
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::GaussianNoise;
/// use firebrick::models::{Draws, Mode, Sequential};
///
/// let device = Device::flex();
/// let model = Sequential::new([1000]).add(GaussianNoise::new(0.1)).build(1, &device)?;
/// let zeros = Tensor::<2>::zeros([1, 1000], &device);
/// let noise = model.forward(zeros.clone(), Mode::Training(Draws::new(1, 0))).into_vec()?;
/// let deviation = (noise.iter().map(|x| x * x).sum::<f32>() / 1000.0).sqrt();
/// assert!((deviation - 0.1).abs() < 0.01, "{deviation}");
/// assert_eq!(model.predict(zeros)?.into_vec()?, [0.0; 1000]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: any, the same
///
/// # Source
/// <https://keras.io/api/layers/regularization_layers/gaussian_noise/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GaussianNoise {
    stddev: f64,
}

impl GaussianNoise {
    /// The standard deviation of the noise.
    pub fn new(stddev: f64) -> Self {
        Self { stddev }
    }
}

impl Describe for GaussianNoise {
    type Built = BuiltGaussianNoise;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        check_number("stddev", self.stddev, "a number from 0 on", |stddev| {
            stddev >= 0.0
        })?;
        Ok(input.to_vec())
    }

    fn build(&self, _: &[usize], _: &mut Weights) -> BuiltGaussianNoise {
        BuiltGaussianNoise {
            stddev: self.stddev,
            training: Param::from_bool(true),
        }
    }
}

/// A [`GaussianNoise`] layer, which a frozen network switches off.
#[derive(Module, Debug)]
pub(crate) struct BuiltGaussianNoise {
    stddev: f64,
    training: Param<Flag>,
}

/// Adds what these draws say.
struct Noise {
    stddev: f64,
    draws: Draws,
}

impl SameShape for Noise {
    fn apply<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let noise = self.draws.normal(x.dims(), self.stddev, &x.device());
        x + noise
    }
}

impl Apply for BuiltGaussianNoise {
    fn forward(&self, x: AnyTensor, mode: Mode) -> AnyTensor {
        match mode {
            Mode::Training(draws) if self.training.is_enabled() && self.stddev > 0.0 => {
                let stddev = self.stddev;
                x.map_elements(&Noise { stddev, draws })
            }
            _ => x,
        }
    }
}
