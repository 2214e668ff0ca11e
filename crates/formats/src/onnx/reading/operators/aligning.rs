//! Several values with their axes in one order.

use crate::error::FormatProblem;
use crate::onnx::reading::node_call::NodeCall;
use crate::onnx::reading::value::Value;

/// The values in the order of the first.
///
/// # Errors
/// Values of another number of axes.
pub(super) fn aligned(
    call: &mut NodeCall<'_, '_>,
    values: Vec<Value>,
) -> Result<Vec<Value>, FormatProblem> {
    let Some(first) = values.first().cloned() else {
        return Err(call.refused("it has no inputs"));
    };
    let are_alike = values.iter().all(|x| {
        x.is_flat == first.is_flat
            && x.order == first.order
            && (!x.is_flat || x.shape == first.shape)
    });
    if are_alike {
        return Ok(values);
    }
    if let Some(other) = values.iter().find(|x| x.rank() != first.rank()) {
        return Err(call.refused(format!(
            "its inputs have {} and {} axes, expected as many of each; unsqueeze before",
            first.rank(),
            other.rank()
        )));
    }
    let first = call.unfolded(&first)?;
    let all = values.iter().map(|x| {
        let own = call.unfolded(x)?;
        call.ordered(&own, &first.order)
    });
    all.collect()
}
