//! `Reshape`: the same numbers along other axes, the samples by themselves.

use std::rc::Rc;

use super::flatten::folded;
use crate::error::FormatProblem;
use crate::onnx::reading::constant::Constant;
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::sizes::{Size, Sizes};
use crate::onnx::reading::value::{Held, Value, in_order};

pub(in super::super) fn reshape(call: &mut NodeCall<'_, '_>) -> Given {
    let copies_none = call.int("allowzero", 0)? != 0;
    let target = match call.ints("shape") {
        Some(ints) => Some(Sizes::row(ints.iter().copied().map(Size::Known).collect())),
        None => call.find_sizes(1)?,
    };
    let target = target
        .ok_or_else(|| call.refused("its shape is missing"))?
        .all;
    match call.held(0)? {
        Held::Sizes(sizes) => Ok(vec![Held::Sizes(Sizes {
            is_single: target.is_empty(),
            ..sizes
        })]),
        Held::Filled(number) => Ok(vec![Held::Filled(number)]),
        Held::Constant(constant) => {
            Ok(vec![Held::Constant(constant_as(call, &constant, &target)?)])
        }
        Held::Value(_) | Held::Erf { .. } | Held::ErfPlusOne { .. } | Held::Above { .. } => {
            let x = call.value(0)?;
            if copies_none && target.contains(&Size::Known(0)) {
                return Err(call.refused_attribute(
                    "allowzero",
                    "is 1 with a size of 0; nothing is left then",
                ));
            }
            Ok(vec![value_as(call, &x, &target)?.into()])
        }
    }
}

fn constant_as(
    call: &mut NodeCall<'_, '_>,
    constant: &Constant,
    target: &[Size],
) -> Result<Rc<Constant>, FormatProblem> {
    let charged = call.import.charge(constant.len());
    charged.map_err(|reason| call.refused(reason))?;
    let refused = || {
        call.refused(format!(
            "its constant of the shape {:?} does not fit into another",
            constant.shape
        ))
    };
    let mut shape = Vec::new();
    let mut open = None;
    for (place, size) in target.iter().enumerate() {
        shape.push(match size {
            Size::Known(0) => *constant.shape.get(place).ok_or_else(refused)?,
            Size::Known(-1) if open.is_none() => {
                open = Some(place);
                1
            }
            Size::Known(size) => usize::try_from(*size).ok().ok_or_else(refused)?,
            Size::Batch | Size::Unknown => return Err(refused()),
        });
    }
    let product = |shape: &[usize]| {
        shape
            .iter()
            .try_fold(1, |all: usize, size| all.checked_mul(*size))
    };
    let known = product(&shape)
        .filter(|known| *known > 0)
        .ok_or_else(refused)?;
    if let Some(open) = open {
        shape[open] = constant.len() / known;
    }
    if product(&shape) != Some(constant.len()) || shape.len() > 8 {
        return Err(refused());
    }
    Ok(Rc::new(Constant {
        shape,
        numbers: constant.numbers.clone(),
    }))
}

/// A value with the axes of a target, in which one stands for the samples.
fn value_as(
    call: &mut NodeCall<'_, '_>,
    x: &Value,
    target: &[Size],
) -> Result<Value, FormatProblem> {
    let own = x.sizes();
    let target: Vec<Size> = target
        .iter()
        .enumerate()
        .map(|(axis, size)| match size {
            Size::Known(0) => own.get(axis).copied().unwrap_or(Size::Unknown),
            Size::Known(-1) => Size::Unknown,
            size => *size,
        })
        .collect();
    let batch = if x.is_flat { 0 } else { x.order[0] };
    let place = samples_of(call, x, &own, batch, &target)?;
    let mut rest = target;
    rest.remove(place);
    if rest.is_empty() || rest.iter().filter(|size| size.known().is_none()).count() > 1 {
        return Err(
            call.refused("more than one of its sizes is not known; export with fixed shapes")
        );
    }
    // What is left takes what is known of the rest.
    let known: Option<i64> = rest
        .iter()
        .filter_map(|size| size.known())
        .try_fold(1_i64, i64::checked_mul);
    let elements = x
        .shape
        .num_elements()
        .and_then(|elements| i64::try_from(elements).ok());
    if let (Some(known), Some(elements)) = (known.filter(|known| *known > 0), elements) {
        for size in rest.iter_mut().filter(|size| size.known().is_none()) {
            *size = Size::Known(elements / known);
        }
    }
    let behind = |sizes: &[Size], batch: usize| [&sizes[..batch], &sizes[batch + 1..]].concat();
    if place == batch && rest == behind(&own, batch) {
        return Ok(x.clone());
    }
    if x.is_flat && place == 0 && rest == behind(&x.axes(), 0) {
        return Ok(Value {
            is_flat: false,
            scaled: None,
            ..x.clone()
        });
    }
    if place == 0 && batch == 0 && rest.len() == 1 {
        return folded(call, x.clone());
    }
    let before = |sizes: &[Size]| -> Option<i64> {
        sizes
            .iter()
            .try_fold(1_i64, |all, size| all.checked_mul(size.known()?))
    };
    let is_kept = own[..batch] == rest[..place]
        || before(&own[..batch]).is_some_and(|all| before(&rest[..place]) == Some(all));
    if !is_kept {
        return Err(call.refused(
            "it mixes samples with other axes, which no layer does; export with the batch first",
        ));
    }
    let x = call.in_order(x)?;
    let sizes: Option<Vec<Option<usize>>> = rest
        .iter()
        .map(|size| match size.known() {
            Some(size) => usize::try_from(size)
                .ok()
                .filter(|size| *size > 0)
                .map(Some),
            None => Some(None),
        })
        .collect();
    let sizes = sizes.ok_or_else(|| call.refused("one of its sizes is below 1"))?;
    let rank = sizes.len() + 1;
    let y = call.reshaped(&x, sizes)?;
    Ok(Value {
        order: in_order(place, rank),
        ..y
    })
}

/// Which axis of the target are the samples.
fn samples_of(
    call: &NodeCall<'_, '_>,
    x: &Value,
    own: &[Size],
    batch: usize,
    target: &[Size],
) -> Result<usize, FormatProblem> {
    if let Some(place) = target.iter().position(|size| *size == Size::Batch) {
        return Ok(place);
    }
    let others = |place: usize| -> Option<i64> {
        let rest = target
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != place);
        rest.map(|(_, size)| size.known())
            .try_fold(1_i64, |all, size| all.checked_mul(size?))
    };
    let elements = x
        .shape
        .num_elements()
        .and_then(|elements| i64::try_from(elements).ok());
    // What is left over is as many as there are samples.
    let open = target.iter().position(|size| *size == Size::Unknown);
    if let Some(open) = open
        && elements.is_some()
        && others(open) == elements
    {
        return Ok(open);
    }
    // The number of samples that the file is made for.
    let fixed = call.import.batch_size.map(Size::Known);
    let is_at = |place: usize| fixed.is_some() && target.get(place).copied() == fixed;
    if is_at(batch) {
        return Ok(batch);
    }
    Err(call.refused(format!(
        "its shape {:?} does not say where the samples are, expected -1 or 0 in their place beside the sizes {:?}; export with \
         a dynamic batch",
        target.iter().map(|size| size.known()).collect::<Vec<_>>(),
        own.iter().map(|size| size.known()).collect::<Vec<_>>()
    )))
}
