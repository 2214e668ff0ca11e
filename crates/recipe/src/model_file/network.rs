//! The network's part: `name`, `input_shape` or `[inputs]`, `outputs` and `[[layers]]`.

use firebrick_model::layers::{AnyLayer, NewLayer};
use firebrick_model::{Graph, ModelError, NamedLayer, Sequential, Shape};
use firebrick_spec::{Argument, Spec, SpecError, Value};
use serde::Deserialize;
use toml::Spanned;
use toml::de::DeValue;

use super::section::{Located, Section, into_section, wrong_value};
use crate::model_file_problem::ModelFileProblem;

pub(super) const NAME: &str = "name";
pub(super) const INPUT_SHAPE: &str = "input_shape";
pub(super) const INPUTS: &str = "inputs";
pub(super) const OUTPUTS: &str = "outputs";
pub(super) const LAYERS: &str = "layers";
/// Where the keys before the first table stand, for messages.
const FILE: &str = "the file";
const CLASS_NAME: &str = "class_name";
/// The layer that is called again.
const CALL: &str = "call";
const TRAINING: &str = "training";

pub(super) fn read(file: &mut Section<'_>) -> Result<Graph, Located> {
    let inputs = Inputs::read(file)?;
    let name = file.take::<String>(NAME)?;
    let outputs_at = file.at_key(OUTPUTS);
    let outputs = file.take::<Names>(OUTPUTS)?.map(Vec::from);

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
    let mut is_line = matches!(inputs.shapes, Shapes::One(_)) && outputs.is_none();
    for (index, layer) in layers.into_iter().enumerate() {
        let mut layer = into_section(LAYERS, layer)?;
        starts.push(layer.at());
        let takes = layer.take::<Names>(INPUTS)?.map(Vec::from);
        is_line &= takes.is_none() && !layer.has(CALL) && !layer.has(TRAINING);
        let named = read_call(index, layer)?;
        described.push(named.taking_from(takes.unwrap_or_default()));
    }
    let listed = Graph::names_of(&described);
    let network = match (inputs.shapes, is_line) {
        (Shapes::One(shape), true) => {
            let layers = described.into_iter().filter_map(NamedLayer::into_layer);
            Ok(Sequential::from_layers(shape, layers).into())
        }
        (shapes, _) => Graph::from_named(shapes.named(), described, outputs.unwrap_or_default()),
    };
    let network: Graph = network.map_err(|error| {
        if let ModelError::Spec(error) = error {
            return located(error, at);
        }
        let at = taker_of(&error, &listed)
            .and_then(|index| starts.get(index).copied())
            .unwrap_or(if matches!(error, ModelError::UnknownSource { .. }) {
                outputs_at
            } else {
                at
            });
        Located::new(ModelFileProblem::Network(error), at)
    })?;
    let network = match name {
        Some(name) => network.named(name),
        None => network,
    };

    // The summary infers every shape, as building does.
    match network.summary() {
        Ok(_) => Ok(network),
        Err(error) => {
            let place = layer_of(&error, &network).and_then(|index| {
                // The layers of a graph stand in another order than in the file.
                let name = network.layers().get(index)?.name();
                let in_file = (!network.is_sequential())
                    .then(|| listed.iter().position(|listed| listed == name))
                    .flatten();
                starts.get(in_file.unwrap_or(index)).copied()
            });
            let at = match &error {
                ModelError::NoLayers => at,
                // Where it is about no layer, it is about what enters the first one.
                _ => place.unwrap_or(inputs.at),
            };
            Err(Located::new(ModelFileProblem::Network(error), at))
        }
    }
}

/// What enters the network.
struct Inputs {
    at: usize,
    shapes: Shapes,
}

enum Shapes {
    /// By `input_shape`.
    One(Shape),
    /// By name, in the order of the file.
    Named(Vec<(String, Shape)>),
}

impl Inputs {
    fn read(file: &mut Section<'_>) -> Result<Self, Located> {
        const EXAMPLE: &str = "input_shape = [28, 28, 1]";
        let at = file.at_key(INPUTS);
        let Some(mut table) = file.take_section(INPUTS)? else {
            let at = file.at_key(INPUT_SHAPE);
            let shape = file.require(FILE, INPUT_SHAPE, EXAMPLE)?;
            let shapes = Shapes::One(shape);
            return Ok(Self { at, shapes });
        };
        if file.take_value(INPUT_SHAPE).is_some() {
            let message = "expected either `input_shape`, for one input, or a table `[inputs]`; leave one of them out";
            return Err(wrong_value(INPUTS, message, at));
        }
        let mut shapes = Vec::new();
        for name in table.keys() {
            if let Some(shape) = table.take::<Shape>(&name)? {
                shapes.push((name, shape));
            }
        }
        let shapes = Shapes::Named(shapes);
        Ok(Self { at, shapes })
    }
}

impl Shapes {
    fn named(self) -> Vec<(String, Shape)> {
        match self {
            Self::One(shape) => vec![("input".to_owned(), shape)],
            Self::Named(shapes) => shapes,
        }
    }
}

/// A name, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Names {
    One(String),
    Many(Vec<String>),
}

impl From<Names> for Vec<String> {
    fn from(names: Names) -> Self {
        match names {
            Names::One(name) => vec![name],
            Names::Many(names) => names,
        }
    }
}

/// The layer of the file that asks for what is not there, or stands twice, or goes in a circle.
fn taker_of(error: &ModelError, listed: &[String]) -> Option<usize> {
    let by_name = |name: &str| listed.iter().position(|listed| listed == name);
    match error {
        ModelError::DuplicateName { second, .. } => Some(*second),
        ModelError::UnknownSource { taker, .. } => by_name(taker.split('`').nth(1)?),
        ModelError::UnusedLayer { layer, .. } => by_name(layer),
        ModelError::UnknownShared { call, .. } => by_name(call),
        ModelError::Cycle { names } => names.iter().find_map(|name| by_name(name)),
        _ => None,
    }
}

/// The layer that an error is about.
fn layer_of(error: &ModelError, network: &Graph) -> Option<usize> {
    let by_name = |name: &str| {
        let mut layers = network.layers().iter();
        layers.position(|layer| layer.name() == name)
    };
    match error {
        ModelError::Layer { index, .. } => Some(*index),
        ModelError::DuplicateName { second, .. } => Some(*second),
        // What enters the first layer is checked first; a layer may be named as it is.
        ModelError::TooManyAxes { shape, .. } | ModelError::OutputTooLarge { shape, .. }
            if network.inputs().iter().any(|input| input.shape() == shape) =>
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

/// A layer, or another call of one.
fn read_call(index: usize, mut layer: Section<'_>) -> Result<NamedLayer, Located> {
    let at = layer.at_key(TRAINING);
    let in_inference = match layer.take::<bool>(TRAINING)? {
        Some(true) => {
            let message =
                "expected `false`, for a layer that is called as after training; else leave it out";
            return Err(wrong_value(TRAINING, message, at));
        }
        is_given => is_given.is_some(),
    };
    let called = if let Some(shared) = layer.take::<String>(CALL)? {
        let place = format!("call of `{shared}`, of index {index},");
        let name: String = layer.require(&place, NAME, "name = \"scores\"")?;
        NamedLayer::again(shared, name).with_arguments(Argument::from_table(layer.into_table()))
    } else {
        NamedLayer::new(read_layer(index, layer)?)
    };
    Ok(if in_inference {
        called.in_inference()
    } else {
        called
    })
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
