use serde::{Deserialize, Serialize};

use super::{Apply, Describe, LayerProblem, Weightless, Weights};
use crate::{Activation, AnyTensor, Mode};

/// `exp(x) / Σ exp(x)` along the last axis.
///
/// # Shapes
/// - input and output: any, the same
///
/// # Source
/// <https://keras.io/api/layers/activation_layers/softmax/>
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Softmax {}

impl Softmax {
    /// Probabilities along the last axis.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Describe for Softmax {
    type Built = Weightless<Self>;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        Ok(input.to_vec())
    }

    fn build(&self, _: &[usize], _: &mut Weights) -> Weightless<Self> {
        Weightless {
            layer: self.clone(),
        }
    }
}

impl Apply for Weightless<Softmax> {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        x.activated(Activation::Softmax)
    }

    fn last_activation(&self) -> Activation {
        Activation::Softmax
    }

    fn forward_linear(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        x
    }
}
