//! Networks built from their descriptions.

use std::sync::Arc;

use burn::tensor::Device;

use super::Network;
use crate::error::ModelError;
use crate::graph::Graph;
use crate::graph::Sequential;
use crate::layer::HeldWeights;
use crate::layer::WeightSpec;

impl Graph {
    /// Builds the network with initial weights that depend on nothing but the seed: by default
    /// Glorot-uniform kernels and biases of zero, as in Keras.
    ///
    /// # Errors
    /// A layer that does not take what arrives, with what it expects and what to do; two layers of
    /// one name; no layer at all; an input or an output that is not connected; a network too large for any machine; an
    /// initializer, a regularizer or a constraint that does not fit its weight.
    pub fn build(&self, seed: u64, device: &Device) -> Result<Network, ModelError> {
        self.assemble(device, |layer, place, weight| {
            // The first weight of a layer draws as it always has; others beside it draw other numbers.
            let stream = layer as u64 | (place as u64) << 32;
            weight.initial_values(seed, stream)
        })
    }

    /// Builds the network with weights of your own: values of Keras' order and layout, as
    /// [`weights`](Self::weights) lists them and Keras' `get_weights` gives them.
    ///
    /// # Errors
    /// Those of [`build`](Self::build), and weights of another number or size.
    pub fn build_with_weights(
        &self,
        weights: impl IntoIterator<Item = Vec<f32>>,
        device: &Device,
    ) -> Result<Network, ModelError> {
        let specs = self.weights()?;
        let mut values = weights.into_iter().fuse();
        let mut given = Vec::with_capacity(specs.len());
        for (index, (layer, spec)) in specs.iter().enumerate() {
            let values = values.next().unwrap_or_default();
            if values.len() != spec.num_params() {
                return Err(ModelError::WeightMismatch {
                    index,
                    weight: format!("{layer}/{}", spec.name),
                    expected: spec.num_params(),
                    received: values.len(),
                });
            }
            given.push(values);
        }
        if let Some(extra) = values.next() {
            return Err(ModelError::WeightMismatch {
                index: specs.len(),
                weight: "none".to_owned(),
                expected: 0,
                received: extra.len(),
            });
        }
        let mut given = given.into_iter();
        self.assemble(device, |_, _, _| Ok(given.next().unwrap_or_default()))
    }

    /// Builds with weights that are about to be replaced.
    pub(crate) fn build_for_loading(&self, device: &Device) -> Result<Network, ModelError> {
        self.assemble(device, |_, _, weight| Ok(vec![0.0; weight.num_params()]))
    }

    /// Builds with values for each weight, by the place of its layer and its own within it.
    fn assemble(
        &self,
        device: &Device,
        mut values: impl FnMut(usize, usize, &WeightSpec) -> Result<Vec<f32>, ModelError>,
    ) -> Result<Network, ModelError> {
        let plan = self.plan()?;
        for (index, planned) in plan.nodes.iter().enumerate() {
            let inputs = &planned.inputs;
            self.called(index)
                .probe(inputs, device)
                .map_err(|problem| self.layer_error(index, inputs, problem))?;
        }
        let mut layers = Vec::with_capacity(self.layers().len());
        for (index, (described, weights)) in self.layers().iter().zip(&plan.weights).enumerate() {
            let mut filled = Vec::with_capacity(weights.len());
            for (place, weight) in weights.iter().enumerate() {
                filled.push((weight, values(index, place, weight)?));
            }
            let held = HeldWeights::new(described.layer().class_name(), filled, device);
            layers.push(held.adapted_by(described.adapters()));
        }
        let network = Network {
            layers,
            description: Arc::new(self.clone()),
            plan: Arc::new(plan),
        };
        Ok(network.with_planned_gradients())
    }
}

impl Sequential {
    /// As [`Graph::build`].
    ///
    /// # Errors
    /// Those of [`Graph::build`].
    pub fn build(&self, seed: u64, device: &Device) -> Result<Network, ModelError> {
        self.as_line().build(seed, device)
    }

    /// As [`Graph::build_with_weights`].
    ///
    /// # Errors
    /// Those of [`Graph::build_with_weights`].
    pub fn build_with_weights(
        &self,
        weights: impl IntoIterator<Item = Vec<f32>>,
        device: &Device,
    ) -> Result<Network, ModelError> {
        self.as_line().build_with_weights(weights, device)
    }
}
