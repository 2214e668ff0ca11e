use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::checks::check_number;
use super::noise_shape::NoiseShape;
use crate::draws::Draws;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer::{HostDrawn, HostForm, Numbers};
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;
use firebrick_tensor::SameShape;

/// In training, zeroes every element with probability `rate` and scales the others by
/// `1 / (1 - rate)`; otherwise it does nothing.
///
/// The random numbers are a function of the training's seed, the step and the layer's name, see [`Draws`](crate::Draws).
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::Dropout;
/// use firebrick::models::{Draws, Mode, Sequential};
///
/// let device = Device::flex();
/// let model = Sequential::new([1000]).add(Dropout::new(0.5)).build(1, &device)?;
/// let ones = Tensor::<2>::ones([1, 1000], &device);
/// let in_training = model.forward(ones.clone(), Mode::Training(Draws::new(1, 0))).into_vec()?;
/// assert!(in_training.iter().all(|&x| x == 0.0 || x == 2.0));
/// assert!((450..550).contains(&in_training.iter().filter(|&&x| x == 0.0).count()));
/// assert_eq!(model.predict(ones)?.into_vec()?, [1.0; 1000]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: any, the same
///
/// # Source
/// <https://keras.io/api/layers/regularization_layers/dropout/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dropout {
    rate: f64,
    #[serde(default)]
    noise_shape: Option<NoiseShape>,
    #[serde(default)]
    seed: Option<u64>,
}

impl Dropout {
    /// The probability, from 0 to below 1.
    pub fn new(rate: f64) -> Self {
        Self {
            rate,
            noise_shape: None,
            seed: None,
        }
    }

    /// Sets along which axes, the batch axis the first, there are draws of their own: a size of 1 where elements share one,
    /// nothing where each has its own.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::layers; }
    /// use firebrick::layers::Dropout;
    ///
    /// // The same features in every step.
    /// let layer = Dropout::new(0.5).with_noise_shape([None, Some(1), None]);
    /// ```
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
}

/// A probability with which something is dropped.
pub(crate) fn check_rate(rate: f64) -> Result<(), LayerProblem> {
    check_number("rate", rate, "from 0 to below 1", |rate| {
        (0.0..1.0).contains(&rate)
    })
}

impl Layer for Dropout {
    const CLASS_NAME: &'static str = "Dropout";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        check_rate(self.rate)?;
        NoiseShape::check(self.noise_shape.as_ref(), input)?;
        Ok(input.clone())
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        if self.rate <= 0.0 {
            return Some(HostForm::unchanged().passing_mask());
        }
        let drawn = HostDrawn {
            numbers: Numbers::Dropout { rate: self.rate },
            seed: self.seed,
            spread: NoiseShape::spread(self.noise_shape.as_ref(), &inputs[0])?,
        };
        Some(HostForm::times_drawn(inputs[0].num_elements()?, drawn).passing_mask())
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        let y = match call.draws() {
            Some(draws) if self.rate > 0.0 => {
                let draws = draws.with_seed(self.seed);
                x.map(&Drops { layer: self, draws })
            }
            _ => x,
        };
        Ok(y.into())
    }
}

/// Zeroes what these draws say.
struct Drops<'a> {
    layer: &'a Dropout,
    draws: Draws,
}

impl SameShape for Drops<'_> {
    fn apply<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let shape = NoiseShape::of(self.layer.noise_shape.as_ref(), x.dims());
        let factors = self.draws.dropout(shape, self.layer.rate, &x.device());
        x * factors
    }
}
