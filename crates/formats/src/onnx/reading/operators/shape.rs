//! `Shape`: the sizes of a value.

use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::sizes::{Size, Sizes};
use crate::onnx::reading::value::{Held, axis_within};

pub(in super::super) fn shape(call: &mut NodeCall<'_, '_>) -> Given {
    let (start, end) = (call.int("start", 0)?, call.find_int("end")?);
    let sizes = match call.held(0)? {
        Held::Value(x) => x.sizes(),
        Held::Constant(constant) => constant
            .shape
            .iter()
            .map(|size| Size::of(Some(*size)))
            .collect(),
        Held::Sizes(sizes) => vec![Size::of(Some(sizes.all.len()))],
        Held::Filled(_) | Held::Erf { .. } | Held::ErfPlusOne { .. } | Held::Above { .. } => {
            return Err(call.refused(
                "it asks for the shape of something that has none here; fold the constants before",
            ));
        }
    };
    let bound = |axis: i64| {
        axis_within(axis, sizes.len()).unwrap_or(if axis < 0 { 0 } else { sizes.len() })
    };
    let (start, end) = (bound(start), end.map_or(sizes.len(), bound));
    let part = sizes.get(start..end).unwrap_or_default();
    Ok(vec![Held::Sizes(Sizes::row(part.to_vec()))])
}
