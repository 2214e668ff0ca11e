//! `Slice`: a part of an axis.

use serde_json::{Value as Json, json};

use crate::error::FormatProblem;
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::sizes::Sizes;
use crate::onnx::reading::value::{Held, Value};

pub(in super::super) fn slice(call: &mut NodeCall<'_, '_>) -> Given {
    let missing = |what: &str| format!("its {what} are missing");
    let starts = call.ints_or_input("starts", 1)?;
    let starts = starts.ok_or_else(|| call.refused(missing("starts")))?;
    let ends = call.ints_or_input("ends", 2)?;
    let ends = ends.ok_or_else(|| call.refused(missing("ends")))?;
    let axes = call.ints_or_input("axes", 3)?;
    let axes = axes.unwrap_or_else(|| (0..).take(starts.len()).collect());
    if let Some(steps) = call.find_constant(4)? {
        let are_ones = steps
            .to_ints()
            .is_some_and(|steps| steps.iter().all(|step| *step == 1));
        if !are_ones {
            return Err(call.refused("its steps are not 1 everywhere, for which there is no layer"));
        }
    }
    if starts.len() != ends.len() || starts.len() != axes.len() || starts.len() > 8 {
        return Err(call.refused("its starts, ends and axes are not as many"));
    }
    let sizes = match call.held(0)? {
        Held::Filled(number) => return Ok(vec![Held::Filled(number)]),
        Held::Sizes(sizes) => Some(sizes),
        Held::Constant(constant) => Sizes::of(&constant),
        _ => None,
    };
    if let (Some(sizes), [start], [end]) = (sizes, &starts[..], &ends[..]) {
        let [start, end] = [*start, *end].map(|bound| place(bound, sizes.all.len()));
        let part = sizes.all.get(start..end.max(start)).unwrap_or_default();
        return Ok(vec![Held::Sizes(Sizes::row(part.to_vec()))]);
    }
    let x = call.value(0)?;
    let mut x = call.unfolded(&x)?;
    for ((start, end), axis) in starts.into_iter().zip(ends).zip(axes) {
        let axis = x.axis(axis);
        let axis =
            axis.ok_or_else(|| call.refused("it cuts along an axis that its input has not"))?;
        x = part(call, &x, axis, [start, end])?;
    }
    Ok(vec![x.into()])
}

/// `Split`: all parts of an axis.
pub(in super::super) fn split(call: &mut NodeCall<'_, '_>) -> Given {
    let number = call.int("axis", 0)?;
    let count = call.node.output.len();
    let _ = call.int("num_outputs", 0)?;
    let x = call.value(0)?;
    let x = call.unfolded(&x)?;
    let axis = x.axis(number);
    let axis = axis.ok_or_else(|| {
        call.refused_attribute("axis", format!("is {number}, which its input has not"))
    })?;
    let sizes = if let Some(sizes) = call.ints_or_input("split", 1)? {
        sizes
    } else {
        let size = x.axes()[axis].known();
        let size = size.ok_or_else(|| {
            call.refused("it splits an axis whose size is not known; export with fixed shapes")
        })?;
        let count = i64::try_from(count.max(1)).unwrap_or(i64::MAX);
        let each = size / count + i64::from(size % count != 0);
        let starts = (0..count).map(|part| (part * each).min(size));
        starts.map(|start| each.min(size - start)).collect()
    };
    if sizes.len() != count || count > 64 {
        return Err(call.refused(format!(
            "it gives {count} parts of {} sizes, expected as many and at most 64",
            sizes.len()
        )));
    }
    let mut start = 0_i64;
    let mut given = Vec::new();
    for size in sizes {
        let end = start.saturating_add(size.max(0));
        given.push(part(call, &x, axis, [start, end])?.into());
        start = end;
    }
    Ok(given)
}

/// The place that a bound means, which counts from the end if it is negative.
fn place(bound: i64, size: usize) -> usize {
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let bound = if bound < 0 {
        bound.saturating_add(size)
    } else {
        bound
    };
    usize::try_from(bound.clamp(0, size)).unwrap_or_default()
}

/// What lies between two bounds along an axis of the file's tensor.
///
/// # Errors
/// The axis of the samples; an axis whose size is not known where that matters; nothing that is left.
pub(super) fn part(
    call: &mut NodeCall<'_, '_>,
    x: &Value,
    axis: usize,
    [start, end]: [i64; 2],
) -> Result<Value, FormatProblem> {
    let own = x.place(axis).filter(|own| *own > 0);
    let own =
        own.ok_or_else(|| call.refused("it takes some of the samples, which no layer does"))?;
    let margins = match x.shape.axes()[own - 1] {
        Some(size) => {
            let [start, end] = [start, end].map(|bound| place(bound, size));
            (start < end).then(|| [start, size - end])
        }
        // From the start or so far from the end.
        None => match (usize::try_from(start), end) {
            (Ok(start), i64::MAX) => Some([start, 0]),
            (Ok(start), end) if end < 0 => usize::try_from(end.unsigned_abs())
                .ok()
                .map(|end| [start, end]),
            _ => {
                return Err(call
                    .refused("it cuts an axis whose size is not known; export with fixed shapes"));
            }
        },
    };
    let margins = margins.ok_or_else(|| call.refused("nothing is left between its bounds"))?;
    if margins == [0, 0] {
        return Ok(x.clone());
    }
    // Layers crop all axes but the last: one of a single place behind it makes it none.
    let is_last = own == x.shape.rank();
    let apart = if is_last {
        let sizes = [x.shape.axes(), &[Some(1)]].concat();
        call.reshaped(x, sizes)?
    } else {
        x.clone()
    };
    let num_axes = apart.shape.rank() - 1;
    let mut all = vec![[0, 0]; num_axes];
    all[own - 1] = margins;
    let cropping: Json = match &all[..] {
        [sides] => json!(sides),
        sides => json!(sides),
    };
    let y = call.plain(
        &format!("Cropping{num_axes}D"),
        json!({"cropping": cropping}),
        &apart,
    )?;
    let y = if is_last {
        let sizes = y.shape.axes()[..own].to_vec();
        call.reshaped(&y, sizes)?
    } else {
        y
    };
    Ok(Value {
        is_positive: x.is_positive,
        ..y
    })
}
