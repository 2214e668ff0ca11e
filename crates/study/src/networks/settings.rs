use firebrick::datasets::DataSource;
use firebrick::devices::DeviceName;
use serde::{Deserialize, Serialize};

use crate::curve::CurveSettings;
use crate::error::StudyError;

/// Three networks of the same layers, trained on the same images from the same initial weights: one from scratch with
/// mean squared error, a Burn module with cross-entropy, and a Keras-style one with a time-based learning rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworksSettings {
    /// What to learn.
    pub data: DataSource,
    /// Only the first training images, before the split; all if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train_limit: Option<usize>,
    /// Share of the training images kept back for validation, the same of every class, drawn by the seed.
    pub validation_split: f64,
    /// Units of the hidden layers, from the input on; sigmoid inside.
    pub hidden: Vec<usize>,
    /// Passes over the training images.
    pub epochs: usize,
    /// Images between two updates of the weights.
    pub batch_size: usize,
    /// Decides initial weights and the order of the images.
    pub seed: u64,
    /// The rate of the network from scratch.
    pub scratch_learning_rate: f64,
    /// The rate of the Burn module.
    pub mlp_learning_rate: f64,
    /// The rate that the Keras-style network begins with; it falls by 1 every step, down to 1.
    pub time_based: u32,
    /// Where the two networks on Burn compute.
    pub device: DeviceName,
}

impl Default for NetworksSettings {
    fn default() -> Self {
        Self {
            data: DataSource::Mnist,
            train_limit: None,
            validation_split: 0.1,
            hidden: vec![128, 64],
            epochs: 20,
            batch_size: 32,
            seed: 42,
            scratch_learning_rate: 10.0,
            mlp_learning_rate: 0.5,
            time_based: 3,
            device: DeviceName::Auto,
        }
    }
}

impl NetworksSettings {
    pub(super) fn validate(&self) -> Result<(), StudyError> {
        let counts = [("epochs", self.epochs), ("batch_size", self.batch_size)];
        for (setting, value) in counts {
            if value == 0 {
                return Err(StudyError::setting(setting, value, "at least 1"));
            }
        }
        if self.epochs > CurveSettings::MAX_EPOCHS {
            let expected = format!("at most {}", CurveSettings::MAX_EPOCHS);
            return Err(StudyError::setting("epochs", self.epochs, expected));
        }
        if self.hidden.len() > CurveSettings::MAX_DEPTH {
            let received = format!("a list of {} layers", self.hidden.len());
            let expected = format!("at most {} layers", CurveSettings::MAX_DEPTH);
            return Err(StudyError::setting("hidden", received, expected));
        }
        let rates = [
            ("scratch_learning_rate", self.scratch_learning_rate),
            ("mlp_learning_rate", self.mlp_learning_rate),
        ];
        for (setting, rate) in rates {
            if !(rate.is_finite() && rate > 0.0) {
                return Err(StudyError::setting(setting, rate, "a number above 0"));
            }
        }
        let share = self.validation_split;
        if !(share > 0.0 && share < 1.0) {
            let expected = "a share above 0 and below 1";
            return Err(StudyError::setting("validation_split", share, expected));
        }
        if self.time_based == 0 {
            let expected = "a whole number of at least 1, the rate to begin with";
            return Err(StudyError::setting("time_based", 0, expected));
        }
        if self.hidden.contains(&0) {
            let expected = "widths of at least 1";
            return Err(StudyError::setting(
                "hidden",
                "a layer of 0 units",
                expected,
            ));
        }
        Ok(())
    }
}
