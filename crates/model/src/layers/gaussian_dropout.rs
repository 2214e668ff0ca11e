use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::dropout::check_rate;
use crate::draws::Draws;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer::{HostDrawn, HostForm, Numbers, Spread};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use firebrick_tensor::SameShape;

/// In training, multiplies every element with a normal number of mean 1 and standard deviation `sqrt(rate / (1 - rate))`;
/// otherwise it does nothing.
///
/// The random numbers are a function of the training's seed, the step and the layer's name, see [`Draws`](crate::Draws).
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::GaussianDropout;
/// use firebrick::models::{Draws, Mode, Sequential};
///
/// let device = Device::flex();
/// let model = Sequential::new([1000]).add(GaussianDropout::new(0.2)).build(1, &device)?;
/// let ones = Tensor::<2>::ones([1, 1000], &device);
/// let in_training = model.forward(ones.clone(), Mode::Training(Draws::new(1, 0))).into_vec()?;
/// let variance = in_training.iter().map(|x| (x - 1.0).powi(2)).sum::<f32>() / 1000.0;
/// assert!((variance - 0.25).abs() < 0.05, "{variance}");
/// assert_eq!(model.predict(ones)?.into_vec()?, [1.0; 1000]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: any, the same
///
/// # Source
/// Srivastava et al., "Dropout", JMLR 15, 2014;
/// <https://keras.io/api/layers/regularization_layers/gaussian_dropout/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GaussianDropout {
    rate: f64,
    #[serde(default)]
    seed: Option<u64>,
}

impl GaussianDropout {
    /// As strong as a [`Dropout`](super::Dropout) of this rate, from 0 to below 1.
    pub fn new(rate: f64) -> Self {
        Self { rate, seed: None }
    }

    /// Draws by this seed instead of the training's.
    #[must_use = "returns the changed layer"]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }
}

impl Layer for GaussianDropout {
    const CLASS_NAME: &'static str = "GaussianDropout";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        check_rate(self.rate)?;
        Ok(input.clone())
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        let y = match call.draws() {
            Some(draws) if self.rate > 0.0 => x.map(&Factors {
                stddev: (self.rate / (1.0 - self.rate)).sqrt(),
                draws: draws.with_seed(self.seed),
            }),
            _ => x,
        };
        Ok(y.into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        let len = inputs[0].num_elements()?;
        if self.rate <= 0.0 {
            return Some(HostForm::unchanged());
        }
        let drawn = HostDrawn {
            numbers: Numbers::Normal {
                mean: 1.0,
                stddev: (self.rate / (1.0 - self.rate)).sqrt(),
            },
            seed: self.seed,
            spread: Spread::Each(len),
        };
        Some(HostForm::times_drawn(len, drawn))
    }
}

/// Multiplies with what these draws say.
struct Factors {
    stddev: f64,
    draws: Draws,
}

impl SameShape for Factors {
    fn apply<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let noise = self.draws.normal(x.dims(), self.stddev, &x.device());
        x * (noise + 1.0)
    }
}
