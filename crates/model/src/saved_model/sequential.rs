use std::collections::BTreeMap;

use burn::tensor::{Device, Shape};

use super::{SavedModel, check_tensors, load, malformed};
use crate::error::ModelError;
use crate::sequential::PlannedLayer;
use crate::sequential::Sequential;
use crate::sequential_model::SequentialModel;

impl SavedModel {
    /// Builds the sequential network that the file describes.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// # use firebrick::burn::tensor::Device;
    /// # use firebrick::layers::Dense;
    /// # use firebrick::models::{SavedModel, Sequential, save_model};
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("model.bpk");
    /// let device = Device::flex();
    /// let model = Sequential::new([784]).add(Dense::new(10)).build(1, &device)?;
    /// save_model(&model, &path)?;
    ///
    /// let loaded = SavedModel::read(&path)?.into_sequential(&device)?;
    /// assert_eq!(loaded.config(), model.config());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A file of another kind of model, or one whose weights do not fit its description.
    pub fn into_sequential(self, device: &Device) -> Result<SequentialModel, ModelError> {
        let description = self.required_description()?;
        let path = self.path;
        let sequential: Sequential = serde_json::from_str(&description).map_err(|error| {
            malformed(
                &path,
                format!("its description is no sequential network: {error}"),
            )
        })?;

        // Only weights of exactly the described shapes are there to be allocated.
        let tensors = self
            .reader
            .into_tensors()
            .map_err(|error| malformed(&path, error.to_string()))?;
        check_tensors(&path, &tensors, stored_shapes(&sequential.plan()?))?;
        load(tensors, sequential.build_for_loading(device)?)
            .map_err(|error| malformed(&path, error.to_string()))
    }
}

/// Every weight of a saved network with its shape.
fn stored_shapes(plan: &[PlannedLayer]) -> BTreeMap<String, Shape> {
    let mut shapes = BTreeMap::new();
    for (index, layer) in plan.iter().enumerate() {
        let class_name = layer.described.layer().class_name();
        for weight in &layer.weights {
            shapes.insert(
                format!("layers.{index}.{class_name}.{}", weight.name),
                Shape::from(weight.stored_shape()),
            );
        }
    }
    shapes
}
