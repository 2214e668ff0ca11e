use std::collections::HashMap;

use firebrick_spec::{Spec, SpecError, Value, shortened};

use super::calls::{KerasCall, Signature};
use super::inputs::KerasInput;
use super::json::{field, get, get_text, items, wrong};
use super::operations::is_operation;
use crate::layer::{NewLayer, Node, SharedLayer, named_input};

/// The `layers` of a network of Keras': inputs, layers, and functions such as the sum of `x + y`.
pub(super) struct Entries<'a> {
    list: Vec<Entry<'a>>,
    places: HashMap<&'a str, usize>,
}

pub(super) struct Entry<'a> {
    pub(super) value: &'a Value,
    pub(super) name: &'a str,
    /// What errors call it.
    pub(super) whose: String,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    Input(Node),
    Layer(SharedLayer, &'static Signature),
    Operation,
}

/// Where a tensor comes from: which of the outputs of which call of which entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct History {
    pub(super) entry: usize,
    pub(super) call: usize,
    pub(super) output: usize,
}

impl<'a> Entries<'a> {
    /// Reads all of them, whatever they are called on.
    ///
    /// # Errors
    /// A layer that cannot be read; two of one name.
    pub(super) fn read(layers: &'a Value, thing: &str) -> Result<Self, SpecError> {
        let values: Vec<&Value> = items(layers).iter().map(|item| &item.value).collect();
        let inputs: Vec<Option<KerasInput>> = values
            .iter()
            .map(|value| KerasInput::read(value))
            .collect::<Result<_, _>>()?;
        // All inputs of a network have the same number of samples.
        let batch_size = inputs.iter().flatten().find_map(|input| input.batch_size);
        let mut entries = Self {
            list: Vec::with_capacity(values.len()),
            places: HashMap::with_capacity(values.len()),
        };
        for (index, (value, input)) in values.into_iter().zip(inputs).enumerate() {
            let config_name = get(value, "config").and_then(|config| get_text(config, "name"));
            let Some(name) = get_text(value, "name").or(config_name) else {
                let reason = format!(
                    "the one of index {index} has no `name`; write the network by `to_json` of Keras 3"
                );
                return Err(wrong(thing, "layers", reason));
            };
            if entries.places.insert(name, index).is_some() {
                let reason = format!(
                    "two are named `{}`, expected names of their own; rename one of them",
                    shortened(name)
                );
                return Err(wrong(thing, "layers", reason));
            }
            let class_name = get_text(value, "class_name").unwrap_or_default();
            let whose = format!(
                "layer `{}` ({}, index {index})",
                shortened(name),
                shortened(class_name)
            );
            let kind = match input {
                Some(input) => Kind::Input(named_input(name, input.shape)),
                None if is_operation(value) => Kind::Operation,
                None => {
                    let signature = Signature::of(class_name);
                    let layer = layer(value, index, signature, batch_size, &whose)?;
                    Kind::Layer(layer.shared(), signature)
                }
            };
            entries.list.push(Entry {
                value,
                name,
                whose,
                kind,
            });
        }
        Ok(entries)
    }

    pub(super) fn list(&self) -> &[Entry<'a>] {
        &self.list
    }

