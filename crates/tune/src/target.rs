//! What a searched name means of a training.

use firebrick::models::nearest_name;
use firebrick::recipes::Settings;
use firebrick::training::SettingsTable;

use crate::error::TuneError;
use crate::model_text::{LayerText, layers};

/// What a searched name means.
pub(crate) enum Target {
    /// A key of the settings.
    Setting(&'static str),
    /// The units of all hidden layers, where no model file has them.
    HiddenUnits,
    /// An argument of the loss.
    Loss(String),
    /// An argument of layers of the model file, by their indices.
    Layers(Vec<usize>, String),
}

const UNITS: &str = "units";
const HIDDEN: &str = "hidden";
const ACTIVATION: &str = "activation";
const DROPOUT: &str = "dropout";
const RATE: &str = "rate";
const LOSS: &str = "loss.";
const LAYERS: &str = "layers.";

/// What the search decides itself, what figures have to have in common to be compared, and what is no setting.
const NOT_SEARCHED: [(&str, &str); 10] = [
    (
        "epochs",
        "the search decides how long a trial is trained; say `--epochs`",
    ),
    (
        "initial_epoch",
        "the search decides how long a trial is trained",
    ),
    (
        "checkpoint_every",
        "a search needs the states that trainings keep",
    ),
    (
        "checkpoint",
        "it changes nothing of a training; say `--checkpoint`",
    ),
    (
        "tensorboard",
        "it changes nothing of a training; say `--tensorboard`",
    ),
    (
        "device",
        "all trials are trained on one device; say `--device`",
    ),
    ("data", "figures on other data cannot be compared"),
    (
        "validation_split",
        "figures on other samples cannot be compared",
    ),
    ("stratified", "figures on other samples cannot be compared"),
    ("step", "it changes nothing of what is learned"),
];

impl Target {
    /// What a name means where all trials have these settings.
    ///
    /// # Errors
    /// A name that means nothing, or nothing that can be searched.
    pub(crate) fn of(name: &str, base: &Settings) -> Result<Self, TuneError> {
        if let Some((_, reason)) = NOT_SEARCHED.iter().find(|(own, _)| *own == name) {
            return Err(TuneError::dimension(name, *reason));
        }
        let layers = match &base.model {
            Some(file) => layers(file.as_str(), file),
            None => Vec::new(),
        };
        if let Some(own) = name.strip_prefix(LAYERS) {
            return Self::of_layer(name, own, &layers, base);
        }
        if let Some(argument) = name.strip_prefix(LOSS) {
            return Ok(Self::Loss(argument.to_owned()));
        }
        if base.model.is_none() && name == UNITS {
            return Ok(Self::HiddenUnits);
        }
        if base.model.is_some() && name == HIDDEN {
            return Err(TuneError::dimension(
                name,
                "the model file describes the whole network; search `units`, or `layers.NAME.units` of one layer",
            ));
        }
        let is_of_network = base.model.is_some() && name == ACTIVATION;
        let name_of_setting = if name == "lr" { "learning_rate" } else { name };
        let setting = keys().find(|key| *key == name_of_setting && !is_of_network);
        if let Some(key) = setting {
            return Ok(Self::Setting(key));
        }
        let chosen = if name == DROPOUT {
            indices(&layers, |layer| layer.class_name.ends_with("Dropout"))
        } else {
            indices(&layers, |layer| {
                !layer.is_output && layer.arguments().any(|argument| argument == name)
            })
        };
        if chosen.is_empty() {
            return Err(unknown(name, &layers, base));
        }
        let key = if name == DROPOUT { RATE } else { name };
        Ok(Self::Layers(chosen, key.to_owned()))
    }

    fn of_layer(
        name: &str,
        own: &str,
        layers: &[LayerText],
        base: &Settings,
    ) -> Result<Self, TuneError> {
        let Some((layer, key)) = own.rsplit_once('.') else {
            return Err(TuneError::dimension(
                name,
                "expected the name of a layer and one of its arguments, as in `layers.dense_1.units`",
            ));
        };
        let chosen = indices(layers, |found| found.name.as_deref() == Some(layer));
        if chosen.is_empty() {
            return Err(unknown(name, layers, base));
        }
        Ok(Self::Layers(chosen, key.to_owned()))
    }
}

fn indices(layers: &[LayerText], is_meant: impl Fn(&LayerText) -> bool) -> Vec<usize> {
    let meant = layers.iter().enumerate();
    meant
        .filter(|(_, layer)| is_meant(layer))
        .map(|(index, _)| index)
        .collect()
}

/// The keys of the settings that a flag has.
fn keys() -> impl Iterator<Item = &'static str> {
    let settings = Settings::settings().into_iter();
    settings
        .filter(|setting| setting.flag.is_some())
        .map(|setting| setting.key)
}

fn unknown(name: &str, layers: &[LayerText], base: &Settings) -> TuneError {
    let mut known: Vec<String> = Vec::new();
    for layer in layers.iter().filter(|layer| !layer.is_output) {
        let arguments = layer.arguments().map(str::to_owned);
        known.extend(arguments.collect::<Vec<_>>());
    }
    if layers
        .iter()
        .any(|layer| layer.class_name.ends_with("Dropout"))
    {
        known.push(DROPOUT.to_owned());
    }
    for layer in layers {
        let Some(own) = &layer.name else { continue };
        known.extend(layer.arguments().map(|key| format!("{LAYERS}{own}.{key}")));
    }
    if base.model.is_none() {
        known.push(UNITS.to_owned());
    }
    let is_searched = |key: &&str| {
        let is_of_network = base.model.is_some() && [HIDDEN, ACTIVATION].contains(key);
        !is_of_network && NOT_SEARCHED.iter().all(|(own, _)| own != key)
    };
    known.extend(keys().filter(is_searched).map(str::to_owned));
    let mut unique: Vec<String> = Vec::new();
    for name in known {
        if !unique.contains(&name) {
            unique.push(name);
        }
    }
    let names: Vec<&str> = unique.iter().map(String::as_str).collect();
    TuneError::UnknownSetting {
        name: name.to_owned(),
        nearest: nearest_name(name, &names).map(str::to_owned),
        known: unique,
    }
}
