use crate::error::ModelError;
use crate::sequential::{LayerKey, Sequential};
use crate::sequential_model::SequentialModel;

impl SequentialModel {
    /// Keeps training from moving the weights of a layer, as Keras' `trainable = False`: they get no
    /// gradient, and a batch normalization keeps its moving statistics and normalizes with them.
    ///
    /// It holds through [`train`](burn::module::Module::train) and
    /// [`valid`](burn::module::Module::valid), in the summary and in a saved file. A trainer takes it
    /// over when it is compiled with the network.
    ///
    /// # Errors
    /// A name or an index that no layer has; the error lists the names.
    pub fn freeze_layer<'a>(mut self, key: impl Into<LayerKey<'a>>) -> Result<Self, ModelError> {
        let index = self.description.layer_index(key.into())?;
        let layer = self.layers.remove(index).frozen();
        self.layers.insert(index, layer);
        let description = self.config().clone().freeze_layer(index)?;
        self.described(description)
    }

    /// Lets training move the weights of a layer again.
    ///
    /// # Errors
    /// A name or an index that no layer has; the error lists the names.
    pub fn unfreeze_layer<'a>(mut self, key: impl Into<LayerKey<'a>>) -> Result<Self, ModelError> {
        let index = self.description.layer_index(key.into())?;
        let layer = self.layers.remove(index).thawed();
        self.layers.insert(index, layer);
        let description = self.config().clone().unfreeze_layer(index)?;
        self.described(description)
    }

    /// The same layers under a description that says something else of what training moves.
    fn described(self, description: Sequential) -> Result<Self, ModelError> {
        let plan = description.plan()?;
        let weights = plan.into_iter().map(|layer| layer.weights).collect();
        Ok(Self::new(description, weights, self.layers))
    }
}
