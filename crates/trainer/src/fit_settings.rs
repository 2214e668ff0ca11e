use std::collections::BTreeMap;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::TrainError;
use crate::fit::{ClassKey, Fit};

/// The settings of a [`Fit`] that a file can hold, with Keras' names and defaults; the seed is [`Fit`]'s.
///
/// ```
/// use firebrick::training::{Fit, FitSettings};
///
/// let settings = FitSettings { epochs: 3, ..FitSettings::default() };
/// assert_eq!((settings.batch_size, settings.shuffle), (32, true));
/// let fit: Fit = settings.to_fit();
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FitSettings {
    /// Passes over the training data.
    pub epochs: usize,
    /// Epochs of an earlier training that goes on.
    pub initial_epoch: usize,
    /// Samples between two updates of the weights.
    pub batch_size: usize,
    /// Batches an epoch, instead of all there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps_per_epoch: Option<usize>,
    /// Decides initial weights, the order of the samples and what layers draw at random.
    pub seed: u64,
    /// Whether every epoch has an order of its own.
    pub shuffle: bool,
    /// Share of the training data kept back for validation, the last samples; 0 for none.
    pub validation_split: f64,
    /// Samples a batch of the validation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_batch_size: Option<usize>,
    /// Batches of a validation, instead of all there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_steps: Option<usize>,
    /// Epochs from one validation to the next.
    pub validation_freq: usize,
    /// How much the samples of a class count, by the index of the class or its name.
    #[serde(
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "class_weight"
    )]
    pub class_weight: BTreeMap<ClassKey, f64>,
}

impl Default for FitSettings {
    fn default() -> Self {
        Self {
            epochs: 1,
            initial_epoch: 0,
            batch_size: 32,
            steps_per_epoch: None,
            seed: 42,
            shuffle: true,
            validation_split: 0.0,
            validation_batch_size: None,
            validation_steps: None,
            validation_freq: 1,
            class_weight: BTreeMap::new(),
        }
    }
}

impl FitSettings {
    /// The keys of a file, one a setting.
    pub const KEYS: &[&str] = &[
        "epochs",
        "initial_epoch",
        "batch_size",
        "steps_per_epoch",
        "seed",
        "shuffle",
        "validation_split",
        "validation_batch_size",
        "validation_steps",
        "validation_freq",
        "class_weight",
    ];

    /// The settings for a [`fit`](crate::Trainer::fit).
    pub fn to_fit(&self) -> Fit {
        type With = fn(Fit, usize) -> Fit;

        let mut fit = Fit::new(self.epochs)
            .with_initial_epoch(self.initial_epoch)
            .with_batch_size(self.batch_size)
            .with_seed(self.seed)
            .with_validation_freq(self.validation_freq)
            .with_class_weight(self.class_weight.clone());
        if !self.shuffle {
            fit = fit.without_shuffle();
        }
        if self.validation_split != 0.0 {
            fit = fit.with_validation_split(self.validation_split);
        }
        let steps: [(Option<usize>, With); 3] = [
            (self.steps_per_epoch, Fit::with_steps_per_epoch),
            (self.validation_batch_size, Fit::with_validation_batch_size),
            (self.validation_steps, Fit::with_validation_steps),
        ];
        for (value, with) in steps {
            if let Some(value) = value {
                fit = with(fit, value);
            }
        }
        fit
    }

    /// Checks what can be checked without data.
    ///
    /// # Errors
    /// A setting that is out of its range.
    pub fn check(&self) -> Result<(), TrainError> {
        self.to_fit().validate()?;
        if !(0.0..1.0).contains(&self.validation_split) {
            return Err(TrainError::Setting {
                setting: "validation_split",
                expected: "a share from 0 up to, but not including, 1",
                received: self.validation_split.to_string(),
            });
        }
        for weight in self.class_weight.values() {
            if !(weight.is_finite() && *weight >= 0.0) {
                return Err(TrainError::Setting {
                    setting: "class_weight",
                    expected: "weights of at least 0",
                    received: weight.to_string(),
                });
            }
        }
        Ok(())
    }
}

/// One weight for each of the keys.
fn class_weight<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<ClassKey, f64>, D::Error> {
    let given = BTreeMap::<String, f64>::deserialize(deserializer)?;
    let mut weights = BTreeMap::new();
    for (class, weight) in given {
        let key = ClassKey::from(class);
        let message = format!("expected one weight for class {key}, received two");
        if weights.insert(key, weight).is_some() {
            return Err(D::Error::custom(message));
        }
    }
    Ok(weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_a_known_key() {
        let all = FitSettings {
            steps_per_epoch: Some(1),
            validation_batch_size: Some(1),
            validation_steps: Some(1),
            class_weight: BTreeMap::from([(3.into(), 0.5), ("red".into(), 2.0), ("4".into(), 1.0)]),
            ..FitSettings::default()
        };
        let written = toml::Table::try_from(&all).unwrap();
        let mut known = FitSettings::KEYS.to_vec();
        known.sort_unstable();
        let mut keys: Vec<&String> = written.keys().collect();
        keys.sort_unstable();
        assert_eq!(keys, known);
        assert_eq!(written.try_into::<FitSettings>().unwrap(), all);
    }
}
