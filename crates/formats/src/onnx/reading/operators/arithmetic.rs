//! `Add`, `Sub`, `Mul`, `Div` and `Neg`, of two values or with numbers of the file.

use super::affine::{Step, with_constant, with_number};
use super::gaussian_error;
use super::merging;
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::sizes::{Size, Sizes};
use crate::onnx::reading::value::Held;

pub(in super::super) fn add(call: &mut NodeCall<'_, '_>) -> Given {
    if call.import.absorbed.contains(&call.place) {
        // The layer before it has the bias.
        let held = call.held(0)?;
        let other = call.held(1)?;
        return Ok(vec![if matches!(held, Held::Value(_)) {
            held
        } else {
            other
        }]);
    }
    calculated(call, [Some(Step::Plus), Some(Step::Plus)], "Add")
}

pub(in super::super) fn subtract(call: &mut NodeCall<'_, '_>) -> Given {
    calculated(call, [Some(Step::Minus), Some(Step::From)], "Subtract")
}

pub(in super::super) fn multiply(call: &mut NodeCall<'_, '_>) -> Given {
    calculated(call, [Some(Step::Times), Some(Step::Times)], "Multiply")
}

pub(in super::super) fn divide(call: &mut NodeCall<'_, '_>) -> Given {
    calculated(call, [Some(Step::Over), None], "Divide")
}

pub(in super::super) fn negative(call: &mut NodeCall<'_, '_>) -> Given {
    let x = call.value(0)?;
    Ok(vec![with_number(call, &x, 0.0, Step::From)?.into()])
}

/// What is done where the constant comes second, where it comes first, and of two values.
fn calculated(call: &mut NodeCall<'_, '_>, steps: [Option<Step>; 2], merge: &str) -> Given {
    let (one, other) = (call.held(0)?, call.held(1)?);
    if let Some(held) = gaussian_error::continued(call, &one, &other, merge)? {
        return Ok(vec![held]);
    }
    if let (Some(one), Some(other)) = (sizes(&one), sizes(&other)) {
        return counted(call, &one, &other, merge);
    }
    for (place, step) in steps.into_iter().enumerate() {
        let constant = [&other, &one][place];
        if matches!(
            constant,
            Held::Value(_) | Held::Erf { .. } | Held::ErfPlusOne { .. } | Held::Above { .. }
        ) {
            continue;
        }
        let x = call.value(place)?;
        let Some(step) = step else {
            return Err(
                call.refused("it divides a constant by a computed value, which no layer does")
            );
        };
        let constant = call.find_constant(1 - place)?;
        let constant = constant.ok_or_else(|| call.refused("an input is missing"))?;
        return Ok(vec![with_constant(call, &x, &constant, step)?.into()]);
    }
    if merge == "Divide" {
        return Err(call.refused("it divides by a computed value, which no layer does"));
    }
    merging::merged(call, merge)
}

/// The sizes that something is, but not a number alone that is a weight.
fn sizes(held: &Held) -> Option<Sizes> {
    match held {
        Held::Sizes(sizes) => Some(sizes.clone()),
        Held::Constant(constant) => Sizes::of(constant),
        Held::Value(_)
        | Held::Filled(_)
        | Held::Erf { .. }
        | Held::ErfPlusOne { .. }
        | Held::Above { .. } => None,
    }
}

/// Sizes computed of sizes.
fn counted(call: &NodeCall<'_, '_>, one: &Sizes, other: &Sizes, merge: &str) -> Given {
    let length = one.all.len().max(other.all.len());
    let at = |sizes: &Sizes, place: usize| match sizes.all[..] {
        [single] => Some(single),
        _ => sizes.all.get(place).copied(),
    };
    let all: Option<Vec<Size>> = (0..length)
        .map(|place| {
            let (one, other) = (at(one, place)?, at(other, place)?);
            let (Some(a), Some(b)) = (one.known(), other.known()) else {
                return Some(Size::Unknown);
            };
            let known = match merge {
                "Add" => a.checked_add(b),
                "Subtract" => a.checked_sub(b),
                "Multiply" => a.checked_mul(b),
                _ => a.checked_div(b),
            };
            known.map(Size::Known)
        })
        .collect();
    let all =
        all.ok_or_else(|| call.refused("its sizes do not fit together; export with fixed shapes"))?;
    Ok(vec![Held::Sizes(Sizes {
        all,
        is_single: one.is_single && other.is_single,
    })])
}
