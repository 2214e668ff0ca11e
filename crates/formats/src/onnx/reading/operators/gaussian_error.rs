//! `Erf`, of which older opsets make a `Gelu`: `x / 2 · (1 + erf(x / √2))`.

use std::f32::consts::FRAC_1_SQRT_2;

use super::activation::activated;
use super::affine::{Step, with_number};
use crate::error::FormatProblem;
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::value::{Held, Value};

pub(in super::super) fn error_function(call: &mut NodeCall<'_, '_>) -> Given {
    let scaled = call.value(0)?.scaled;
    match scaled {
        Some((x, factor)) if (factor - FRAC_1_SQRT_2).abs() < 1e-5 => Ok(vec![Held::Erf { x: *x }]),
        _ => Err(call.refused(
            "it stands for no Gelu, which is all that it is taken over as; export with opset 20",
        )),
    }
}

/// The next part of a `Gelu`, if one of the two is made of an `Erf`.
///
/// # Errors
/// None but those of layers.
pub(super) fn continued(
    call: &mut NodeCall<'_, '_>,
    one: &Held,
    other: &Held,
    merge: &str,
) -> Result<Option<Held>, FormatProblem> {
    Ok(match (merge, one, other) {
        ("Add", Held::Erf { x }, Held::Constant(number))
        | ("Add", Held::Constant(number), Held::Erf { x })
            if number.number() == Some(1.0) =>
        {
            Some(Held::ErfPlusOne {
                x: x.clone(),
                factor: 1.0,
            })
        }
        ("Multiply", Held::ErfPlusOne { x, factor }, other)
        | ("Multiply", other, Held::ErfPlusOne { x, factor }) => match other {
            Held::Constant(number) => number.number().map(|number| Held::ErfPlusOne {
                x: x.clone(),
                factor: factor * number,
            }),
            Held::Value(value) => match times(value, x) {
                Some(times) => {
                    let y = activated(call, x, "gelu")?;
                    Some(with_number(call, &y, 2.0 * factor * times, Step::Times)?.into())
                }
                None => None,
            },
            _ => None,
        },
        _ => None,
    })
}

/// How many times one value is another.
fn times(value: &Value, x: &Value) -> Option<f32> {
    if value.is_same(x) {
        return Some(1.0);
    }
    let (base, factor) = value.scaled.as_ref()?;
    base.is_same(x).then_some(*factor)
}
