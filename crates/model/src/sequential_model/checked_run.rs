use crate::{AnyTensor, Mode, ModelError, SequentialModel};

impl SequentialModel {
    /// Runs inputs of the network's shape through all layers, each of which may look at the values.
    pub(super) fn run_checked(&self, inputs: AnyTensor) -> Result<AnyTensor, ModelError> {
        self.layers
            .iter()
            .enumerate()
            .try_fold(inputs, |x, (index, layer)| {
                let received = x.shape()[1..].to_vec();
                layer
                    .try_forward(x, Mode::Inference)
                    .map_err(|problem| self.description.layer_error(index, received, problem))
            })
    }

    /// Finds the first layer that cannot be written down.
    pub(super) fn check_description(&self) -> Result<(), ModelError> {
        for described in self.description.layers() {
            let layer = described.layer();
            serde_json::to_value(layer).map_err(|error| ModelError::NotSaveable {
                layer: described.name().to_owned(),
                class_name: layer.class_name(),
                reason: error.to_string(),
            })?;
        }
        Ok(())
    }
}
