use serde::{Deserialize, Serialize};

use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer::Masking;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;

/// Does nothing: a place for a layer, or a name for what passes.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::burn::tensor::{Device, Tensor};
/// use firebrick::layers::Identity;
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let model = Sequential::new([2]).add(Identity::new()).build(1, &device)?;
/// let x = Tensor::<2>::from_floats([[1.0, 2.0]], &device);
/// assert_eq!(model.predict(x)?.into_vec()?, [1.0, 2.0]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input and output: any, the same
///
/// # Source
/// <https://keras.io/api/layers/core_layers/identity/>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {}

impl Identity {
    /// Whatever enters leaves.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Layer for Identity {
    const CLASS_NAME: &'static str = "Identity";

    fn masking(&self) -> Masking {
        Masking::Passes
    }

    fn host_form(&self, _inputs: &[Shape]) -> Option<HostForm> {
        Some(HostForm::unchanged())
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        Ok(inputs.into_one()?.into())
    }
}
