//! The network's part: `name`, `input_shape` and `[[layers]]`.

use std::borrow::Cow;
use std::ops::Range;

use firebrick_model::layers::{Layer, NewLayer};
use firebrick_model::{ModelError, Sequential, nearest_name, shortened};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::problem::ModelFileProblem;
use super::section::{Located, Section, into_section, wrong_value};

pub(super) const NAME: &str = "name";
pub(super) const INPUT_SHAPE: &str = "input_shape";
pub(super) const LAYERS: &str = "layers";
/// Where the keys before the first table stand, for messages.
const FILE: &str = "the file";
const CLASS_NAME: &str = "class_name";
const TRAINABLE: &str = "trainable";

pub(super) fn read(file: &mut Section<'_>) -> Result<Sequential, Located> {
    let shape_at = file.at_key(INPUT_SHAPE);
    let shape: Vec<usize> = file.require(FILE, INPUT_SHAPE, "input_shape = [28, 28, 1]")?;
    let name = file.take::<String>(NAME)?;

    let at = file.at_key(LAYERS);
    let layers = match file.take_value(LAYERS).map(Spanned::into_inner) {
        Some(DeValue::Array(layers)) => layers,
        Some(_) => {
            let message = "expected one table for each layer, each under its own `[[layers]]`";
            return Err(wrong_value(LAYERS, message, at));
        }
        None => return Err(file.missing(FILE, LAYERS, "[[layers]] class_name = \"Flatten\"")),
    };
    let mut starts = Vec::new();
    let mut described = Vec::new();
    for (index, layer) in layers.into_iter().enumerate() {
        let layer = into_section(LAYERS, layer)?;
        starts.push(layer.at());
        described.push(read_layer(index, layer)?);
    }
    let mut network = Sequential::from_layers(shape, described);
    if let Some(name) = name {
        network = network.named(name);
    }

    // The summary infers every shape, as building does.
    match network.summary() {
        Ok(_) => Ok(network),
        Err(error) => {
            let layer = layer_of(&error, &network).and_then(|index| starts.get(index).copied());
            let at = match &error {
                ModelError::NoLayers => at,
                // Where it is about no layer, it is about what enters the first one.
                _ => layer.unwrap_or(shape_at),
            };
            Err(Located::new(ModelFileProblem::Network(error), at))
        }
    }
}

/// The layer that an error is about.
fn layer_of(error: &ModelError, network: &Sequential) -> Option<usize> {
    let by_name = |name: &str| {
        let mut layers = network.layers().iter();
        layers.position(|layer| layer.name() == name)
    };
    match error {
        ModelError::Layer { index, .. } => Some(*index),
        ModelError::DuplicateName { second, .. } => Some(*second),
        // What enters the first layer is checked first; a layer may be named as it is.
        ModelError::TooManyAxes { shape, .. } | ModelError::OutputTooLarge { shape, .. }
            if shape == network.input_shape() =>
        {
            None
        }
        ModelError::TooManyAxes { layer, .. }
        | ModelError::OutputTooLarge { layer, .. }
        | ModelError::TooLarge { layer, .. } => by_name(layer),
        ModelError::Weight { weight, .. } => {
            by_name(weight.rsplit_once('/').map_or("", |(layer, _)| layer))
        }
        _ => None,
    }
}

fn read_layer(index: usize, mut layer: Section<'_>) -> Result<NewLayer, Located> {
    let at = layer.at();
    let class_at = layer.at_key(CLASS_NAME);
    let place = format!("layer of index {index}");
    let class_name: String = layer.require(&place, CLASS_NAME, "class_name = \"Dense\"")?;
    let known = Layer::argument_names(&class_name).ok_or_else(|| {
        let problem = ModelFileProblem::UnknownLayer {
            index,
            nearest: nearest_class(&class_name),
            name: class_name.clone(),
        };
        Located::new(problem, class_at)
    })?;
    let name: Option<String> = layer.take(NAME)?;
    let is_trainable = layer.take::<bool>(TRAINABLE)?.unwrap_or(true);

    let place = match &name {
        Some(name) => format!("layer `{}` ({class_name}, index {index})", shortened(name)),
        None => format!("layer of index {index} ({class_name})"),
    };
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    layer.check_arguments(&place, &names)?;
    let layer = with_arguments(&class_name, layer).map_err(|wrong| {
        let problem = match wrong.argument {
            Some(argument) => ModelFileProblem::Argument {
                place,
                argument,
                message: wrong.message,
            },
            None => ModelFileProblem::Arguments {
                place,
                message: wrong.message,
                known,
            },
        };
        Located::new(problem, wrong.at.unwrap_or(at))
    })?;
    let mut layer = NewLayer::from(layer);
    if let Some(name) = name {
        layer = layer.named(name);
    }
    Ok(if is_trainable { layer } else { layer.frozen() })
}

/// What is wrong with the arguments of a layer.
struct Wrong {
    /// The one it is about, if it is about one.
    argument: Option<String>,
    message: String,
    at: Option<usize>,
}

/// The layer of this class with what is left of its table as arguments.
fn with_arguments(class_name: &str, layer: Section<'_>) -> Result<Layer, Wrong> {
    let at = layer.at();
    let config = layer.into_table();
    let described = |config: &DeTable<'_>| {
        let key = |name: &'static str| Spanned::new(at..at, Cow::Borrowed(name));
        let class = DeValue::String(Cow::Borrowed(class_name));
        let config = DeValue::Table(config.clone());
        let mut described = DeTable::new();
        described.insert(key(CLASS_NAME), Spanned::new(at..at, class));
        described.insert(key("config"), Spanned::new(at..at, config));
        let described = Spanned::new(at..at, DeValue::Table(described));
        Layer::deserialize(described.into_deserializer())
    };
    described(&config).map_err(|error| {
        let found = error.span().unwrap_or(at..at);
        let inside = |span: Range<usize>| span.start <= found.start && found.end <= span.end;
        let has_span = config.iter().find(|(_, value)| inside(value.span()));
        // Arguments of weights are read together, so that the error has no place; it is about the one
        // without which there is none, or another one.
        let explains = |key: &Spanned<DeString<'_>>| {
            let mut others = config.clone();
            others.remove(key.get_ref().as_ref());
            match described(&others) {
                Ok(_) => true,
                Err(other) => {
                    let is_needed = other.message().starts_with("missing field");
                    !is_needed && other.message() != error.message()
                }
            }
        };
        let argument = has_span.or_else(|| config.iter().find(|(key, _)| explains(key)));
        Wrong {
            message: error.message().to_owned(),
            at: argument.map(|(_, value)| value.span().start),
            argument: argument.map(|(key, _)| key.get_ref().to_string()),
        }
    })
}

/// The class most like a name, however that is capitalized.
fn nearest_class(name: &str) -> Option<&'static str> {
    let lowercase: Vec<String> = Layer::CLASS_NAMES
        .iter()
        .map(|class| class.to_lowercase())
        .collect();
    let known: Vec<&str> = lowercase.iter().map(String::as_str).collect();
    let nearest = nearest_name(&name.replace('_', ""), &known)?;
    let index = known.iter().position(|known| *known == nearest)?;
    Some(Layer::CLASS_NAMES[index])
}
