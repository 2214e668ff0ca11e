//! Networks as Keras' `get_config` has them.

use std::collections::{HashMap, HashSet};

use firebrick_spec::{Spec, SpecError, Value};

use super::entries::{Entries, History, Kind, spec_of};
use super::inputs::{KerasInput, shape_of};
use super::json::{get_text, items, text, wrong};
use super::masks::Masks;
use super::operations::as_layer;
use crate::graph::{Graph, Sequential};
use crate::layer::{NewLayer, Node};

/// What Keras writes of a network whose layers are called on each other.
pub(in crate::graph) const FUNCTIONAL: [&str; 4] =
    ["name", "layers", "input_layers", "output_layers"];

/// What Keras writes of a line of layers.
pub(in crate::graph) const SEQUENTIAL: [&str; 3] = ["name", "layers", "build_input_shape"];

/// The network of a config with `input_layers`; errors of the whole call it `thing`.
///
/// # Errors
/// A layer that cannot be read, a call that cannot be honoured, calls that go in a circle.
pub(in crate::graph) fn functional(spec: &Spec, thing: &str) -> Result<Graph, SpecError> {
    spec.check_arguments(thing, &FUNCTIONAL)?;
    let name = name_of(spec, thing)?;
    let layers = spec.get("layers").unwrap_or(&Value::Null);
    let entries = Entries::read(layers, thing)?;
    let mut replay = Replay {
        masks: Masks::of(&entries)?,
        entries: &entries,
        made: HashMap::new(),
    };
    let ends = ["input_layers", "output_layers"].map(|argument| {
        let given = spec.get(argument).unwrap_or(&Value::Null);
        let mut histories = Vec::new();
        leaves(given, &entries, (thing, argument), &mut histories).map(|()| (argument, histories))
    });
    // What is given is looked at before what is missing.
    let [inputs, outputs] = ends;
    let [inputs, outputs] = [inputs?, outputs?].map(|(argument, histories)| {
        if histories.is_empty() {
            let reason = "expected one or more, `[\"dense\", 0, 0]`";
            return Err(wrong(thing, argument, reason));
        }
        let nodes = histories.into_iter();
        nodes
            .map(|history| replay.node(history, thing))
            .collect::<Result<Vec<_>, _>>()
    });
    let graph = Graph::new(inputs?, outputs?);
    Ok(match name {
        Some(name) => graph.named(name),
        None => graph,
    })
}

/// The histories of inputs or outputs: of one, of those of a list in order, of those of a table by their names.
fn leaves(
    value: &Value,
    entries: &Entries<'_>,
    whose: (&str, &str),
    found: &mut Vec<History>,
) -> Result<(), SpecError> {
    match value {
        Value::List(parts)
            if parts
                .first()
                .is_some_and(|first| text(&first.value).is_some()) =>
        {
            let (thing, argument) = whose;
            let mut history = entries.history(Some(value), thing, argument)?;
            // Keras counts the call that a network is made by before those on it, here alone.
            let entry = entries.get(history);
            if get_text(entry.value, "class_name") == Some("Functional") {
                history.call = history.call.saturating_sub(1);
            }
            found.push(history);
            Ok(())
        }
        Value::List(parts) => parts
            .iter()
            .try_for_each(|part| leaves(&part.value, entries, whose, found)),
        Value::Table(named) => {
            let mut named: Vec<_> = named.iter().collect();
            named.sort_by(|one, other| one.name.cmp(&other.name));
            named
                .into_iter()
                .try_for_each(|part| leaves(&part.value, entries, whose, found))
        }
        Value::Null => Ok(()),
        other => {
            let (thing, argument) = whose;
            let reason =
                format!("expected `[\"dense\", 0, 0]` or a list of such, received {other}");
            Err(wrong(thing, argument, reason))
        }
    }
}

/// The name of a network, if it has one.
fn name_of(spec: &Spec, thing: &str) -> Result<Option<String>, SpecError> {
    let name = spec.clone().take_as::<Option<String>>(thing, "name")?;
    Ok(name.flatten())
}

/// The calls that Keras wrote, made again.
struct Replay<'e, 'a> {
    entries: &'e Entries<'a>,
    masks: Masks,
    /// The first output of each call that was made.
    made: HashMap<(usize, usize), Node>,
}

