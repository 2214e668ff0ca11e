use std::sync::Arc;

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::Tensor;

use super::Network;
use crate::error::ModelError;
use crate::graph::{Graph, LayerKey};
use crate::layer::WeightSpec;

impl Graph {
    /// Keeps training from moving the weights of a layer, as Keras' `trainable = False`; see
    /// [`NewLayer::frozen`](crate::layers::NewLayer::frozen).
    ///
    /// # Errors
    /// A name or an index that no layer has; the error lists the names.
    pub fn freeze_layer<'a>(mut self, key: impl Into<LayerKey<'a>>) -> Result<Self, ModelError> {
        let index = key.into().find(self.layers())?;
        self.set_trainable(index, false);
        Ok(self)
    }

    /// Lets training move the weights of a layer again.
    ///
    /// # Errors
    /// A name or an index that no layer has; the error lists the names.
    pub fn unfreeze_layer<'a>(mut self, key: impl Into<LayerKey<'a>>) -> Result<Self, ModelError> {
        let index = key.into().find(self.layers())?;
        self.set_trainable(index, true);
        Ok(self)
    }
}

impl Network {
    /// Keeps training from moving the weights of a layer, as Keras' `trainable = False`: they get no
    /// gradient, and a batch normalization keeps its moving statistics and normalizes with them.
    ///
    /// It holds through [`train`](burn::module::Module::train) and
    /// [`valid`](burn::module::Module::valid), in the summary and in a saved file. A trainer takes it
    /// over when it is compiled with the network.
    ///
    /// # Errors
    /// A name or an index that no layer has; the error lists the names.
    pub fn freeze_layer<'a>(self, key: impl Into<LayerKey<'a>>) -> Result<Self, ModelError> {
        let description = self.config().clone().freeze_layer(key)?;
        self.described(description)
    }

    /// Lets training move the weights of a layer again.
    ///
    /// # Errors
    /// A name or an index that no layer has; the error lists the names.
    pub fn unfreeze_layer<'a>(self, key: impl Into<LayerKey<'a>>) -> Result<Self, ModelError> {
        let description = self.config().clone().unfreeze_layer(key)?;
        self.described(description)
    }

    /// The same weights under a description that says something else of what training moves.
    fn described(self, description: Graph) -> Result<Self, ModelError> {
        let plan = description.plan()?;
        let network = Self {
            layers: self.layers,
            description: Arc::new(description),
            plan: Arc::new(plan),
        };
        Ok(network.with_planned_gradients())
    }

    /// The network whose weights want gradients as planned.
    pub(super) fn with_planned_gradients(mut self) -> Self {
        let planned = self.plan.weights.iter();
        self.layers = self
            .layers
            .into_iter()
            .zip(planned)
            .map(|(layer, weights)| {
                let name = String::new();
                layer.map(&mut Gradients { weights, name })
            })
            .collect();
        self
    }
}

/// Has the weights of one layer want gradients, or not.
struct Gradients<'a> {
    weights: &'a [WeightSpec],
    name: String,
}

impl ModuleMapper for Gradients<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        name.clone_into(&mut self.name);
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let weight = self.weights.iter().find(|weight| weight.name == self.name);
        match weight {
            Some(weight) => param.set_require_grad(weight.is_trainable),
            None => param,
        }
    }
}
