use crate::error::ModelError;
use crate::layers::Layer;
use crate::mode::Mode;
use crate::sequential_model::SequentialModel;
use firebrick_tensor::AnyTensor;

impl SequentialModel {
    /// Runs inputs of the network's shape through all layers, each of which may look at the values.
    pub(super) fn run_checked(&self, inputs: AnyTensor) -> Result<AnyTensor, ModelError> {
        (0..self.layers.len()).try_fold(inputs, |x, index| {
            self.check_layer(index, &x)?;
            self.run_layer(index, x, Mode::Inference)
        })
    }

    /// Runs a batch through one of the layers; an error names it.
    pub(super) fn run_layer(
        &self,
        index: usize,
        x: AnyTensor,
        mode: Mode,
    ) -> Result<AnyTensor, ModelError> {
        let received = x.shape()[1..].to_vec();
        self.layers[index]
            .run(x, self.mode_at(index, mode))
            .map_err(|problem| self.description.layer_error(index, received, problem))
    }

    /// The mode of one of the layers.
    pub(super) fn mode_at(&self, index: usize, mode: Mode) -> Mode {
        mode.at(self.description.layers()[index].name())
    }

    fn check_layer(&self, index: usize, x: &AnyTensor) -> Result<(), ModelError> {
        self.layers[index].check(x).map_err(|problem| {
            let received = x.shape()[1..].to_vec();
            self.description.layer_error(index, received, problem)
        })
    }

    /// The embedding that looks the inputs themselves up: no layer before it has weights that training could move.
    pub(super) fn first_lookup(&self) -> Option<usize> {
        let layers = self.description.layers();
        let index = layers
            .iter()
            .position(|described| matches!(described.layer(), Layer::Embedding(_)))?;
        let has_weights = self.weights[..index]
            .iter()
            .any(|weights| !weights.is_empty());
        (!has_weights).then_some(index)
    }

    /// Makes sure that the indices among these inputs have their rows.
    pub(super) fn check_lookups(&self, inputs: AnyTensor) -> Result<(), ModelError> {
        let Some(lookup) = self.first_lookup() else {
            return Ok(());
        };
        let indices = (0..lookup).try_fold(self.description.fitted(inputs)?, |x, index| {
            self.run_layer(index, x, Mode::Inference)
        })?;
        self.check_layer(lookup, &indices)
    }

    /// The first layer whose output for a batch is not finite.
    pub(super) fn first_spoiled(&self, inputs: AnyTensor) -> Result<Option<String>, ModelError> {
        let mut x = self.description.fitted(inputs)?;
        for (index, described) in self.description.layers().iter().enumerate() {
            x = self.run_layer(index, x, Mode::Inference)?;
            if !x.is_finite() {
                let class_name = described.layer().class_name();
                let name = described.name();
                return Ok(Some(format!(
                    "layer `{name}` ({class_name}, index {index})"
                )));
            }
        }
        Ok(None)
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
