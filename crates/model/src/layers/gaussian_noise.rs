use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::checks::check_number;
use crate::draws::Draws;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer::{HostDrawn, HostForm, Numbers, Spread};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
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
pub struct GaussianNoise {
    stddev: f64,
    #[serde(default)]
    seed: Option<u64>,
}

impl GaussianNoise {
    /// The standard deviation of the noise.
    pub fn new(stddev: f64) -> Self {
        Self { stddev, seed: None }
    }

    /// Draws by this seed instead of the training's.
    #[must_use = "returns the changed layer"]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }
}

impl Layer for GaussianNoise {
    const CLASS_NAME: &'static str = "GaussianNoise";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        check_number("stddev", self.stddev, "a number from 0 on", |stddev| {
            stddev >= 0.0
        })?;
        Ok(input.clone())
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        let y = match call.draws() {
            Some(draws) if self.stddev > 0.0 => {
                let draws = draws.with_seed(self.seed);
                let stddev = self.stddev;
                x.map(&Noise { stddev, draws })
            }
            _ => x,
        };
        Ok(y.into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        let len = inputs[0].num_elements()?;
        if self.stddev <= 0.0 {
            return Some(HostForm::unchanged());
        }
        let drawn = HostDrawn {
            numbers: Numbers::Normal {
                mean: 0.0,
                stddev: self.stddev,
            },
            seed: self.seed,
            spread: Spread::Each(len),
        };
        Some(HostForm::plus_drawn(len, drawn))
    }
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
