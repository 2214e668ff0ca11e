//! `Flatten`: all axes behind the samples in one, which waits until something needs it.

use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::value::Value;

pub(in super::super) fn flatten(call: &mut NodeCall<'_, '_>) -> Given {
    let number = call.int("axis", 1)?;
    let x = call.value(0)?;
    if x.axis(number) != Some(1) {
        return Err(call.refused_attribute(
            "axis",
            format!("is {number}, expected 1: samples stay by themselves"),
        ));
    }
    Ok(vec![folded(call, x)?.into()])
}

/// A value that is flat in the file.
///
/// # Errors
/// Samples along another axis than the first.
pub(super) fn folded(
    call: &NodeCall<'_, '_>,
    x: Value,
) -> Result<Value, crate::error::FormatProblem> {
    if x.order[0] != 0 {
        return Err(call.refused(
            "it takes the samples along another axis than the first; export with the batch first",
        ));
    }
    if x.rank() == 2 {
        return Ok(x);
    }
    Ok(Value {
        is_flat: true,
        scaled: None,
        ..x
    })
}
