//! Networks built from their descriptions.

use burn::tensor::Device;

use crate::error::ModelError;
use crate::layers::{BuiltLayer, WeightSpec, Weights};
use crate::sequential::{PlannedLayer, Sequential};
use crate::sequential_model::SequentialModel;

impl Sequential {
    /// Builds the network with initial weights that depend on nothing but the seed: by default
    /// Glorot-uniform kernels and biases of zero, as in Keras.
    ///
    /// # Errors
    /// A layer that does not take what arrives, with what it expects and what to do; two layers of
    /// one name; no layer at all; a network too large for any machine; an initializer, a regularizer
    /// or a constraint that does not fit its weight.
    pub fn build(&self, seed: u64, device: &Device) -> Result<SequentialModel, ModelError> {
        self.assemble(device, |index, weight| {
            weight.initial.values(&weight.shape, seed, index as u64)
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
    ) -> Result<SequentialModel, ModelError> {
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
        self.assemble(device, |_, _| Ok(given.next().unwrap_or_default()))
    }

    /// Builds with weights that are about to be replaced.
    pub(crate) fn build_for_loading(&self, device: &Device) -> Result<SequentialModel, ModelError> {
        self.assemble(device, |_, weight| Ok(vec![0.0; weight.num_params()]))
    }

    /// Builds with values for each weight of the layer with this index.
    fn assemble(
        &self,
        device: &Device,
        mut values: impl FnMut(usize, &WeightSpec) -> Result<Vec<f32>, ModelError>,
    ) -> Result<SequentialModel, ModelError> {
        let plan = self.plan()?;
        let mut layers: Vec<BuiltLayer> = Vec::with_capacity(plan.len());
        let mut planned = Vec::with_capacity(plan.len());
        for (index, layer) in plan.into_iter().enumerate() {
            let PlannedLayer {
                described,
                input,
                weights,
                ..
            } = layer;
            let filled = weights
                .iter()
                .map(|weight| Ok((weight.clone(), values(index, weight)?)))
                .collect::<Result<_, ModelError>>()?;
            planned.push(weights);
            described
                .layer()
                .probe(&input, device)
                .map_err(|problem| self.layer_error(index, input.clone(), problem))?;
            let mut weights = Weights::new(filled, device);
            let built = described.layer().build(&input, &mut weights);
            layers.push(if described.is_trainable() {
                built
            } else {
                built.frozen()
            });
        }
        Ok(SequentialModel::new(self.clone(), planned, layers))
    }
}
