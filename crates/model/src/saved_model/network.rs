use std::collections::BTreeMap;
use std::path::Path;

use burn::tensor::{Device, Shape};

use super::{LoadWeights, LoadedWeights, SavedModel, check_tensors, load, malformed, save_weights};
use crate::error::ModelError;
use crate::graph::Graph;
use crate::network::Network;

impl SavedModel {
    /// Builds the network of layers that the file describes.
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
    /// let loaded = SavedModel::read(&path)?.into_network(&device)?;
    /// assert_eq!(loaded.config(), model.config());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A file of another kind of model, or one whose weights do not fit its description.
    pub fn into_network(self, device: &Device) -> Result<Network, ModelError> {
        let description = self.required_description()?;
        let path = self.path;
        let graph: Graph = serde_json::from_str(&description).map_err(|error| {
            malformed(
                &path,
                format!("its description is no network of layers: {error}"),
            )
        })?;

        // Only weights of exactly the described shapes are there to be allocated.
        let tensors = self
            .reader
            .into_tensors()
            .map_err(|error| malformed(&path, error.to_string()))?;
        check_tensors(&path, &tensors, stored_shapes(&graph)?)?;
        load(tensors, graph.build_for_loading(device)?)
            .map_err(|error| malformed(&path, error.to_string()))
    }
}

impl Network {
    /// Takes over weights of a model or weights file, as Keras' `load_weights`; what becomes of each is in the answer. At an
    /// error all stay as they are, and clones of the network keep theirs in any case.
    ///
    /// # Errors
    /// A file that cannot be read; those of [`SavedModel::load_weights`].
    pub fn load_weights(
        &mut self,
        path: impl AsRef<Path>,
        how: LoadWeights,
    ) -> Result<LoadedWeights, ModelError> {
        let saved = SavedModel::read(path.as_ref())?;
        let (network, loaded) = saved.load_weights(self.clone().unshared(), how)?;
        *self = network.with_planned_gradients();
        Ok(loaded)
    }

    /// Saves the weights alone; see [`save_weights`].
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn save_weights(&self, path: impl AsRef<Path>) -> Result<(), ModelError> {
        save_weights(self, path.as_ref())
    }
}

/// Every weight of a saved network with its shape.
fn stored_shapes(graph: &Graph) -> Result<BTreeMap<String, Shape>, ModelError> {
    let mut shapes = BTreeMap::new();
    let layers = graph.layers().iter().zip(graph.plan()?.weights);
    for (index, (layer, weights)) in layers.enumerate() {
        let class_name = layer.layer().class_name();
        for weight in weights {
            shapes.insert(
                format!("layers.{index}.{class_name}.{}", weight.name),
                Shape::from(weight.stored_shape()),
            );
        }
    }
    Ok(shapes)
}
