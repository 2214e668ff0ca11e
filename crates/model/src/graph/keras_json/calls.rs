//! What Keras' layers take when they are called, and what that is of ours.

use firebrick_spec::{SpecError, Value};

use super::json::{field, get, get_text, is_object, items, list, table, wrong};

/// The calls of some classes.
pub(super) struct Signature {
    classes: &'static [&'static str],
    /// The arguments in order; several tensors are one of them, as a list.
    arguments: &'static [&'static str],
    /// Which of them are tensors, in the order in which our layers take them.
    tensors: &'static [&'static str],
    /// Those that are true or false and are arguments of our layers instead.
    switches: &'static [&'static str],
}

const SIGNATURES: &[Signature] = &[
    Signature {
        classes: &["MultiHeadAttention", "GroupQueryAttention"],
        arguments: &[
            "query",
            "value",
            "key",
            "query_mask",
            "value_mask",
            "key_mask",
            "attention_mask",
            "return_attention_scores",
            "training",
            "use_causal_mask",
        ],
        tensors: &["query", "value", "key", ATTENTION_MASK],
        switches: &["return_attention_scores", "use_causal_mask"],
    },
    Signature {
        classes: &["Attention", "AdditiveAttention"],
        arguments: &[
            "inputs",
            "mask",
            "training",
            "return_attention_scores",
            "use_causal_mask",
        ],
        tensors: &["inputs"],
        switches: &["return_attention_scores", "use_causal_mask"],
    },
    Signature {
        classes: &[
            "Bidirectional",
            "ConvLSTM1D",
            "ConvLSTM2D",
            "ConvLSTM3D",
            "GRU",
            "LSTM",
            "RNN",
            "SimpleRNN",
        ],
        arguments: &["sequences", "initial_state", "mask", "training"],
        tensors: &["sequences", "initial_state"],
        switches: &[],
    },
    Signature {
        classes: &["GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells"],
        arguments: &["inputs", "states", "training"],
        tensors: &["inputs", "states"],
        switches: &[],
    },
    Signature {
        classes: &["GlobalAveragePooling1D", "Softmax"],
        arguments: &["inputs", "mask"],
        tensors: &["inputs"],
        switches: &[],
    },
    Signature {
        classes: &["ReversibleEmbedding"],
        arguments: &["inputs", "reverse"],
        tensors: &["inputs"],
        switches: &["reverse"],
    },
];

/// Of all other layers.
const USUAL: Signature = Signature {
    classes: &[],
    arguments: &["inputs", "training", "mask"],
    tensors: &["inputs"],
    switches: &[],
};

/// A tensor that our layers with heads take if they are told so.
const ATTENTION_MASK: &str = "attention_mask";

/// A call of a layer as Keras writes it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct KerasCall<'a> {
    /// The tensors, in the order in which our layer takes them.
    pub(super) inputs: Vec<&'a Value>,
    /// Those that are masks.
    pub(super) masks: Vec<&'a Value>,
    /// The arguments of our layer that are true.
    pub(super) switches: Vec<&'static str>,
}

