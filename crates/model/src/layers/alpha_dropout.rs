use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::dropout::check_rate;
use super::noise_shape::NoiseShape;
use crate::draws::Draws;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer::{HostDrawn, HostForm, Numbers};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use crate::single::single;
use firebrick_tensor::SameShape;

/// In training, sets every element with probability `rate` to what `selu` tends to far below 0, and shifts and scales all so
/// that mean and variance stay; otherwise it does nothing.
///
/// `a · x` or `a · s` plus `-a · s · rate`, with `s = -1.758…` and `a = 1 / sqrt((1 - rate) · (1 + rate · s²))`. The random
/// numbers are a function of the training's seed, the step and the layer's name, see [`Draws`](crate::Draws).
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::AlphaDropout;
/// use firebrick::models::{Draws, Mode, Sequential};
///
/// let device = Device::flex();
/// let model = Sequential::new([1000]).add(AlphaDropout::new(0.2)).build(1, &device)?;
/// let zeros = Tensor::<2>::zeros([1, 1000], &device);
/// let in_training = model.forward(zeros.clone(), Mode::Training(Draws::new(1, 0))).into_vec()?;
/// let mean = in_training.iter().sum::<f32>() / 1000.0;
/// assert!(mean.abs() < 0.1, "{mean}");
/// assert!(in_training.iter().any(|&x| x < -1.0));
/// assert_eq!(model.predict(zeros)?.into_vec()?, [0.0; 1000]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: any, the same
///
/// # Source
/// Klambauer et al., "Self-Normalizing Neural Networks", NIPS 2017;
/// <https://keras.io/api/layers/regularization_layers/alpha_dropout/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlphaDropout {
    rate: f64,
    #[serde(default)]
    noise_shape: Option<NoiseShape>,
    #[serde(default)]
    seed: Option<u64>,
}

impl AlphaDropout {
    /// The probability, from 0 to below 1.
    pub fn new(rate: f64) -> Self {
        Self {
            rate,
            noise_shape: None,
            seed: None,
        }
    }

    /// Sets along which axes, the batch axis the first, there are draws of their own: as [`Dropout::with_noise_shape`].
    ///
    /// [`Dropout::with_noise_shape`]: super::Dropout::with_noise_shape
    #[must_use = "returns the changed layer"]
    pub fn with_noise_shape(mut self, noise_shape: impl Into<Vec<Option<usize>>>) -> Self {
        self.noise_shape = Some(NoiseShape::new(noise_shape));
        self
    }

    /// Draws by this seed instead of the training's.
    #[must_use = "returns the changed layer"]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// What keeps the variance.
    fn scale(&self) -> f64 {
        ((1.0 - self.rate) * (1.0 + self.rate * SATURATION * SATURATION)).powf(-0.5)
    }
}

impl Layer for AlphaDropout {
    const CLASS_NAME: &'static str = "AlphaDropout";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        check_rate(self.rate)?;
        NoiseShape::check(self.noise_shape.as_ref(), input)?;
        Ok(input.clone())
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        let y = match call.draws() {
            Some(draws) if self.rate > 0.0 => {
                let draws = draws.with_seed(self.seed);
                x.map(&Saturates { layer: self, draws })
            }
            _ => x,
        };
        Ok(y.into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        let len = inputs[0].num_elements()?;
        let (rate, a) = (self.rate, self.scale());
        if rate <= 0.0 {
            return Some(HostForm::unchanged());
        }
        let spread = NoiseShape::spread(self.noise_shape.as_ref(), &inputs[0])?;
        let drawn = |scale: f64, shift: f64| HostDrawn {
            numbers: Numbers::ScaledDropout {
                rate,
                scale: single(scale),
                shift: single(shift),
            },
            seed: self.seed,
            spread: spread.clone(),
        };
        // The same draws twice: what is kept is scaled, what is dropped saturates, and all is shifted.
        let kept = a * (1.0 - rate);
        let shift = SATURATION * kept;
        let form = HostForm::times_drawn(len, drawn(kept, 0.0));
        Some(form.followed_by(HostForm::plus_drawn(len, drawn(-shift, shift))))
    }
}

/// What `selu` tends to: its scale times its alpha, below 0.
const SATURATION: f64 = -1.050_700_987_355_480_5 * 1.673_263_242_354_377_2;

/// Sets what these draws say.
struct Saturates<'a> {
    layer: &'a AlphaDropout,
    draws: Draws,
}

impl SameShape for Saturates<'_> {
    fn apply<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let rate = self.layer.rate;
        let a = self.layer.scale();
        let shape = NoiseShape::of(self.layer.noise_shape.as_ref(), x.dims());
        let kept = self.draws.dropout(shape, rate, &x.device()) * (1.0 - rate);
        let dropped = kept.clone().neg() + 1.0;
        let x = x * kept + dropped * SATURATION;
        x * a - a * SATURATION * rate
    }
}