    pub(super) fn get(&self, history: History) -> &Entry<'a> {
        &self.list[history.entry]
    }

    /// What `["name", call, output]` says.
    ///
    /// # Errors
    /// Another form, or a name that nothing has.
    pub(super) fn history(
        &self,
        value: Option<&Value>,
        whose: &str,
        argument: &str,
    ) -> Result<History, SpecError> {
        let parts: Vec<&Value> = value
            .map_or(&[][..], items)
            .iter()
            .map(|item| &item.value)
            .collect();
        let [Value::Text(name), call, output] = parts.as_slice() else {
            let reason = "expected the name of a layer, which of its calls and which output, `[\"dense\", 0, 0]`";
            return Err(wrong(whose, argument, reason));
        };
        let Some(&entry) = self.places.get(name.as_str()) else {
            let known: Vec<&str> = self.list.iter().map(|entry| entry.name).collect();
            let nearest = firebrick_spec::nearest_name(name, &known);
            let reason = format!(
                "no layer is named `{}`{}",
                shortened(name),
                firebrick_spec::did_you_mean(nearest)
            );
            return Err(wrong(whose, argument, reason));
        };
        match (index(call), index(output)) {
            (Some(call), Some(output)) => Ok(History {
                entry,
                call,
                output,
            }),
            _ => Err(wrong(
                whose,
                argument,
                format!("expected whole numbers from 0 behind `{}`", shortened(name)),
            )),
        }
    }

    /// The same of a tensor that a call takes, by its `keras_history`.
    ///
    /// # Errors
    /// As [`history`](Self::history).
    pub(super) fn history_of(&self, tensor: &Value, whose: &str) -> Result<History, SpecError> {
        self.history(get(tensor, "keras_history"), whose, "keras_history")
    }

    /// What Keras wrote of a call.
    ///
    /// # Errors
    /// One that there is not.
    pub(super) fn node(&self, history: History, taker: &str) -> Result<&'a Value, SpecError> {
        let entry = self.get(history);
        let nodes = items(get(entry.value, "inbound_nodes").unwrap_or(&Value::Null));
        nodes
            .get(history.call)
            .map(|item| &item.value)
            .ok_or_else(|| {
                let reason = format!(
                    "call {} of `{}` is not there, of {} calls (counted from 0)",
                    history.call,
                    shortened(entry.name),
                    nodes.len()
                );
                wrong(taker, "keras_history", reason)
            })
    }
}

fn index(value: &Value) -> Option<usize> {
    match value {
        Value::Integer(index) => usize::try_from(*index).ok(),
        _ => None,
    }
}

/// A layer with what its calls say of it.
fn layer(
    value: &Value,
    index: usize,
    signature: &Signature,
    batch_size: Option<usize>,
    whose: &str,
) -> Result<NewLayer, SpecError> {
    let mut calls = items(get(value, "inbound_nodes").unwrap_or(&Value::Null))
        .iter()
        .map(|node| Ok::<_, SpecError>(signature.read(&node.value, whose)?.switches));
    let switches = calls.next().transpose()?.unwrap_or_default();
    for other in calls {
        if other? != switches {
            let reason = "expected the same arguments at every call of a layer; give each call a layer of its own";
            return Err(wrong(whose, "kwargs", reason));
        }
    }
    let spec = spec_of(value, batch_size)?;
    let spec = switches
        .into_iter()
        .fold(spec, |spec, switch| spec.with(switch, true));
    NewLayer::from_indexed_spec(&spec, index)
}

/// The spec of a layer among the `layers`, whose batches have this many samples if that is known.
///
/// # Errors
/// What is no layer.
pub(super) fn spec_of(value: &Value, batch_size: Option<usize>) -> Result<Spec, SpecError> {
    let mut value = value.clone();
    if let Value::Table(arguments) = &mut value
        && field_is_there(arguments, "config")
    {
        arguments.retain(|argument| !["name", "inbound_nodes"].contains(&argument.name.as_str()));
    }
    if let Some(batch_size) = batch_size {
        keep_states(&mut value, batch_size);
    }
    Spec::from_value(value, "layer")
}

fn field_is_there(arguments: &[firebrick_spec::Argument], name: &str) -> bool {
    arguments.iter().any(|argument| argument.name == name)
}

/// Says to every layer that is stateful how many samples a batch has, which Keras takes from the input.
fn keep_states(value: &mut Value, batch_size: usize) {
    let is_stateful = field(value, "stateful") == Some(&Value::Bool(true));
    match value {
        Value::Table(arguments) => {
            if is_stateful && !field_is_there(arguments, "batch_size") {
                let batch_size = u64::try_from(batch_size).unwrap_or(u64::MAX);
                arguments.push(firebrick_spec::Argument::new("batch_size", batch_size));
            }
            for argument in arguments {
                keep_states(&mut argument.value, batch_size);
            }
        }
        Value::List(items) => {
            for item in items {
                keep_states(&mut item.value, batch_size);
            }
        }
        _ => {}
    }
}

impl Entry<'_> {
    /// A call of the layer that it is.
    ///
    /// # Errors
    /// As [`Signature::read`].
    pub(super) fn call<'v>(
        &self,
        signature: &Signature,
        node: &'v Value,
    ) -> Result<KerasCall<'v>, SpecError> {
        signature.read(node, &self.whose)
    }
}
