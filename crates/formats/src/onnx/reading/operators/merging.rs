//! Values joined element by element: `Sum`, `Mean`, `Max`, `Min`, and two values in arithmetic.

use serde_json::json;

use super::aligning::aligned;
use super::clip;
use crate::onnx::reading::layers::Described;
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::value::{Held, Value};

pub(in super::super) fn sum(call: &mut NodeCall<'_, '_>) -> Given {
    merged(call, "Add")
}

pub(in super::super) fn average(call: &mut NodeCall<'_, '_>) -> Given {
    merged(call, "Average")
}

pub(in super::super) fn maximum(call: &mut NodeCall<'_, '_>) -> Given {
    match bounded(call)? {
        Some((x, bound)) => clip::clipped(call, &x, Some(bound), None),
        None => merged(call, "Maximum"),
    }
}

pub(in super::super) fn minimum(call: &mut NodeCall<'_, '_>) -> Given {
    match bounded(call)? {
        Some((x, bound)) => clip::clipped(call, &x, None, Some(bound)),
        None => merged(call, "Minimum"),
    }
}

/// A value beside a single number of the file.
fn bounded(
    call: &mut NodeCall<'_, '_>,
) -> Result<Option<(Value, f32)>, crate::error::FormatProblem> {
    if call.node.input.len() != 2 {
        return Ok(None);
    }
    Ok(match (call.held(0)?, call.held(1)?) {
        (Held::Value(x), Held::Constant(constant)) | (Held::Constant(constant), Held::Value(x)) => {
            constant.number().map(|number| (x, number))
        }
        _ => None,
    })
}

/// A layer that joins all inputs.
pub(super) fn merged(call: &mut NodeCall<'_, '_>, class_name: &str) -> Given {
    let values = call.values()?;
    if let [x] = &values[..] {
        return Ok(vec![x.clone().into()]);
    }
    let values = aligned(call, values)?;
    let all: Vec<&Value> = values.iter().collect();
    let (node, shapes) = call.layer(Described::plain(class_name, json!({})), &all)?;
    let Some(first) = values.first() else {
        return Err(call.refused("it has no inputs"));
    };
    let y = Value {
        shape: shapes.into_iter().next().unwrap_or_default(),
        is_positive: class_name != "Subtract" && values.iter().all(|x| x.is_positive),
        ..first.with_node(node)
    };
    Ok(vec![y.into()])
}
