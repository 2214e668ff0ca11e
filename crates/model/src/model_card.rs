//! What is told of a network beside what it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a model file tells of its network beside its layers and weights; a text that is not told is empty.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, self as models}; }
/// use firebrick::burn::tensor::Device;
/// use firebrick::models::{MlpConfig, ModelCard, SavedModel, save_card, save_model};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("model.bpk");
/// save_model(&MlpConfig::new(4, 2).init(1, &Device::flex())?, &path)?;
/// let card = ModelCard {
///     labels: vec!["wanted".to_owned(), "spam".to_owned()],
///     license: "MIT".to_owned(),
///     ..ModelCard::default()
/// };
/// save_card(&card, &path)?;
/// assert_eq!(SavedModel::read(&path)?.card()?, card);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelCard {
    /// Names of the classes, in the order of their indices.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// What it was trained on and how that was prepared, as the training's settings describe it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// How good it was after the last epoch, by the names of the figures.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub figures: BTreeMap<String, f64>,
    /// Under which license it may be used.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub license: String,
    /// What else there is to say.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}
