//! A bias that a node of its own adds.

use crate::error::FormatProblem;
use crate::onnx::reading::node_call::NodeCall;
use crate::onnx::reading::value::Held;

/// The numbers that the only taker of a node's output adds along one axis, and what they are called; that node then passes on
/// what it takes.
///
/// # Errors
/// A constant that cannot be read.
pub(super) fn bias_after(
    call: &mut NodeCall<'_, '_>,
    axis: usize,
    rank: usize,
    size: usize,
) -> Result<Option<(Vec<f32>, String)>, FormatProblem> {
    let Some(output) = call.node.output.first() else {
        return Ok(None);
    };
    let Some(taker) = call.import.only_taker(output) else {
        return Ok(None);
    };
    let node = &call.import.nodes[taker];
    if node.op_type.as_deref() != Some("Add") || node.input.len() != 2 {
        return Ok(None);
    }
    let Some(other) = node.input.iter().find(|name| *name != output) else {
        return Ok(None);
    };
    let found = call.import.find(other);
    let Some(Held::Constant(constant)) = found.map_err(|reason| call.refused(reason))? else {
        return Ok(None);
    };
    let Some(weight) = constant.to_weight() else {
        return Ok(None);
    };
    let behind = rank - 1 - axis;
    let mut shape = vec![1; weight.shape().len()];
    if let Some(place) = shape.len().checked_sub(behind + 1) {
        shape[place] = size;
    }
    if weight.shape() != shape || shape.len() > rank || weight.values().len() != size {
        return Ok(None);
    }
    call.import.absorbed.insert(taker);
    Ok(Some((weight.into_values(), other.clone())))
}
