//! `MaxPool` and `AveragePool`: windows, each of which leaves one number a channel.

use serde_json::json;

use super::window::{Sides, Window, zeros_beside};
use crate::error::FormatProblem;
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::value::Value;

const HOW: &str = "there is no layer with such a padding; pad with as much on both sides of an odd window, or not at all";

/// The largest number of each window.
pub(in super::super) fn maxima(call: &mut NodeCall<'_, '_>) -> Given {
    if call.int("storage_order", 0)? != 0
        || call
            .node
            .output
            .get(1)
            .is_some_and(|name| call.import.uses(name) > 0)
    {
        return Err(
            call.refused("it gives the places of the largest numbers, too, which no layer does")
        );
    }
    let (x, window, sides) = pooled(call)?;
    let y = match sides {
        None => called(call, "MaxPooling", &x, &window, "same")?,
        Some(sides) if sides.iter().all(|sides| *sides == [0, 0]) => {
            called(call, "MaxPooling", &x, &window, "valid")?
        }
        // Where nothing is below 0, zeros are never the largest.
        Some(sides) if x.is_positive && has_something(&window, &sides) => {
            let own = zeros_beside(call, &x, &sides)?;
            called(call, "MaxPooling", &own, &window, "valid")?
        }
        Some(sides) => at_each_place(call, "MaxPooling", &x, &window, &sides)?,
    };
    Ok(vec![
        Value {
            is_positive: x.is_positive,
            ..y
        }
        .into(),
    ])
}

/// The mean of each window, with or without what lies beyond the edges.
pub(in super::super) fn averages(call: &mut NodeCall<'_, '_>) -> Given {
    let counts_zeros = call.int("count_include_pad", 0)? != 0;
    let (x, window, sides) = pooled(call)?;
    let y = match sides {
        None if counts_zeros => {
            return Err(call.refused_attribute(
                "count_include_pad",
                "is 1 with an `auto_pad`; export with `pads`",
            ));
        }
        None => called(call, "AveragePooling", &x, &window, "same")?,
        Some(sides) if counts_zeros || sides.iter().all(|sides| *sides == [0, 0]) => {
            if call.int("ceil_mode", 0)? != 0 && sides.iter().any(|sides| *sides != [0, 0]) {
                return Err(call.refused_attribute(
                    "ceil_mode",
                    format!("is 1 with a padding that counts; {HOW}"),
                ));
            }
            let own = zeros_beside(call, &x, &sides)?;
            called(call, "AveragePooling", &own, &window, "valid")?
        }
        Some(sides) => at_each_place(call, "AveragePooling", &x, &window, &sides)?,
    };
    Ok(vec![
        Value {
            is_positive: x.is_positive,
            ..y
        }
        .into(),
    ])
}

/// What enters the windows, and what is beside it; nothing for Keras' `same`.
#[expect(
    clippy::type_complexity,
    reason = "three things, which are taken apart at once"
)]
fn pooled(
    call: &mut NodeCall<'_, '_>,
) -> Result<(Value, Window, Option<Vec<[usize; 2]>>), FormatProblem> {
    let x = call.value(0)?;
    let x = call.channels_last(&x)?;
    let num_axes = x.rank() - 2;
    let window = Window::of(call, num_axes, None)?;
    if window.dilation.iter().any(|rate| *rate != 1) {
        return Err(call.refused_attribute(
            "dilations",
            "is not 1 everywhere, for which there is no layer",
        ));
    }
    let places = x.shape.axes()[..num_axes].to_vec();
    let mut sides = match window.sides(call, &places)? {
        Sides::Same => return Ok((x, window, None)),
        Sides::Each(sides) => sides,
    };
    if call.int("ceil_mode", 0)? != 0 {
        for (axis, (sides, size)) in sides.iter_mut().zip(&places).enumerate() {
            let size = size.ok_or_else(|| {
                call.refused_attribute(
                    "ceil_mode",
                    "is 1 along an axis whose size is not known; export with fixed shapes",
                )
            })?;
            sides[1] += missing(&window, axis, size + sides[0] + sides[1], size + sides[0]);
        }
    }
    let is_same = window.are_same(&sides, &places);
    Ok((x, window, (!is_same).then_some(sides)))
}

/// What is missing for a last window that begins within the input.
fn missing(window: &Window, axis: usize, size: usize, within: usize) -> usize {
    let (stride, span) = (window.strides[axis], window.span(axis));
    let rest = size.saturating_sub(span) % stride;
    let begins = size.saturating_sub(span) - rest + stride;
    if rest == 0 || begins >= within {
        0
    } else {
        stride - rest
    }
}

/// Whether every window sees more than what is beside the input.
fn has_something(window: &Window, sides: &[[usize; 2]]) -> bool {
    let mut axes = sides.iter().zip(&window.size);
    axes.all(|(sides, size)| sides.iter().all(|side| side < size))
}

fn called(
    call: &mut NodeCall<'_, '_>,
    kind: &str,
    x: &Value,
    window: &Window,
    padding: &str,
) -> Result<Value, FormatProblem> {
    let config = json!({"pool_size": window.size, "strides": window.strides, "padding": padding});
    call.plain(&format!("{kind}{}D", window.size.len()), config, x)
}

/// A window around each place, then only those places to which it moves.
fn at_each_place(
    call: &mut NodeCall<'_, '_>,
    kind: &str,
    x: &Value,
    window: &Window,
    sides: &[[usize; 2]],
) -> Result<Value, FormatProblem> {
    let mut axes = sides.iter().zip(&window.size);
    if !axes.all(|(sides, size)| sides[0] == sides[1] && size % 2 == 1 && 2 * sides[0] == size - 1)
    {
        return Err(call.refused_attribute("pads", format!("is {sides:?}, {HOW}")));
    }
    let each = Window {
        size: window.size.clone(),
        strides: vec![1; sides.len()],
        dilation: window.dilation.clone(),
    };
    let y = called(call, kind, x, &each, "same")?;
    let single = Window {
        size: vec![1; sides.len()],
        strides: window.strides.clone(),
        dilation: window.dilation.clone(),
    };
    called(call, "MaxPooling", &y, &single, "valid")
}
