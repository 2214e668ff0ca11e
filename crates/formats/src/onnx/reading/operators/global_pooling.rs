//! Poolings of whole axes: `GlobalAveragePool`, `GlobalMaxPool`, `ReduceMean` and `ReduceMax`.

use serde_json::json;

use crate::error::FormatProblem;
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::value::Value;

pub(in super::super) fn averages(call: &mut NodeCall<'_, '_>) -> Given {
    all_places(call, "GlobalAveragePooling")
}

pub(in super::super) fn maxima(call: &mut NodeCall<'_, '_>) -> Given {
    all_places(call, "GlobalMaxPooling")
}

pub(in super::super) fn reduced_averages(call: &mut NodeCall<'_, '_>) -> Given {
    reduced(call, "GlobalAveragePooling")
}

pub(in super::super) fn reduced_maxima(call: &mut NodeCall<'_, '_>) -> Given {
    reduced(call, "GlobalMaxPooling")
}

fn all_places(call: &mut NodeCall<'_, '_>, kind: &str) -> Given {
    let x = call.value(0)?;
    let x = call.channels_last(&x)?;
    Ok(vec![pooled(call, kind, &x, true)?.into()])
}

/// Some axes of the file's tensor; all but one, which becomes the last.
fn reduced(call: &mut NodeCall<'_, '_>, kind: &str) -> Given {
    let keeps_axes = call.int("keepdims", 1)? != 0;
    let _ = call.int("noop_with_empty_axes", 0)?;
    let axes = call.ints_or_input("axes", 1)?;
    let x = call.value(0)?;
    let x = call.unfolded(&x)?;
    let axes: Option<Vec<usize>> = axes
        .unwrap_or_default()
        .iter()
        .map(|axis| x.axis(*axis))
        .collect();
    let axes = axes.ok_or_else(|| call.refused("its axes are none of its input's"))?;
    let kept: Vec<usize> = x
        .order
        .iter()
        .copied()
        .filter(|axis| !axes.contains(axis))
        .collect();
    let [batch, last] = kept[..] else {
        return Err(call.refused(format!(
            "it leaves {} axes, expected two: samples and one more; there is no layer that reduces otherwise",
            kept.len()
        )));
    };
    if batch != x.order[0] {
        return Err(call.refused("it reduces over the samples, which no layer does"));
    }
    let others = x.order[1..].iter().copied().filter(|axis| *axis != last);
    let order: Vec<usize> = [batch].into_iter().chain(others).chain([last]).collect();
    let x = call.ordered(&x, &order)?;
    Ok(vec![pooled(call, kind, &x, keeps_axes)?.into()])
}

/// One number for all places of each channel, with or without axes of size 1 where these were.
fn pooled(
    call: &mut NodeCall<'_, '_>,
    kind: &str,
    x: &Value,
    keeps_axes: bool,
) -> Result<Value, FormatProblem> {
    let num_axes = x.rank() - 2;
    if !(1..=3).contains(&num_axes) {
        return Err(call.refused(format!("it reduces {num_axes} axes, expected 1 to 3")));
    }
    let y = call.plain(&format!("{kind}{num_axes}D"), json!({}), x)?;
    let y = Value {
        is_positive: x.is_positive,
        ..y
    };
    if keeps_axes {
        let sizes = [vec![Some(1); num_axes], y.shape.axes().to_vec()].concat();
        return call.reshaped(&y, sizes);
    }
    let is_turned = x.order[0] > x.order[x.order.len() - 1];
    Ok(Value {
        order: if is_turned { vec![1, 0] } else { vec![0, 1] },
        ..y
    })
}
