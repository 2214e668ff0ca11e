use serde::{Deserialize, Serialize};

use super::{Apply, Describe, LayerProblem, Weightless, Weights};
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;

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
/// - output: `[batch_size, elements]`
///
/// # Source
/// <https://keras.io/api/layers/reshaping_layers/flatten/>
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flatten {}

impl Flatten {
    /// The layer, which has no settings.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Describe for Flatten {
    type Built = Weightless<Self>;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        Ok(vec![input.iter().product()])
    }

    fn build(&self, _: &[usize], _: &mut Weights) -> Weightless<Self> {
        Weightless {
            layer: self.clone(),
        }
    }
}

impl Apply for Weightless<Flatten> {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        let shape = x.shape();
        x.reshaped(&[shape[0], shape[1..].iter().product()])
    }
}
