//! `Greater` and the `Where` after it: `x` above a threshold, else another number.

use serde_json::json;

use super::activation::decimal;
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::value::{Held, Kind};

pub(in super::super) fn greater(call: &mut NodeCall<'_, '_>) -> Given {
    let x = call.value(0)?;
    let threshold = call
        .find_constant(1)?
        .and_then(|constant| constant.number());
    match threshold {
        Some(threshold) if x.kind == Kind::Floats => Ok(vec![Held::Above { x, threshold }]),
        _ => Err(call.refused("it compares with more than one number, which no layer does")),
    }
}

pub(in super::super) fn chosen(call: &mut NodeCall<'_, '_>) -> Given {
    let Held::Above { x, threshold } = call.held(0)? else {
        return Err(call.refused("it chooses by something else than whether its input is above a number, which no layer does"));
    };
    let own = call.value(1)?;
    let other = match call.held(2)? {
        Held::Constant(constant) => constant.number(),
        _ => None,
    };
    let other = other.filter(|_| own.is_same(&x));
    let other = other.ok_or_else(|| {
        call.refused(
            "it chooses between others than what it compares and a number, which no layer does",
        )
    })?;
    let activation = format!("threshold({}, {})", decimal(threshold), decimal(other));
    Ok(vec![
        call.plain("Activation", json!({"activation": activation}), &x)?
            .into(),
    ])
}
