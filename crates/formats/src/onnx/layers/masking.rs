//! Steps that do not count.

use serde::Deserialize;

use super::super::attribute::int;
use super::super::layer_call::LayerCall;
use super::super::proto::{BOOL, FLOAT};
use super::super::value::Value;
use crate::error::FormatProblem;

#[derive(Deserialize)]
struct Arguments {
    #[serde(default)]
    mask_value: f64,
}

/// Leaves out the steps that have one value everywhere.
pub(super) fn masking(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let own = call.channels_last(x);
    let is_value = call.with_number("Equal", &own, arguments.mask_value);
    let counts = call.plain("Not", &[&is_value]);
    let counts = call.operator("Cast", &[&counts], vec![int("to", FLOAT.into())]);
    let counts = call.reduced("ReduceMax", &counts, &[2]);
    let name = call.plain("Mul", &[&own, &counts]);
    let axis = call.writer.ints(&[2]);
    let steps = call.plain("Squeeze", &[&counts, &axis]);
    let mask = call.operator("Cast", &[&steps], vec![int("to", BOOL.into())]);
    Ok(Value {
        mask: Some(mask),
        ..Value::new(name, x.shape.clone())
    })
}
