use std::path::Path;

use burn_pack::Writer;

use super::{SavedModel, cannot_write, malformed, write_sealed};
use crate::error::ModelError;
use crate::model_card::ModelCard;

/// Key of the file's metadata under which its card lies.
const CARD: &str = "firebrick.card";

impl SavedModel {
    /// What the file tells of the network; of a file without a card nothing.
    ///
    /// # Errors
    /// A card that cannot be read.
    pub fn card(&self) -> Result<ModelCard, ModelError> {
        let Some(text) = self.reader.metadata().get(CARD) else {
            return Ok(ModelCard::default());
        };
        serde_json::from_str(text)
            .map_err(|error| malformed(&self.path, format!("its card is damaged: {error}")))
    }

    /// The version of Firebrick that wrote the file, if it says so.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, self as models}; }
    /// # use firebrick::burn::tensor::Device;
    /// # use firebrick::models::{MlpConfig, SavedModel, save_model};
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("model.bpk");
    /// save_model(&MlpConfig::new(4, 2).init(1, &Device::flex())?, &path)?;
    /// assert!(SavedModel::read(&path)?.written_by().is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn written_by(&self) -> Option<&str> {
        self.reader.metadata().get("version").map(String::as_str)
    }
}

/// Puts a card into a model file, in the place of the one that it has; the network in it stays as it is.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, self as models}; }
/// # use firebrick::burn::tensor::Device;
/// # use firebrick::models::MlpConfig;
/// use firebrick::models::{SavedModel, save_card, save_model};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("model.bpk");
/// save_model(&MlpConfig::new(4, 2).init(1, &Device::flex())?, &path)?;
/// let mut card = SavedModel::read(&path)?.card()?;
/// card.note = "made for a test".to_owned();
/// save_card(&card, &path)?;
/// assert_eq!(firebrick::models::load(&path)?.card().note, "made for a test");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A file that cannot be read, is damaged, or cannot be written. Whatever was in it is then still there.
pub fn save_card(card: &ModelCard, path: &Path) -> Result<(), ModelError> {
    let saved = SavedModel::read(path)?;
    let metadata = saved.reader.metadata().clone();
    let tensors = saved.reader.into_tensors();
    let tensors = tensors.map_err(|error| malformed(path, error.to_string()))?;
    let card = serde_json::to_string(card).map_err(|error| cannot_write(path, error.into()))?;
    // So that no text of a user is taken for the checksum, which is found by its words.
    let card = card.replace("sha256", r"sha\u003256");
    let writer = metadata
        .iter()
        .fold(Writer::new(tensors), |writer, (key, value)| {
            writer.with_metadata(key, value)
        });
    write_sealed(writer.with_metadata(CARD, &card), path)
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::mlp_config::MlpConfig;
    use crate::saved_model::{FORM, save_model};

    #[test]
    fn a_card_is_changed_and_the_network_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.bpk");
        let model = MlpConfig::new(3, 2).init(1, &Device::flex()).unwrap();
        save_model(&model, &path).unwrap();
        let before = std::fs::read(&path).unwrap();
        assert_eq!(
            SavedModel::read(&path).unwrap().card().unwrap(),
            ModelCard::default()
        );

        for note in ["one", "firebrick-sha256: firebrick.sha256"] {
            let card = ModelCard {
                note: note.to_owned(),
                figures: [("loss".to_owned(), 0.1)].into(),
                ..ModelCard::default()
            };
            save_card(&card, &path).unwrap();
            let saved = SavedModel::read(&path).unwrap();
            assert_eq!(saved.card().unwrap(), card);
            let loaded = saved.into_mlp(&Device::flex()).unwrap();
            assert_eq!(loaded.summary(), model.summary());
        }
        // Saved again, the network is the file of before, byte for byte.
        let loaded = SavedModel::read(&path).unwrap();
        let loaded = loaded.into_mlp(&Device::flex()).unwrap();
        save_model(&loaded, &path).unwrap();
        assert!(std::fs::read(&path).unwrap() == before);
    }

    #[test]
    fn a_file_of_a_newer_form_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.bpk");
        let writer = Writer::new(Vec::new()).with_metadata(FORM, "2");
        write_sealed(writer, &path).unwrap();
        let error = SavedModel::read(&path).err().unwrap().to_string();
        assert!(
            error.contains("of form 2, this version reads those up to 1"),
            "{error}"
        );
    }
}
