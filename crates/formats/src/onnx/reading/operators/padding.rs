//! `Pad`: zeros beside an axis.

use super::window::{sizes, zeros_beside};
use crate::onnx::reading::node_call::{Given, NodeCall};

pub(in super::super) fn pad(call: &mut NodeCall<'_, '_>) -> Given {
    let mode = call.text("mode", "constant")?;
    if mode != "constant" {
        return Err(call.refused_attribute(
            "mode",
            format!("is `{mode}`, for which there is no layer; pad with zeros"),
        ));
    }
    let number = match call.find_constant(2)? {
        Some(constant) => constant.number().unwrap_or(f32::NAN),
        None => call.float("value", 0.0)?,
    };
    if number != 0.0 {
        return Err(call.refused(format!(
            "it pads with {number}, for which there is no layer; pad with zeros"
        )));
    }
    let x = call.value(0)?;
    let x = call.unfolded(&x)?;
    let rank = x.rank();
    let pads = call.ints_or_input("pads", 1)?;
    let pads = pads.ok_or_else(|| call.refused("its pads are missing"))?;
    let axes = call.ints_or_input("axes", 3)?;
    let axes: Option<Vec<usize>> = match axes {
        Some(axes) => axes.iter().map(|axis| x.axis(*axis)).collect(),
        None => Some((0..rank).collect()),
    };
    let axes = axes.ok_or_else(|| call.refused("it pads an axis that its input has not"))?;
    let pads = sizes(call, "pads", &pads, 2 * axes.len(), 0)?;
    let (before, behind) = pads.split_at(axes.len());
    let mut sides = vec![[0, 0]; rank];
    for ((axis, before), behind) in axes.iter().zip(before).zip(behind) {
        sides[*axis] = [*before, *behind];
    }
    let own: Vec<[usize; 2]> = x.order.iter().map(|axis| sides[*axis]).collect();
    let [samples, places @ .., channels] = &own[..] else {
        return Err(call.refused("it pads a value without axes"));
    };
    if *samples != [0, 0] || *channels != [0, 0] || places.len() > 3 {
        return Err(call.refused("it pads samples or channels, for which there is no layer"));
    }
    Ok(vec![zeros_beside(call, &x, places)?.into()])
}
