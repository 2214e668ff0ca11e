use std::collections::HashSet;

use firebrick_spec::{SpecError, Value};

use super::entries::{Entries, History, Kind};
use super::json::{get, get_text, items, wrong};
use super::operations::number;

/// The masks of a network.
///
/// Keras writes out how each mask is made, function by function, beginning with `x != 0` in front of an `Embedding` with
/// `mask_zero`. Layers make and hand on their masks by themselves here; what is to be found is only whether a mask that a
/// call takes is one of these.
pub(super) struct Masks {
    /// What is compared with which number by the layers that make masks.
    makers: Vec<(History, f64)>,
    /// The functions that are known to be part of such a mask.
    known: HashSet<usize>,
}

impl Masks {
    /// Those that the layers make.
    ///
    /// # Errors
    /// As [`Entries::history_of`].
    pub(super) fn of(entries: &Entries<'_>) -> Result<Self, SpecError> {
        let mut makers = Vec::new();
        for entry in entries.list() {
            let Kind::Layer(_, signature) = &entry.kind else {
                continue;
            };
            let config = get(entry.value, "config").unwrap_or(&Value::Null);
            let value = match get_text(entry.value, "class_name") {
                Some("Embedding" | "ReversibleEmbedding")
                    if get(config, "mask_zero") == Some(&Value::Bool(true)) =>
                {
                    0.0
                }
                Some("Masking") => get(config, "mask_value").and_then(number).unwrap_or(0.0),
                _ => continue,
            };
            for node in items(get(entry.value, "inbound_nodes").unwrap_or(&Value::Null)) {
                for input in entry.call(signature, &node.value)?.inputs {
                    makers.push((entries.history_of(input, &entry.whose)?, value));
                }
            }
        }
        Ok(Self {
            makers,
            known: HashSet::new(),
        })
    }

    /// Makes sure that a mask which a call takes is made of those that layers make.
    ///
    /// # Errors
    /// Any other mask.
    pub(super) fn check(
        &mut self,
        mask: &Value,
        entries: &Entries<'_>,
        whose: &str,
    ) -> Result<(), SpecError> {
        let mut waiting = vec![entries.history_of(mask, whose)?];
        while let Some(history) = waiting.pop() {
            let entry = entries.get(history);
            if !matches!(entry.kind, Kind::Operation) {
                return Err(of_its_own(whose));
            }
            if !self.known.insert(history.entry) {
                continue;
            }
            let node = entries.node(history, whose)?;
            let mut operands = Vec::new();
            collect(get(node, "args").unwrap_or(&Value::Null), &mut operands);
            match (
                get_text(entry.value, "class_name").unwrap_or_default(),
                operands.as_slice(),
            ) {
                // Its shape counts alone.
                ("ZerosLike" | "OnesLike", _) => {}
                ("NotEqual", [tensor, value]) => {
                    let Some(value) = number(value) else {
                        return Err(of_its_own(whose));
                    };
                    let made = (tensor_history(tensor, entries, whose)?, value);
                    if !self.makers.contains(&made) {
                        return Err(of_its_own(whose));
                    }
                }
                (
                    "Any" | "BroadcastTo" | "Concatenate" | "ConvertToTensor" | "ExpandDims"
                    | "LogicalOr",
                    operands,
                ) => {
                    for operand in operands.iter().filter(|value| is_tensor(value)) {
                        waiting.push(tensor_history(operand, entries, whose)?);
                    }
                }
                _ => return Err(of_its_own(whose)),
            }
        }
        Ok(())
    }
}

fn is_tensor(value: &Value) -> bool {
    get_text(value, "class_name") == Some(super::calls::TENSOR)
}

fn tensor_history(
    tensor: &Value,
    entries: &Entries<'_>,
    whose: &str,
) -> Result<History, SpecError> {
    entries.history_of(get(tensor, "config").unwrap_or(&Value::Null), whose)
}

/// The values within lists.
fn collect<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::List(items) => items.iter().for_each(|item| collect(&item.value, found)),
        other => found.push(other),
    }
}

fn of_its_own(whose: &str) -> SpecError {
    let reason = "expected the mask that an Embedding with `mask_zero` or a Masking before it makes, received another one; \
                  layers here hand on no other masks";
    wrong(whose, "mask", reason)
}
