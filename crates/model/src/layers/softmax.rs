use serde::{Deserialize, Serialize};

use crate::activation::Activation;
use crate::layer::Call;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer_problem::LayerProblem;
use crate::signal::Signals;

/// `exp(x) / Σ exp(x)` along the last axis.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::Softmax;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let model = Sequential::new([2]).add(Softmax::new()).build(1, &device)?;
/// let logits = Tensor::<2>::from_floats([[0.0, 3.0_f32.ln()]], &device);
/// let y = model.predict(logits)?.into_vec()?;
/// assert!(y.iter().zip([0.25, 0.75]).all(|(y, expected)| (y - expected).abs() < 1e-3), "{y:?}");
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: any, the same
///
/// # Source
/// <https://keras.io/api/layers/activation_layers/softmax/>
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Softmax {}

impl Softmax {
    /// Probabilities along the last axis.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Layer for Softmax {
    const CLASS_NAME: &'static str = "Softmax";

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn last_activation(&self) -> Activation {
        Activation::Softmax
    }

    fn call(&self, inputs: Signals, call: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        Ok(call.activate(Activation::Softmax, x).into())
    }
}
