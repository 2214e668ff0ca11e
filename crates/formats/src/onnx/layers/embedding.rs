//! Rows of a table, by their indices.

use serde::Deserialize;

use super::super::attribute::int;
use super::super::layer_call::LayerCall;
use super::super::proto::{FLOAT, INT64};
use super::super::value::Value;
use crate::error::FormatProblem;

#[derive(Deserialize)]
struct Arguments {
    #[serde(default)]
    mask_zero: bool,
    #[serde(default)]
    reverse: bool,
    logit_soft_cap: Option<f64>,
}

/// Numbers as floats.
pub(super) fn as_floats(call: &mut LayerCall<'_>, x: &str) -> String {
    call.operator("Cast", &[x], vec![int("to", FLOAT.into())])
}

/// The row of each index; an index of 0 may stand for no step.
pub(super) fn embedding(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let own = call.channels_last(x);
    let table = call.constant("embeddings")?;
    let indices = if x.is_int {
        own.clone()
    } else {
        call.operator("Cast", &[&own], vec![int("to", INT64.into())])
    };
    let mut y = Value::new(
        call.plain("Gather", &[&table, &indices]),
        call.output_shape(),
    );
    if arguments.mask_zero && x.shape.rank() == 1 {
        let zero = if x.is_int {
            call.writer.int(0)
        } else {
            call.number(0.0)
        };
        let is_padding = call.plain("Equal", &[&own, &zero]);
        y.mask = Some(call.plain("Not", &[&is_padding]));
    }
    Ok(y)
}

/// The row of each index, or the products with all rows.
pub(super) fn reversible(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    if !arguments.reverse {
        return embedding(call, x);
    }
    let own = call.channels_last(x);
    let kernel = if let Some(kernel) = call.find_constant("reverse_embeddings") {
        kernel
    } else {
        let table = call.constant("embeddings")?;
        call.turned(&table, &[1, 0])
    };
    let mut name = call.plain("MatMul", &[&own, &kernel]);
    if let Some(cap) = arguments.logit_soft_cap {
        let scaled = call.with_number("Div", &name, cap);
        let bent = call.plain("Tanh", &[&scaled]);
        name = call.with_number("Mul", &bent, cap);
    }
    Ok(Value::new(name, call.output_shape()))
}
