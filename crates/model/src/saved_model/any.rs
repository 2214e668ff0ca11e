use std::path::Path;

use burn::tensor::Device;
use serde::de::DeserializeOwned;

use super::{SavedModel, malformed};
use crate::any_model::AnyModel;
use crate::error::ModelError;
use crate::graph::Graph;
use crate::mlp_config::MlpConfig;
use crate::summary::Summary;

/// What kind of network a description is of.
enum Kind {
    Mlp,
    Network,
}

impl SavedModel {
    /// Builds the network that the file describes, of whichever kind.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// # use firebrick::burn::tensor::Device;
    /// # use firebrick::models::{MlpConfig, SavedModel, save_model};
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("model.bpk");
    /// let device = Device::flex();
    /// let model = MlpConfig::new(784, 10).init(1, &device)?;
    /// save_model(&model, &path)?;
    ///
    /// let loaded = SavedModel::read(&path)?.into_model(&device)?;
    /// assert_eq!(loaded.input_shape(), [784]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A file without a description, or one whose weights do not fit it.
    pub fn into_model(self, device: &Device) -> Result<AnyModel, ModelError> {
        match self.kind()? {
            Kind::Mlp => self.into_mlp(device).map(AnyModel::from),
            Kind::Network => self.into_network(device).map(AnyModel::from),
        }
    }

    /// The description of the network, from the file's description alone: that takes no device.
    ///
    /// # Errors
    /// A file without a description, or with one that is of no network.
    pub fn graph(&self) -> Result<Graph, ModelError> {
        let text = self.required_description()?;
        match self.kind()? {
            Kind::Mlp => Ok(read::<MlpConfig>(&self.path, &text, "MLP")?
                .to_sequential()
                .into()),
            Kind::Network => read(&self.path, &text, "network of layers"),
        }
    }

    /// The network layer by layer, from its description alone: that takes no device.
    ///
    /// # Errors
    /// A file without a description, or with one that is of no network.
    pub fn summary(&self) -> Result<Summary, ModelError> {
        let text = self.required_description()?;
        match self.kind()? {
            Kind::Mlp => read::<MlpConfig>(&self.path, &text, "MLP")?.summary(),
            Kind::Network => read::<Graph>(&self.path, &text, "network of layers")?.summary(),
        }
    }

    fn kind(&self) -> Result<Kind, ModelError> {
        let text = self.required_description()?;
        let description: serde_json::Value = read(&self.path, &text, "JSON")?;
        let has = |key: &str| description.get(key).is_some();
        match (has("num_features"), has("layers")) {
            (true, _) => Ok(Kind::Mlp),
            (false, true) => Ok(Kind::Network),
            (false, false) => Err(malformed(
                &self.path,
                "its description is neither that of an MLP nor of a network of layers".to_owned(),
            )),
        }
    }
}

fn read<T: DeserializeOwned>(path: &Path, text: &str, what: &str) -> Result<T, ModelError> {
    serde_json::from_str(text)
        .map_err(|error| malformed(path, format!("its description is no {what}: {error}")))
}
