//! Numbers that nodes give: `Constant`, `ConstantOfShape` and `Expand`.

use crate::onnx::reading::constant::{Constant, Numbers};
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::sizes::Size;
use crate::onnx::reading::value::{Held, Value};

pub(in super::super) fn constant(call: &mut NodeCall<'_, '_>) -> Given {
    let constant = match call.tensor("value")? {
        Some(constant) => constant,
        None => match (call.find_int("value_int")?, call.ints("value_ints")) {
            (Some(int), _) => Constant {
                shape: Vec::new(),
                numbers: Numbers::Ints(vec![int]),
            },
            (None, Some(ints)) => Constant::ints(ints.to_vec()),
            (None, None) => {
                let floats = call.floats("value_floats");
                if floats.is_empty() {
                    Constant {
                        shape: Vec::new(),
                        numbers: Numbers::Floats(vec![call.float("value_float", 0.0)?]),
                    }
                } else {
                    Constant {
                        shape: vec![floats.len()],
                        numbers: Numbers::Floats(floats.to_vec()),
                    }
                }
            }
        },
    };
    Ok(vec![Held::Constant(constant.into())])
}

/// One number in a shape, which is not spread out.
pub(in super::super) fn constant_of_shape(call: &mut NodeCall<'_, '_>) -> Given {
    let number = match call.tensor("value")? {
        Some(value) => value
            .number()
            .ok_or_else(|| call.refused_attribute("value", "is no single number"))?,
        None => 0.0,
    };
    Ok(vec![Held::Filled(number)])
}

/// A value in a shape that it has already, or one number in any.
pub(in super::super) fn expand(call: &mut NodeCall<'_, '_>) -> Given {
    let sizes = call
        .find_sizes(1)?
        .unwrap_or_else(|| crate::onnx::reading::sizes::Sizes::row(Vec::new()));
    match call.held(0)? {
        Held::Filled(number) => Ok(vec![Held::Filled(number)]),
        Held::Constant(constant) => {
            match &constant.numbers {
                Numbers::Floats(values)
                    if !values.is_empty()
                        && values
                            .iter()
                            .all(|value| value.to_bits() == values[0].to_bits()) =>
                {
                    Ok(vec![Held::Filled(values[0])])
                }
                _ => Err(call
                    .refused("it spreads a constant; fold the constants before, e.g. by onnxsim")),
            }
        }
        _ => {
            let x = call.value(0)?;
            if is_unchanged(&x, &sizes.all) {
                return Ok(vec![x.into()]);
            }
            Err(call.refused("it repeats a value along an axis, which no layer does; leave it to what takes the value"))
        }
    }
}

fn is_unchanged(x: &Value, sizes: &[Size]) -> bool {
    let own = x.sizes();
    let Some(skipped) = own.len().checked_sub(sizes.len()) else {
        return false;
    };
    let mut all = own[skipped..].iter().zip(sizes);
    all.all(|(own, wanted)| own == wanted || *wanted == Size::Known(1))
}
