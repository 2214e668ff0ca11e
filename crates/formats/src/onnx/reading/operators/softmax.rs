//! `Softmax` and `LogSoftmax`: shares of a whole along an axis.

use serde_json::json;

use super::activation::activated;
use crate::error::FormatProblem;
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::value::Value;

pub(in super::super) fn softmax(call: &mut NodeCall<'_, '_>) -> Given {
    let (x, place) = along(call)?;
    let y = if place == x.shape.rank() {
        activated(call, &x, "softmax")?
    } else {
        call.plain("Softmax", json!({"axis": place}), &x)?
    };
    Ok(vec![
        Value {
            is_positive: true,
            ..y
        }
        .into(),
    ])
}

pub(in super::super) fn log(call: &mut NodeCall<'_, '_>) -> Given {
    let (x, place) = along(call)?;
    let axis = x.order[place];
    let others = x.order.iter().copied().filter(|own| *own != axis);
    let order: Vec<usize> = others.chain([axis]).collect();
    let x = call.ordered(&x, &order)?;
    Ok(vec![activated(call, &x, "log_softmax")?.into()])
}

/// The value, and which of our axes the attribute means.
fn along(call: &mut NodeCall<'_, '_>) -> Result<(Value, usize), FormatProblem> {
    let default = if call.import.opset < 13 { 1 } else { -1 };
    let number = call.int("axis", default)?;
    let x = call.value(0)?;
    let x = call.unfolded(&x)?;
    let axis = x.axis(number);
    let place = axis
        .and_then(|axis| x.place(axis))
        .filter(|place| *place > 0);
    let place = place.ok_or_else(|| {
        call.refused_attribute(
            "axis",
            format!("is {number}, expected one behind the samples"),
        )
    })?;
    if call.import.opset < 13 && axis != Some(x.rank() - 1) {
        return Err(call.refused_attribute(
            "axis",
            format!("is {number}, which before opset 13 means all axes from there on; export with opset 13 or later"),
        ));
    }
    Ok((x, place))
}
