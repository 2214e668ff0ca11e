use firebrick_data::DataDescription;
use firebrick_model::ModelCard;

use super::Served;
use crate::error::ServeError;

impl Served {
    /// Takes what the network was trained on: grey pictures, or the rows of a table.
    ///
    /// ```
    /// use firebrick_data::{DataDescription, DataSource};
    /// use firebrick_model::MlpConfig;
    /// use firebrick_model::burn::tensor::Device;
    /// use firebrick_serve::Served;
    ///
    /// let model = MlpConfig::new(784, 10).init(1, &Device::flex())?;
    /// let trained_on = DataDescription::Images(DataSource::MnistSample);
    /// let served = Served::new("digits", model)?.with_data(&trained_on)?;
    /// # let _ = served;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`with_pictures`](Self::with_pictures) and [`with_table`](Self::with_table).
    pub fn with_data(self, data: &DataDescription) -> Result<Self, ServeError> {
        match data.table() {
            Some(table) => self.with_table(table.clone()),
            None => self.with_pictures(),
        }
    }

    /// Takes what the card of the network's file tells: what it was trained on, and what its classes are called.
    ///
    /// ```
    /// use firebrick_model::burn::tensor::Device;
    /// use firebrick_model::{MlpConfig, SavedModel, save_model};
    /// use firebrick_serve::Served;
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("model.bpk");
    /// save_model(&MlpConfig::new(784, 10).init(1, &Device::flex())?, &path)?;
    /// let saved = SavedModel::read(&path)?;
    /// let card = saved.card()?;
    /// let served = Served::new("digits", saved.into_model(&Device::flex())?)?.with_card(&card)?;
    /// # let _ = served;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A card with data of a form that is not known; data that the network does not go with, another number of names than it has
    /// classes.
    pub fn with_card(self, card: &ModelCard) -> Result<Self, ServeError> {
        let data = card.data.clone();
        let data = data.map(serde_json::from_value::<DataDescription>);
        let data = data.transpose().map_err(|source| ServeError::Card {
            name: self.name().to_owned(),
            source,
        })?;
        let Some(data) = data else {
            return self.with_labels(&card.labels);
        };
        let served = self.with_data(&data.clone().with_class_names(&card.labels)?)?;
        if data.is_table() {
            return Ok(served);
        }
        served.with_labels(&card.labels)
    }

    /// Names of classes are those of the only output: of several nobody knows whose they are.
    fn with_labels(self, labels: &[String]) -> Result<Self, ServeError> {
        if labels.is_empty() || self.described.outputs.len() != 1 {
            return Ok(self);
        }
        self.with_class_names(labels)
    }
}
