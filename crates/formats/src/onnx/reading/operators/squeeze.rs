//! `Squeeze` and `Unsqueeze`: axes of a single place, taken out and put in.

use std::rc::Rc;

use crate::error::FormatProblem;
use crate::onnx::reading::constant::Constant;
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::sizes::Sizes;
use crate::onnx::reading::value::{Held, Value, axis_within};

pub(in super::super) fn squeeze(call: &mut NodeCall<'_, '_>) -> Given {
    let axes = call.ints_or_input("axes", 1)?;
    match call.held(0)? {
        Held::Sizes(sizes) if sizes.all.len() == 1 => Ok(vec![Held::Sizes(Sizes {
            is_single: true,
            ..sizes
        })]),
        Held::Filled(number) => Ok(vec![Held::Filled(number)]),
        Held::Constant(constant) => {
            let gone = within(call, axes.as_deref(), constant.shape.len())?;
            let kept = constant.shape.iter().enumerate();
            let kept = kept.filter(|(axis, size)| match &gone {
                Some(gone) => !gone.contains(axis),
                None => **size != 1,
            });
            let shape: Vec<usize> = kept.map(|(_, size)| *size).collect();
            Ok(vec![constant_as(call, &constant, shape)?])
        }
        _ => {
            let x = call.value(0)?;
            let x = call.unfolded(&x)?;
            let gone = within(call, axes.as_deref(), x.rank())?;
            let gone = gone.unwrap_or_else(|| {
                let single = x.shape.axes().iter().zip(&x.order[1..]);
                single
                    .filter(|(size, _)| **size == Some(1))
                    .map(|(_, axis)| *axis)
                    .collect()
            });
            Ok(vec![without(call, &x, &gone)?.into()])
        }
    }
}

pub(in super::super) fn unsqueeze(call: &mut NodeCall<'_, '_>) -> Given {
    let axes = call.ints_or_input("axes", 1)?.unwrap_or_default();
    match call.held(0)? {
        Held::Sizes(sizes) if sizes.is_single => Ok(vec![Held::Sizes(Sizes::row(sizes.all))]),
        Held::Filled(number) => Ok(vec![Held::Filled(number)]),
        Held::Constant(constant) => {
            let rank = constant.shape.len() + axes.len();
            let new = within(call, Some(&axes), rank)?.unwrap_or_default();
            let mut own = constant.shape.iter();
            let shape = (0..rank).filter_map(|axis| {
                if new.contains(&axis) {
                    Some(1)
                } else {
                    own.next().copied()
                }
            });
            let shape = shape.collect();
            Ok(vec![constant_as(call, &constant, shape)?])
        }
        _ => {
            let x = call.value(0)?;
            let x = call.unfolded(&x)?;
            let rank = x.rank() + axes.len();
            let mut new = within(call, Some(&axes), rank)?.unwrap_or_default();
            new.sort_unstable();
            new.dedup();
            if rank > 6 || new.len() != axes.len() {
                return Err(call.refused("its axes are too many or the same"));
            }
            let old: Vec<usize> = (0..rank).filter(|axis| !new.contains(axis)).collect();
            // Axes of one place can be anywhere: before all others, the channels stay last.
            let kept = x.order.iter().map(|axis| old[*axis]);
            let mut order: Vec<usize> = kept.collect();
            drop(order.splice(1..1, new.iter().copied()));
            let sizes = [vec![Some(1); new.len()], x.shape.axes().to_vec()].concat();
            let y = call.reshaped(&x, sizes)?;
            Ok(vec![Value { order, ..y }.into()])
        }
    }
}

/// A value without some axes of a single place.
///
/// # Errors
/// Axes with more places; nothing left but the samples.
pub(super) fn without(
    call: &mut NodeCall<'_, '_>,
    x: &Value,
    gone: &[usize],
) -> Result<Value, FormatProblem> {
    let sizes = x.shape.axes();
    let is_gone = |axis: &usize| gone.contains(axis);
    let mut own = x.order[1..].iter().zip(sizes);
    if is_gone(&x.order[0]) || own.any(|(axis, size)| is_gone(axis) && *size != Some(1)) {
        return Err(call.refused(format!(
            "it takes axes {gone:?} out that are samples or have more than one place"
        )));
    }
    let kept: Vec<usize> = x
        .order
        .iter()
        .copied()
        .filter(|axis| !is_gone(axis))
        .collect();
    if kept.len() < 2 {
        return Err(call.refused(
            "it leaves nothing but the samples, which no layer does; keep an axis of size 1",
        ));
    }
    let order = kept
        .iter()
        .map(|axis| axis - gone.iter().filter(|other| *other < axis).count());
    let order: Vec<usize> = order.collect();
    let own = x.order[1..].iter().zip(sizes);
    let sizes: Vec<Option<usize>> = own
        .filter(|(axis, _)| !is_gone(axis))
        .map(|(_, size)| *size)
        .collect();
    if order.len() == x.order.len() {
        return Ok(x.clone());
    }
    let y = call.reshaped(x, sizes)?;
    Ok(Value { order, ..y })
}

/// The axes that are meant, if any are named.
fn within(
    call: &NodeCall<'_, '_>,
    axes: Option<&[i64]>,
    rank: usize,
) -> Result<Option<Vec<usize>>, FormatProblem> {
    let Some(axes) = axes else {
        return Ok(None);
    };
    let mut all: Vec<usize> = Vec::new();
    for axis in axes {
        let axis = axis_within(*axis, rank).filter(|axis| !all.contains(axis));
        all.push(
            axis.ok_or_else(|| call.refused(format!("its axes are none of {rank}, or one twice")))?,
        );
    }
    Ok(Some(all))
}

fn constant_as(
    call: &mut NodeCall<'_, '_>,
    constant: &Constant,
    shape: Vec<usize>,
) -> Result<Held, FormatProblem> {
    let charged = call.import.charge(constant.len());
    charged.map_err(|reason| call.refused(reason))?;
    if shape.len() > 8 || shape.iter().product::<usize>() != constant.len() {
        return Err(call.refused(format!(
            "its constant of the shape {:?} has other axes",
            constant.shape
        )));
    }
    Ok(Held::Constant(Rc::new(Constant {
        shape,
        numbers: constant.numbers.clone(),
    })))
}
