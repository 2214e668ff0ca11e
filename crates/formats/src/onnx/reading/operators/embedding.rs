//! `Gather`: rows of a table by indices, or one place of an axis.

use firebrick_model::WeightValue;
use serde_json::json;

use super::slice::part;
use super::squeeze::without;
use crate::onnx::reading::constant::Constant;
use crate::onnx::reading::layers::Described;
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::sizes::Sizes;
use crate::onnx::reading::value::{Held, Value, axis_within};

pub(in super::super) fn gather(call: &mut NodeCall<'_, '_>) -> Given {
    let axis = call.int("axis", 0)?;
    let indices = call.held(1)?;
    match (call.held(0)?, indices) {
        (Held::Constant(table), Held::Value(indices)) => rows(call, &table, &indices, axis),
        (Held::Value(_), Held::Constant(index)) if index.len() == 1 => {
            let x = call.value(0)?;
            let x = call.unfolded(&x)?;
            let index = index.to_ints().map_or(0, |ints| ints[0]);
            let file = x.axis(axis);
            let file = file.ok_or_else(|| call.refused_attribute("axis", format!("is {axis}, which its input has not")))?;
            let y = part(call, &x, file, [index, if index == -1 { i64::MAX } else { index.saturating_add(1) }])?;
            let has_axis = matches!(call.held(1)?, Held::Constant(index) if !index.shape.is_empty());
            Ok(vec![if has_axis { y } else { without(call, &y, &[file])? }.into()])
        }
        (sizes, Held::Constant(places)) => {
            let sizes = match sizes {
                Held::Sizes(sizes) => Some(sizes),
                Held::Constant(constant) => Sizes::of(&constant),
                _ => None,
            };
            let sizes = sizes.ok_or_else(|| call.refused("it takes several places of a value, which no layer does; take a Slice"))?;
            chosen(call, &sizes, &places)
        }
        _ => Err(call.refused(
            "it takes places of a value by a computed index, expected a table that is in the file; layers of that kind are \
             not taken over",
        )),
    }
}

/// The layer of a table of weights.
fn rows(call: &mut NodeCall<'_, '_>, table: &Constant, indices: &Value, axis: i64) -> Given {
    let [input_dim, output_dim] = table.shape[..] else {
        return Err(call.refused(format!(
            "its table has the shape {:?}, expected two axes",
            table.shape
        )));
    };
    if axis != 0 && axis != -2 {
        return Err(call.refused_attribute(
            "axis",
            format!("is {axis}, expected 0: a row for each index"),
        ));
    }
    let charged = call.import.charge(table.len());
    charged.map_err(|reason| call.refused(reason))?;
    let weight = table.to_weight();
    let weight: WeightValue =
        weight.ok_or_else(|| call.refused("its table is whole numbers, expected floats"))?;
    let x = call.in_order(indices)?;
    let described = Described {
        class_name: "Embedding".to_owned(),
        config: json!({"input_dim": input_dim, "output_dim": output_dim}),
        weights: vec![("embeddings".to_owned(), weight)],
        name: call.name_after(call.input_name(0)),
        source: call.input_name(0).to_owned(),
    };
    let y = call.one(described, &x)?;
    let order = [x.order, vec![x.shape.rank() + 1]].concat();
    Ok(vec![Value { order, ..y }.into()])
}

/// Some of some sizes.
fn chosen(call: &NodeCall<'_, '_>, sizes: &Sizes, places: &Constant) -> Given {
    let all = places.to_ints().unwrap_or_default().iter().map(|place| {
        let place = axis_within(*place, sizes.all.len())?;
        sizes.all.get(place).copied()
    });
    let all: Option<Vec<_>> = all.collect();
    let all = all.filter(|all| !all.is_empty() && all.len() <= 64);
    let all = all.ok_or_else(|| call.refused("its indices are none of its input's"))?;
    Ok(vec![Held::Sizes(Sizes {
        all,
        is_single: places.shape.is_empty(),
    })])
}
