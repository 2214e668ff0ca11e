use serde::{Deserialize, Serialize};

use super::spatial_dropout::{check, dropped, dropped_on_host};
use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;

/// In training, zeroes whole channels with probability `rate` and scales the others by
/// `1 / (1 - rate)`; otherwise it does nothing.
///
/// The random numbers are a function of the training's seed, the step and the layer's name, see [`Draws`](crate::Draws).
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::SpatialDropout1D;
/// use firebrick::models::{Draws, Mode, Sequential};
///
/// let device = Device::flex();
/// let model = Sequential::new([4, 100]).add(SpatialDropout1D::new(0.5)).build(1, &device)?;
/// let ones = Tensor::<3>::ones([1, 4, 100], &device);
/// let in_training = model.forward(ones, Mode::Training(Draws::new(1, 0))).into_vec()?;
/// // Of each channel all steps, or none.
/// for channel in 0..100 {
///     let mut steps = in_training.iter().skip(channel).step_by(100);
///     let first = *steps.next().unwrap();
///     assert!((first == 0.0 || first == 2.0) && steps.all(|&element| element == first));
/// }
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: `[batch_size, steps, channels]`
///
/// # Source
/// <https://keras.io/api/layers/regularization_layers/spatial_dropout1d/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpatialDropout1D {
    rate: f64,
    #[serde(default)]
    seed: Option<u64>,
}

impl SpatialDropout1D {
    /// The probability, from 0 to below 1.
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

impl Layer for SpatialDropout1D {
    const CLASS_NAME: &'static str = "SpatialDropout1D";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        check(self.rate, input, &["steps", "channels"])
    }

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        Ok(dropped::<3>(x, self.rate, self.seed, call).into())
    }

    fn host_form(&self, inputs: &[Shape]) -> Option<HostForm> {
        dropped_on_host(self.rate, self.seed, &inputs[0]).map(HostForm::passing_mask)
    }
}
