//! `scale · x + offset` with numbers of the file.

use firebrick_model::WeightValue;
use serde_json::json;

use super::activation::decimal;
use crate::error::FormatProblem;
use crate::onnx::reading::constant::{Constant, Numbers};
use crate::onnx::reading::layers::Described;
use crate::onnx::reading::node_call::NodeCall;
use crate::onnx::reading::value::Value;

/// What a batch normalization adds to its variance, which is above 0; with the variance it is exactly 1.
const EPSILON: f32 = 1.0 / 1024.0;

/// What is done with each element and its number `c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// `c · x`
    Times,
    /// `x / c`
    Over,
    /// `x + c`
    Plus,
    /// `x - c`
    Minus,
    /// `c - x`
    From,
}

impl Step {
    /// The factor and what is added.
    fn factors(self, number: f64) -> [f64; 2] {
        match self {
            Self::Times => [number, 0.0],
            Self::Over => [1.0 / number, 0.0],
            Self::Plus => [1.0, number],
            Self::Minus => [1.0, -number],
            Self::From => [-1.0, number],
        }
    }
}

/// A layer for one number or one for each place of an axis.
///
/// # Errors
/// Constants of other shapes, for which there is no layer.
pub(super) fn with_constant(
    call: &mut NodeCall<'_, '_>,
    x: &Value,
    constant: &Constant,
    step: Step,
) -> Result<Value, FormatProblem> {
    if let Some(number) = constant
        .number()
        .filter(|_| constant.shape.len() <= x.rank())
    {
        return with_number(call, x, number, step);
    }
    let x = call.unfolded(x)?;
    let rank = x.rank();
    let refused = |call: &NodeCall<'_, '_>| {
        call.refused(format!(
            "its constant has the shape {:?}, expected one number or one for each place along an axis; there is no layer that \
             {} others",
            constant.shape,
            if matches!(step, Step::Times | Step::Over) { "multiplies by" } else { "adds" }
        ))
    };
    let Some(missing) = rank.checked_sub(constant.shape.len()) else {
        return Err(refused(call));
    };
    let mut sized = constant
        .shape
        .iter()
        .enumerate()
        .filter(|(_, size)| **size != 1);
    let (Some((axis, &size)), None) = (sized.next(), sized.next()) else {
        return Err(refused(call));
    };
    let place = x.place(axis + missing).filter(|place| *place > 0);
    let place = place.filter(|place| x.shape.axes()[place - 1] == Some(size));
    let Some(place) = place else {
        return Err(refused(call));
    };
    let Numbers::Floats(values) = &constant.numbers else {
        return Err(refused(call));
    };
    let charged = call.import.charge(4 * values.len());
    charged.map_err(|reason| call.refused(reason))?;
    let [gamma, beta] = [0, 1].map(|which| {
        let all = values
            .iter()
            .map(|value| step.factors(f64::from(*value))[which]);
        all.map(crate::onnx::attribute::single)
            .collect::<Vec<f32>>()
    });
    let weights = [
        ("gamma", gamma),
        ("beta", beta),
        ("moving_mean", vec![0.0; size]),
        ("moving_variance", vec![1.0 - EPSILON; size]),
    ];
    let weights =
        weights.map(|(name, values)| Ok((name.to_owned(), WeightValue::new([size], values)?)));
    let described = Described {
        class_name: "BatchNormalization".to_owned(),
        config: json!({"axis": place, "epsilon": EPSILON}),
        weights: weights
            .into_iter()
            .collect::<Result<_, firebrick_model::ModelError>>()?,
        name: None,
        source: format!("{:?} {step:?}", call.node.input),
    };
    call.one(described, &x)
}

/// A layer for one number; factors that follow each other are one.
///
/// # Errors
/// None but those of layers.
pub(super) fn with_number(
    call: &mut NodeCall<'_, '_>,
    x: &Value,
    number: f32,
    step: Step,
) -> Result<Value, FormatProblem> {
    let [scale, offset] = step.factors(decimal(number));
    if offset == 0.0 && scale > 0.0 {
        let (base, before) = match &x.scaled {
            Some((base, factor)) => ((**base).clone(), f64::from(*factor)),
            None => (x.clone(), 1.0),
        };
        let factor = before * scale;
        if (factor - 1.0).abs() < 1e-7 {
            return Ok(base);
        }
        let y = call.plain("Rescaling", json!({"scale": factor}), &base)?;
        return Ok(Value {
            scaled: Some((
                Box::new(base.clone()),
                crate::onnx::attribute::single(factor),
            )),
            is_positive: base.is_positive,
            ..y
        });
    }
    let y = call.plain("Rescaling", json!({"scale": scale, "offset": offset}), x)?;
    Ok(Value {
        is_positive: x.is_positive && scale > 0.0 && offset > 0.0,
        ..y
    })
}
