//! `Clip`: nothing below one number and nothing above another.

use serde_json::json;

use super::activation::decimal;
use super::affine::{Step, with_number};
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::value::Value;

pub(in super::super) fn clip(call: &mut NodeCall<'_, '_>) -> Given {
    let mut bounds = [None, None];
    for (place, name) in [(1, "min"), (2, "max")] {
        let bound = match call.find_constant(place)? {
            Some(constant) => {
                let number = constant.number();
                Some(number.ok_or_else(|| {
                    call.refused(format!("its input {place} should be one number"))
                })?)
            }
            None if call.import.opset < 11 => {
                Some(call.float(name, if place == 1 { f32::MIN } else { f32::MAX })?)
            }
            None => None,
        };
        // Beyond any number of a network.
        bounds[place - 1] = bound.filter(|bound| bound.abs() < 1e30);
    }
    let x = call.value(0)?;
    clipped(call, &x, bounds[0], bounds[1])
}

/// A value between two bounds, by a `relu` of what is above the lower one.
pub(super) fn clipped(
    call: &mut NodeCall<'_, '_>,
    x: &Value,
    least: Option<f32>,
    most: Option<f32>,
) -> Given {
    let y = match (least, most) {
        (None, None) => x.clone(),
        (Some(least), Some(most)) if least > most => {
            return Err(call.refused(format!(
                "its bounds are {least} and {most}, expected the lower one first"
            )));
        }
        (Some(0.0), most) => bent(call, x, most)?,
        (Some(-1.0), Some(1.0)) => {
            call.plain("Activation", json!({"activation": "hard_tanh"}), x)?
        }
        (Some(least), most) => {
            let own = with_number(call, x, least, Step::Minus)?;
            let own = bent(call, &own, most.map(|most| most - least))?;
            with_number(call, &own, least, Step::Plus)?
        }
        (None, Some(most)) => {
            let own = with_number(call, x, most, Step::From)?;
            let own = bent(call, &own, None)?;
            with_number(call, &own, most, Step::From)?
        }
    };
    let is_positive = least.is_some_and(|least| least >= 0.0);
    Ok(vec![
        Value {
            is_positive: is_positive
                || x.is_positive
                    && least.is_none_or(|least| least <= 0.0)
                    && most.is_none_or(|most| most >= 0.0),
            ..y
        }
        .into(),
    ])
}

fn bent(
    call: &mut NodeCall<'_, '_>,
    x: &Value,
    most: Option<f32>,
) -> Result<Value, crate::error::FormatProblem> {
    match most {
        None => call.plain("Activation", json!({"activation": "relu"}), x),
        Some(6.0) => call.plain("Activation", json!({"activation": "relu6"}), x),
        Some(most) => call.plain("ReLU", json!({"max_value": decimal(most)}), x),
    }
}
