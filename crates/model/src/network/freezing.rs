use std::sync::Arc;

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::Tensor;

use super::Network;
use crate::error::ModelError;
use crate::graph::{Graph, LayerKey};
use crate::layer::WeightSpec;

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

    /// Freezes all layers whose names are like a pattern; see [`Graph::freeze_layers`].
    ///
    /// # Errors
    /// A pattern that no layer is like, with the nearest names.
    pub fn freeze_layers(self, pattern: &str) -> Result<Self, ModelError> {
        let description = self.config().clone().freeze_layers(pattern)?;
        self.described(description)
    }

    /// Lets training move the weights of all layers whose names are like a pattern, `*` for all of them; see
    /// [`Graph::unfreeze_layers`].
    ///
    /// # Errors
    /// A pattern that no layer is like, with the nearest names.
    pub fn unfreeze_layers(self, pattern: &str) -> Result<Self, ModelError> {
        let description = self.config().clone().unfreeze_layers(pattern)?;
        self.described(description)
    }

    /// Freezes all layers before this one, lets training move it and those after it; see [`Graph::freeze_to`].
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::burn::tensor::Device;
    /// use firebrick::layers::Dense;
    /// use firebrick::models::Sequential;
    ///
    /// let network = Sequential::new([4]).add(Dense::new(8)).add(Dense::new(3));
    /// let model = network.build(1, &Device::flex())?.freeze_to("dense_1")?;
    /// assert_eq!(model.summary().num_trainable_params(), 8 * 3 + 3);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// A name or an index that no layer has; the error lists the names.
    pub fn freeze_to<'a>(self, key: impl Into<LayerKey<'a>>) -> Result<Self, ModelError> {
        let description = self.config().clone().freeze_to(key)?;
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
    pub(crate) fn with_planned_gradients(mut self) -> Self {
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
