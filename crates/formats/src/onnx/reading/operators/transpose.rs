//! `Transpose`: axes in another order, which needs no layer.

use std::rc::Rc;

use crate::onnx::reading::constant::{Constant, Numbers};
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::value::{Held, Value};

pub(in super::super) fn transpose(call: &mut NodeCall<'_, '_>) -> Given {
    let perm = call.ints("perm").map(<[i64]>::to_vec);
    let held = call.held(0)?;
    let rank = match &held {
        Held::Value(x) => x.rank(),
        Held::Constant(constant) => constant.shape.len(),
        Held::Sizes(_)
        | Held::Filled(_)
        | Held::Erf { .. }
        | Held::ErfPlusOne { .. }
        | Held::Above { .. } => return Ok(vec![held]),
    };
    let perm: Option<Vec<usize>> = match perm {
        Some(perm) => perm
            .iter()
            .map(|axis| usize::try_from(*axis).ok())
            .collect(),
        None => Some((0..rank).rev().collect()),
    };
    let perm = perm.filter(|perm| {
        let mut sorted = perm.clone();
        sorted.sort_unstable();
        sorted.into_iter().eq(0..rank)
    });
    let perm =
        perm.ok_or_else(|| call.refused_attribute("perm", format!("is no order of {rank} axes")))?;
    if perm.is_sorted() {
        return Ok(vec![held]);
    }
    match held {
        Held::Value(_) => {
            let x = call.value(0)?;
            let x = call.unfolded(&x)?;
            let order = x
                .order
                .iter()
                .map(|axis| perm.iter().position(|own| own == axis));
            let order: Option<Vec<usize>> = order.collect();
            let order = order.ok_or_else(|| call.refused_attribute("perm", "misses an axis"))?;
            Ok(vec![
                Value {
                    order,
                    scaled: None,
                    ..x
                }
                .into(),
            ])
        }
        Held::Constant(constant) => {
            let charged = call.import.charge(constant.len());
            charged.map_err(|reason| call.refused(reason))?;
            let weight = constant.to_weight();
            let weight = weight
                .ok_or_else(|| call.refused("it turns whole numbers; fold the constants before"))?;
            let turned = weight.transposed(&perm)?;
            Ok(vec![Held::Constant(Rc::new(Constant {
                shape: turned.shape().to_vec(),
                numbers: Numbers::Floats(turned.into_values()),
            }))])
        }
        other => Ok(vec![other]),
    }
}
