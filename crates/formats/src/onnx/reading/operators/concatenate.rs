//! `Concat`: values one behind the other.

use serde_json::json;

use super::aligning::aligned;
use crate::onnx::reading::layers::Described;
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::sizes::Sizes;
use crate::onnx::reading::value::{Held, Value};

pub(in super::super) fn concatenate(call: &mut NodeCall<'_, '_>) -> Given {
    let number = call.int("axis", 1)?;
    if let Some(sizes) = parts(call)? {
        return Ok(vec![Held::Sizes(sizes)]);
    }
    let values = call.values()?;
    if let [x] = &values[..] {
        return Ok(vec![x.clone().into()]);
    }
    let values = values
        .iter()
        .map(|x| call.unfolded(x))
        .collect::<Result<Vec<_>, _>>()?;
    let values = aligned(call, values)?;
    let Some(first) = values.first() else {
        return Err(call.refused("it has no inputs"));
    };
    let place = first
        .axis(number)
        .and_then(|axis| first.place(axis))
        .filter(|place| *place > 0);
    let place = place.ok_or_else(|| {
        call.refused_attribute(
            "axis",
            format!("is {number}, expected one behind the samples"),
        )
    })?;
    let all: Vec<&Value> = values.iter().collect();
    let (node, shapes) = call.layer(
        Described::plain("Concatenate", json!({"axis": place})),
        &all,
    )?;
    let y = Value {
        shape: shapes.into_iter().next().unwrap_or_default(),
        is_positive: values.iter().all(|x| x.is_positive),
        ..first.with_node(node)
    };
    Ok(vec![y.into()])
}

/// Sizes one behind the other, if all are sizes.
fn parts(call: &mut NodeCall<'_, '_>) -> Result<Option<Sizes>, crate::error::FormatProblem> {
    let mut all = Vec::new();
    for place in 0..call.node.input.len() {
        let sizes = match call.held(place)? {
            Held::Sizes(sizes) => Some(sizes),
            Held::Constant(constant) => Sizes::of(&constant),
            Held::Value(_)
            | Held::Filled(_)
            | Held::Erf { .. }
            | Held::ErfPlusOne { .. }
            | Held::Above { .. } => None,
        };
        match sizes {
            Some(sizes) if all.len() < 64 => all.extend(sizes.all),
            _ => return Ok(None),
        }
    }
    Ok(Some(Sizes::row(all)))
}
