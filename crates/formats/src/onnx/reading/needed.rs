//! Which nodes of a graph are read.

use std::collections::{BTreeMap, BTreeSet};

use firebrick_model::shortened;

use super::import::malformed;
use crate::error::FormatProblem;
use crate::onnx::proto::{BFLOAT16, DOUBLE, FLOAT, FLOAT16, Graph, ValueInfo};

/// The places of the outputs of floats, and of all others.
pub(super) fn outputs(graph: &Graph) -> (Vec<usize>, Vec<usize>) {
    let is_float = |place: &usize| {
        let kind = graph.output[*place].kind.as_ref();
        let tensor = kind.map(|kind| kind.tensor_type.as_ref());
        match tensor {
            // Nothing is said of it.
            None => true,
            // Lists and maps.
            Some(None) => false,
            Some(Some(tensor)) => {
                let element = tensor.elem_type.unwrap_or_default();
                matches!(element, 0 | FLOAT | FLOAT16 | BFLOAT16 | DOUBLE)
            }
        }
    };
    (0..graph.output.len()).partition(is_float)
}

/// The places of the nodes that outputs depend on.
///
/// # Errors
/// Values that two nodes give.
pub(super) fn nodes(graph: &Graph, outputs: &[usize]) -> Result<BTreeSet<usize>, FormatProblem> {
    let mut givers: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, node) in graph.node.iter().enumerate() {
        for name in node.output.iter().filter(|name| !name.is_empty()) {
            if givers.insert(name, place).is_some() {
                return Err(malformed(format!(
                    "two of its nodes give `{}`; save the model again",
                    shortened(name)
                )));
            }
        }
    }
    let mut needed = BTreeSet::new();
    let mut waiting: Vec<&str> = outputs
        .iter()
        .map(|place| name_of(&graph.output[*place]))
        .collect();
    while let Some(name) = waiting.pop() {
        if let Some(place) = givers.get(name)
            && needed.insert(*place)
        {
            waiting.extend(graph.node[*place].input.iter().map(String::as_str));
        }
    }
    Ok(needed)
}

pub(super) fn name_of(value: &ValueInfo) -> &str {
    value.name.as_deref().unwrap_or_default()
}
