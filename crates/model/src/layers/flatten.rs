use serde::{Deserialize, Serialize};

use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;

/// All elements of a sample in one axis, channels fastest.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::Flatten;
/// use firebrick::models::Sequential;
///
/// let network = Sequential::new([28, 28, 3]).add(Flatten::new());
/// assert_eq!(network.output_shape()?, [28 * 28 * 3]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, ...]`
/// - output: `[batch_size, elements]`; not known before the data is there if a size of the input is not
///
/// # Source
/// <https://keras.io/api/layers/reshaping_layers/flatten/>
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Flatten {}

impl Flatten {
    /// The layer, which has no settings.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Layer for Flatten {
    const CLASS_NAME: &'static str = "Flatten";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        Ok([input.num_elements()].into())
    }

    fn host_form(&self, _inputs: &[Shape]) -> Option<HostForm> {
        Some(HostForm::unchanged())
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        let shape = x.shape();
        let elements = shape[1..].iter().product();
        Ok(x.reshaped(&[shape[0], elements]).into())
    }
}
