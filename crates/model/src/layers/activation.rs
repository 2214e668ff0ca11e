use serde::{Deserialize, Serialize};

use super::{Apply, Describe, LayerProblem, Weightless, Weights};
use crate::{AnyTensor, Mode};

/// An activation as a layer of its own; any of [`crate::Activation`] can be added by itself too.
///
/// # Shapes
/// - input and output: any, the same
///
/// # Source
/// <https://keras.io/api/layers/core_layers/activation/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activation {
    activation: crate::Activation,
}

impl Activation {
    /// The function.
    pub fn new(activation: crate::Activation) -> Self {
        Self { activation }
    }
}

impl Describe for Activation {
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

impl Apply for Weightless<Activation> {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        x.activated(self.layer.activation)
    }

    fn last_activation(&self) -> crate::Activation {
        self.layer.activation
    }

    fn forward_linear(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        x
    }
}
