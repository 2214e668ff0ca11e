//! The network's part: `name`, `input_shape` and `[[layers]]`.

use firebrick_model::layers::{AnyLayer, NewLayer};
use firebrick_model::{ModelError, Sequential};
use firebrick_spec::{Argument, Spec, SpecError, Value};
use toml::Spanned;
use toml::de::DeValue;

use super::section::{Located, Section, into_section, wrong_value};
use crate::model_file_problem::ModelFileProblem;

pub(super) const NAME: &str = "name";
pub(super) const INPUT_SHAPE: &str = "input_shape";
pub(super) const LAYERS: &str = "layers";
/// Where the keys before the first table stand, for messages.
const FILE: &str = "the file";
const CLASS_NAME: &str = "class_name";

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

fn read_layer(index: usize, layer: Section<'_>) -> Result<NewLayer, Located> {
    let at = layer.at();
    let place = format!("layer of index {index}");
    layer.check_present(&place, CLASS_NAME, "class_name = \"Dense\"")?;
    let class_at = layer.at_key(CLASS_NAME);
    let table = Value::Table(Argument::from_table(layer.into_table()));
    let spec = Spec::from_value(table, "layer").map_err(|error| located(error, class_at))?;
    // What is wrong with the layer as a whole is told of where its table begins, of its class where that is.
    let at = match AnyLayer::argument_names(spec.name()) {
        Some(_) => at,
        None => class_at,
    };
    NewLayer::from_indexed_spec(&spec.with_place(Some(at)), index)
        .map_err(|error| located(error, at))
}

fn located(error: SpecError, at: usize) -> Located {
    let at = error.at().unwrap_or(at);
    Located::new(ModelFileProblem::Layer(error), at)
}
