use crate::error::ModelError;
use crate::sequential::{LayerKey, Sequential};

impl Sequential {
    /// Keeps training from moving the weights of a layer, as Keras' `trainable = False`; see
    /// [`NewLayer::frozen`](crate::layers::NewLayer::frozen).
    ///
    /// # Errors
    /// A name or an index that no layer has; the error lists the names.
    pub fn freeze_layer<'a>(mut self, key: impl Into<LayerKey<'a>>) -> Result<Self, ModelError> {
        let index = self.layer_index(key.into())?;
        self.layers[index].trainable = false;
        Ok(self)
    }

    /// Lets training move the weights of a layer again.
    ///
    /// # Errors
    /// A name or an index that no layer has; the error lists the names.
    pub fn unfreeze_layer<'a>(mut self, key: impl Into<LayerKey<'a>>) -> Result<Self, ModelError> {
        let index = self.layer_index(key.into())?;
        self.layers[index].trainable = true;
        Ok(self)
    }
}
