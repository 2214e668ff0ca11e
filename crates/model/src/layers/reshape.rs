use serde::{Deserialize, Serialize};

use crate::layer::Call;
use crate::layer::HostForm;
use crate::layer::Layer;
use crate::layer_problem::LayerProblem;
use crate::shape::Shape;
use crate::signal::Signals;

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
/// - output: `[batch_size, target_shape...]`; if a size of the input is not known before the data is there, neither is that
///   of the axis -1
///
/// # Source
/// <https://keras.io/api/layers/reshaping_layers/reshape/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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

impl Layer for Reshape {
    const CLASS_NAME: &'static str = "Reshape";

    fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
        let argument =
            |expected: &str| LayerProblem::argument("target_shape", expected, &self.target_shape);
        let mut known = 1_usize;
        let mut open = None;
        let mut shape = Vec::with_capacity(self.target_shape.len());
        for (index, &axis) in self.target_shape.iter().enumerate() {
            if axis == -1 {
                if open.replace(index).is_some() {
                    return Err(argument("a shape with at most one -1"));
                }
                shape.push(None);
                continue;
            }
            let axis = usize::try_from(axis).unwrap_or(0);
            if axis == 0 {
                return Err(argument("made of sizes from 1 on and at most one -1"));
            }
            known = known.saturating_mul(axis);
            shape.push(Some(axis));
        }
        let fits = match (open, input.num_elements()) {
            (Some(index), Some(elements)) => {
                shape[index] = Some(elements / known);
                elements.is_multiple_of(known)
            }
            (None, Some(elements)) => known == elements,
            (Some(_), None) => true,
            // What is known of the input has to be among the elements.
            (None, None) => {
                let sizes = input.axes().iter().flatten();
                known.is_multiple_of(sizes.fold(1, |product, size| product.saturating_mul(*size)))
            }
        };
        if fits && !shape.is_empty() {
            return Ok(shape.into());
        }
        Err(match input.num_elements() {
            Some(elements) => argument(&format!("a shape of {elements} elements")),
            None => argument(&format!("a shape for the elements of {input}")),
        })
    }

    fn host_form(&self, _inputs: &[Shape]) -> Option<HostForm> {
        Some(HostForm::unchanged())
    }

    fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
        let x = inputs.into_values()?;
        let mut shape = x.shape();
        let sample = shape.split_off(1);
        shape.extend(self.output_shape(&sample.into())?.known()?);
        Ok(x.reshaped(&shape).into())
    }
}
