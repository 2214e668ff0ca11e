use std::collections::HashMap;

use super::{Sequential, SequentialLayer};
use crate::error::ModelError;
use crate::layers::{LayerProblem, WeightSpec};
use crate::limits::MAX_PARAMS;
use firebrick_tensor::AnyTensor;

/// A layer with the shapes that were inferred for it.
pub(crate) struct PlannedLayer<'a> {
    pub(crate) described: &'a SequentialLayer,
    pub(crate) input: Vec<usize>,
    pub(crate) output: Vec<usize>,
    pub(crate) weights: Vec<WeightSpec>,
}

impl Sequential {
    /// What is wrong with a layer that receives a shape.
    pub(crate) fn layer_error(
        &self,
        index: usize,
        received: Vec<usize>,
        problem: LayerProblem,
    ) -> ModelError {
        let SequentialLayer { name, layer, .. } = &self.layers[index];
        let before = index.checked_sub(1).map(|index| &self.layers[index]);
        ModelError::Layer {
            layer: name.clone(),
            class_name: layer.class_name(),
            index,
            received,
            from: before.map_or_else(
                || "the input".to_owned(),
                |before| format!("layer `{}` ({})", before.name, before.layer.class_name()),
            ),
            problem: Box::new(problem),
        }
    }

    /// Infers every shape and checks everything that can be checked without a device.
    pub(crate) fn plan(&self) -> Result<Vec<PlannedLayer<'_>>, ModelError> {
        if self.input_shape.is_empty() || self.input_shape.contains(&0) {
            return Err(ModelError::ZeroInputs);
        }
        if self.layers.is_empty() {
            return Err(ModelError::NoLayers);
        }
        check_output("input", &self.input_shape)?;
        let mut plan: Vec<PlannedLayer> = Vec::with_capacity(self.layers.len());
        let mut names: HashMap<&str, usize> = HashMap::with_capacity(self.layers.len());
        let mut num_params = 0_usize;
        let mut shape = self.input_shape.clone();
        for (index, described) in self.layers.iter().enumerate() {
            let SequentialLayer { name, layer, .. } = described;
            if let Some(first) = names.insert(name, index) {
                return Err(ModelError::DuplicateName {
                    name: name.clone(),
                    first,
                    second: index,
                });
            }
            let output = layer
                .output_shape(&shape)
                .map_err(|problem| self.layer_error(index, shape.clone(), problem))?;
            check_output(name, &output)?;
            let mut weights = layer.weights(&shape);
            num_params = weights.iter().fold(num_params, |sum, weight| {
                sum.saturating_add(weight.num_params())
            });
            if num_params > MAX_PARAMS {
                return Err(ModelError::TooLarge {
                    layer: name.clone(),
                    limit: MAX_PARAMS,
                });
            }
            for weight in &mut weights {
                weight.check().map_err(|source| ModelError::Weight {
                    weight: format!("{name}/{}", weight.name),
                    source: Box::new(source),
                })?;
                weight.is_trainable &= described.trainable;
            }
            let input = std::mem::replace(&mut shape, output.clone());
            plan.push(PlannedLayer {
                described,
                input,
                output,
                weights,
            });
        }
        Ok(plan)
    }
}

/// Outputs of few axes and of a size that memory can hold.
fn check_output(layer: &str, shape: &[usize]) -> Result<(), ModelError> {
    let (limit, axes) = (MAX_PARAMS, AnyTensor::MAX_RANK - 1);
    if shape.len() > axes {
        return Err(ModelError::TooManyAxes {
            layer: layer.to_owned(),
            shape: shape.to_vec(),
            limit: axes,
        });
    }
    shape
        .iter()
        .try_fold(1_usize, |product, &axis| product.checked_mul(axis))
        .filter(|&elements| elements <= limit)
        .map(|_| ())
        .ok_or_else(|| ModelError::OutputTooLarge {
            layer: layer.to_owned(),
            shape: shape.to_vec(),
            limit,
        })
}
