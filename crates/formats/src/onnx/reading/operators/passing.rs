//! Operators that leave every number as it is: `Identity`, `Dropout` and `Cast`.

use serde_json::json;

use crate::onnx::proto::{DOUBLE, FLOAT, INT32, INT64};
use crate::onnx::reading::constant::{Constant, Numbers};
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::value::{Held, Kind, Value};

pub(in super::super) fn identity(call: &mut NodeCall<'_, '_>) -> Given {
    Ok(vec![call.held(0)?])
}

/// The layer, which drops something in training alone.
pub(in super::super) fn dropout(call: &mut NodeCall<'_, '_>) -> Given {
    if call
        .node
        .output
        .get(1)
        .is_some_and(|name| call.import.uses(name) > 0)
    {
        return Err(call.refused("it gives its mask, too, which no layer does"));
    }
    // Which numbers it draws.
    let _ = call.int("seed", 0)?;
    let ratio = call.float("ratio", 0.5)?;
    let ratio = match call.find_constant(1)? {
        Some(constant) => constant.number().unwrap_or(ratio),
        None => ratio,
    };
    let _ = call.find_constant(2)?;
    let x = call.value(0)?;
    if !(0.0..1.0).contains(&ratio) || ratio == 0.0 {
        return Ok(vec![x.into()]);
    }
    let y = call.plain(
        "Dropout",
        json!({"rate": super::activation::decimal(ratio)}),
        &x,
    )?;
    Ok(vec![
        Value {
            is_positive: x.is_positive,
            ..y
        }
        .into(),
    ])
}

/// Numbers of another type, where that changes none of them.
pub(in super::super) fn cast(call: &mut NodeCall<'_, '_>) -> Given {
    let to = call.int("to", 0)?;
    let _ = (call.int("saturate", 1)?, call.text("round_mode", "up")?);
    let to = i32::try_from(to).unwrap_or_default();
    let is_float = matches!(to, FLOAT | DOUBLE);
    if !is_float && !matches!(to, INT32 | INT64) {
        return Err(call.refused_attribute(
            "to",
            format!("is {to} of ONNX, expected floats or whole numbers of 32 or 64 bits"),
        ));
    }
    let held = match call.held(0)? {
        Held::Value(x) => {
            let kind = match (x.kind, is_float) {
                (Kind::Ints | Kind::Floats, true) => Kind::Floats,
                (Kind::Ints, false) => Kind::Ints,
                (Kind::Floats | Kind::Truncated, false) => Kind::Truncated,
                (Kind::Truncated, true) => {
                    return Err(call.refused("it takes floats made whole, which no layer does; leave out the Cast before it"));
                }
            };
            Value {
                kind,
                scaled: None,
                ..x
            }
            .into()
        }
        Held::Constant(constant) => match (&constant.numbers, is_float) {
            #[expect(
                clippy::cast_precision_loss,
                reason = "networks are of single precision"
            )]
            (Numbers::Ints(values), true) => {
                let values: Vec<f32> = values.iter().map(|value| *value as f32).collect();
                let charged = call.import.charge(values.len());
                charged.map_err(|reason| call.refused(reason))?;
                Held::Constant(
                    Constant {
                        shape: constant.shape.clone(),
                        numbers: Numbers::Floats(values),
                    }
                    .into(),
                )
            }
            (Numbers::Floats(_), false) => {
                return Err(
                    call.refused("it makes floats of the file whole; fold the constants before")
                );
            }
            _ => Held::Constant(constant),
        },
        other => other,
    };
    Ok(vec![held])
}