impl Replay<'_, '_> {
    /// What a call gives, with all that it takes from; without recursion, since calls follow each other by the thousands.
    fn node(&mut self, wanted: History, thing: &str) -> Result<Node, SpecError> {
        let mut waiting = vec![wanted];
        let mut open = HashSet::new();
        while let Some(&history) = waiting.last() {
            let key = (history.entry, history.call);
            if self.made.contains_key(&key) {
                waiting.pop();
                continue;
            }
            let taken = self.taken(history, thing)?;
            let missing = taken
                .iter()
                .filter(|from| !self.made.contains_key(&(from.entry, from.call)));
            let missing: Vec<History> = missing.copied().collect();
            if missing.is_empty() {
                let inputs = taken.iter().map(|from| self.output(*from)).collect();
                let node = self.called(history, inputs, thing)?;
                self.made.insert(key, node);
                waiting.pop();
            } else if open.insert(key) {
                waiting.extend(missing);
            } else {
                let reason = "expected calls that follow each other, they go in a circle";
                return Err(wrong(
                    &self.entries.get(history).whose,
                    "inbound_nodes",
                    reason,
                ));
            }
        }
        Ok(self.output(wanted))
    }

    /// An output of a call that was made.
    fn output(&self, history: History) -> Node {
        let first = &self.made[&(history.entry, history.call)];
        first.output(history.output)
    }

    /// What a call takes.
    fn taken(&mut self, history: History, taker: &str) -> Result<Vec<History>, SpecError> {
        let entry = self.entries.get(history);
        let tensors = match &entry.kind {
            Kind::Input(_) => Vec::new(),
            Kind::Layer(_, signature) => {
                let call = entry.call(signature, self.entries.node(history, taker)?)?;
                for mask in call.masks {
                    self.masks.check(mask, self.entries, &entry.whose)?;
                }
                if call.inputs.is_empty() {
                    let reason = "expected what the layer is called on";
                    return Err(wrong(&entry.whose, "args", reason));
                }
                call.inputs
            }
            Kind::Operation => {
                let node = self.entries.node(history, taker)?;
                as_layer(entry.value, node, &entry.whose)?.1
            }
        };
        let tensors = tensors.into_iter();
        tensors
            .map(|tensor| self.entries.history_of(tensor, &entry.whose))
            .collect()
    }

    fn called(&self, history: History, inputs: Vec<Node>, taker: &str) -> Result<Node, SpecError> {
        let entry = self.entries.get(history);
        Ok(match &entry.kind {
            Kind::Input(node) => node.clone(),
            Kind::Layer(layer, _) => layer.on(inputs),
            Kind::Operation => {
                let node = self.entries.node(history, taker)?;
                let layer = NewLayer::from(as_layer(entry.value, node, &entry.whose)?.0);
                // Every call of a function is a layer of its own.
                let layer = match history.call {
                    0 => layer.named(entry.name),
                    call => layer.named(format!("{}_call_{call}", entry.name)),
                };
                layer.on(inputs)
            }
        })
    }
}

/// The line of a config with `layers` alone; errors of the whole call it `thing`.
///
/// # Errors
/// A layer that cannot be read; a line that does not say what enters it.
pub(in crate::graph) fn sequential(spec: &Spec, thing: &str) -> Result<Sequential, SpecError> {
    spec.check_arguments(thing, &SEQUENTIAL)?;
    let name = name_of(spec, thing)?;
    let mut layers = items(spec.get("layers").unwrap_or(&Value::Null));
    let mut first_index = 0;
    let first = layers.first().map(|first| KerasInput::read(&first.value));
    let input = match (first.transpose()?.flatten(), spec.get("build_input_shape")) {
        (Some(input), _) => {
            (layers, first_index) = (&layers[1..], 1);
            input
        }
        (None, Some(shape)) if *shape != Value::Null => {
            shape_of(shape, thing, "build_input_shape")?
        }
        _ => {
            let reason = "expected an InputLayer first, which says what enters; build the network in Keras before it is written";
            return Err(wrong(thing, "layers", reason));
        }
    };
    let layers = layers.iter().enumerate().map(|(index, layer)| {
        let spec = spec_of(&layer.value, input.batch_size)?;
        NewLayer::from_indexed_spec(&spec, first_index + index)
    });
    let layers: Vec<NewLayer> = layers.collect::<Result<_, _>>()?;
    let line = Sequential::from_layers(input.shape, layers);
    Ok(match name {
        Some(name) => line.named(name),
        None => line,
    })
}