impl Signature {
    /// That of a class.
    pub(super) fn of(class_name: &str) -> &'static Self {
        let mut signatures = SIGNATURES.iter();
        let found = signatures.find(|signature| signature.classes.contains(&class_name));
        found.unwrap_or(&USUAL)
    }

    /// The names of the arguments in order.
    pub(super) fn arguments(&self) -> &'static [&'static str] {
        self.arguments
    }

    /// Whether a layer with these arguments of ours can be called on its inputs alone, as in a line.
    pub(super) fn is_plain(&self, switches: &[String]) -> bool {
        switches.is_empty() && self.tensors.first() != Some(&"query")
    }

    /// Reads a call, `{"args": [...], "kwargs": {...}}`; `whose` is for errors.
    ///
    /// `training` is passed over, whatever it is: Keras' `fit`, `evaluate` and `predict` say it themselves.
    ///
    /// # Errors
    /// An argument that there is not, or of another kind.
    pub(super) fn read<'a>(
        &self,
        node: &'a Value,
        whose: &str,
    ) -> Result<KerasCall<'a>, SpecError> {
        let mut given = Vec::new();
        for (place, argument) in items(get(node, "args").unwrap_or(&Value::Null))
            .iter()
            .enumerate()
        {
            let Some(name) = self.arguments.get(place) else {
                let reason = format!("expected at most {} arguments", self.arguments.len());
                return Err(wrong(whose, "args", reason));
            };
            given.push((*name, &argument.value));
        }
        if let Some(Value::Table(named)) = get(node, "kwargs") {
            for argument in named {
                given.push((argument.name.as_str(), &argument.value));
            }
        }
        let mut call = KerasCall::default();
        let mut tensors = vec![Vec::new(); self.tensors.len()];
        for (name, value) in given {
            if *value == Value::Null {
                continue;
            }
            if name == "training" {
                is_on(value, whose, name)?;
            } else if let Some(place) = self.tensors.iter().position(|tensor| *tensor == name) {
                flatten(value, whose, name, &mut tensors[place])?;
                if name == ATTENTION_MASK {
                    call.switches.push(ATTENTION_MASK);
                }
            } else if let Some(switch) = self.switches.iter().find(|switch| **switch == name) {
                if is_on(value, whose, name)? {
                    call.switches.push(switch);
                }
            } else if name == "mask" || name.ends_with("_mask") {
                flatten(value, whose, name, &mut call.masks)?;
            } else {
                let known = self.arguments.join("`, `");
                let reason =
                    format!("a call has no such argument here; it takes `{known}`, leave it out");
                return Err(wrong(whose, name, reason));
            }
        }
        call.switches.sort_unstable();
        call.inputs = tensors.concat();
        Ok(call)
    }

    /// Writes a call on these tensors with these arguments of our layer, as [`read`](Self::read) reads it.
    pub(super) fn written(&self, mut inputs: Vec<Value>, switches: &[String]) -> Value {
        let mut named: Vec<(&str, Value)> = Vec::new();
        let is_on = |name: &str| switches.iter().any(|switch| switch == name);
        if is_on(ATTENTION_MASK)
            && let Some(mask) = inputs.pop()
        {
            named.push((ATTENTION_MASK, mask));
        }
        let args = match self.tensors {
            ["query", ..] => {
                // What attends to itself is given twice.
                if let [query] = inputs.as_slice() {
                    inputs.push(query.clone());
                }
                inputs
            }
            [_, states] if inputs.len() > 1 => {
                named.push((states, list(inputs.split_off(1))));
                inputs
            }
            _ if inputs.len() == 1 => inputs,
            _ => vec![list(inputs)],
        };
        let on = self.switches.iter().filter(|switch| is_on(switch));
        named.extend(on.map(|switch| (*switch, Value::Bool(true))));
        let named = named.into_iter();
        let named = named.map(|(name, value)| firebrick_spec::Argument::new(name, value));
        table([
            ("args", list(args)),
            ("kwargs", Value::Table(named.collect())),
        ])
    }

    /// The arguments of our layer that Keras has at calls.
    pub(super) fn of_calls(&self) -> impl Iterator<Item = &'static str> {
        let mask = self.tensors.iter().filter(|name| **name == ATTENTION_MASK);
        self.switches.iter().chain(mask).copied()
    }
}

fn is_on(value: &Value, whose: &str, argument: &str) -> Result<bool, SpecError> {
    match value {
        Value::Bool(value) => Ok(*value),
        other => {
            let reason = format!("expected true or false, received {other}");
            Err(wrong(whose, argument, reason))
        }
    }
}

/// The tensors of a value: itself, those of a list in order, those of a table in the order of their names, as Keras has it.
fn flatten<'a>(
    value: &'a Value,
    whose: &str,
    argument: &str,
    found: &mut Vec<&'a Value>,
) -> Result<(), SpecError> {
    match value {
        Value::Null => Ok(()),
        Value::List(values) => values
            .iter()
            .try_for_each(|item| flatten(&item.value, whose, argument, found)),
        Value::Table(_) if get_text(value, "class_name") == Some(TENSOR) => {
            found.extend(field(value, "config"));
            Ok(())
        }
        Value::Table(named) if !is_object(value) => {
            let mut named: Vec<_> = named.iter().collect();
            named.sort_by(|one, other| one.name.cmp(&other.name));
            named
                .into_iter()
                .try_for_each(|item| flatten(&item.value, whose, argument, found))
        }
        other => {
            let reason = format!("expected what a layer gives, received {other}");
            Err(wrong(whose, argument, reason))
        }
    }
}

/// Keras' name of what stands for a tensor.
pub(super) const TENSOR: &str = "__keras_tensor__";
