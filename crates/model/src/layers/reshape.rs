use burn::module::Module;
use serde::{Deserialize, Serialize};

use super::{Apply, Describe, LayerProblem, Weights};
use crate::mode::Mode;
use firebrick_tensor::AnyTensor;

/// The same elements in another shape.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::Reshape;
/// use firebrick::models::Sequential;
///
/// // One of the sizes may be left to be found.
/// let network = Sequential::new([12]).add(Reshape::new([-1, 2, 2]));
/// assert_eq!(network.output_shape()?, [3, 2, 2]);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Shapes
/// - input: `[batch_size, ...]`
/// - output: `[batch_size, target_shape...]`
///
/// # Source
/// <https://keras.io/api/layers/reshaping_layers/reshape/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reshape {
    target_shape: Vec<i64>,
}

impl Reshape {
    /// The shape without the batch axis; one axis may be -1, which takes what is left.
    pub fn new(target_shape: impl Into<Vec<i64>>) -> Self {
        Self {
            target_shape: target_shape.into(),
        }
    }
}

impl Describe for Reshape {
    type Built = BuiltReshape;

    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>, LayerProblem> {
        let elements: usize = input.iter().product();
        let mut known = 1_usize;
        let mut open = None;
        let mut shape = Vec::with_capacity(self.target_shape.len());
        let argument =
            |expected: &str| LayerProblem::argument("target_shape", expected, &self.target_shape);
        for (index, &axis) in self.target_shape.iter().enumerate() {
            if axis == -1 {
                if open.replace(index).is_some() {
                    return Err(argument("a shape with at most one -1"));
                }
                shape.push(1);
                continue;
            }
            let axis = usize::try_from(axis).unwrap_or(0);
            if axis == 0 {
                return Err(argument("made of sizes from 1 on and at most one -1"));
            }
            known = known.saturating_mul(axis);
            shape.push(axis);
        }
        let fits = match open {
            Some(index) => {
                shape[index] = elements / known;
                elements.is_multiple_of(known)
            }
            None => known == elements,
        };
        if !fits || shape.is_empty() {
            return Err(argument(&format!("a shape of {elements} elements")));
        }
        Ok(shape)
    }

    fn build(&self, input: &[usize], _: &mut Weights) -> BuiltReshape {
        BuiltReshape {
            shape: self.output_shape(input).unwrap_or_default(),
        }
    }
}

/// A [`Reshape`] layer whose every axis is known.
#[derive(Module, Debug)]
pub(crate) struct BuiltReshape {
    #[module(skip)]
    shape: Vec<usize>,
}

impl Apply for BuiltReshape {
    fn forward(&self, x: AnyTensor, _: Mode) -> AnyTensor {
        let mut shape = vec![x.shape()[0]];
        shape.extend(&self.shape);
        x.reshaped(&shape)
    }
}
