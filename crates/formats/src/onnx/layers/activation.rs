//! Functions of every element, and of the channels.

use firebrick_model::Activation;
use serde::Deserialize;

use super::super::attribute::{float, int, text};
use super::super::layer_call::LayerCall;
use super::super::value::Value;
use super::softmax;
use crate::error::FormatProblem;

/// The arguments of the layers that are a function.
#[derive(Deserialize)]
struct Arguments {
    activation: Option<Activation>,
    alpha: Option<f64>,
    max_value: Option<f64>,
    #[serde(default)]
    negative_slope: f64,
    #[serde(default)]
    threshold: f64,
}

/// A layer that is a function.
pub(super) fn layer(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let activation = match call.layer.class_name() {
        "ELU" => Activation::Elu {
            alpha: arguments.alpha.unwrap_or(1.0),
        },
        "LeakyReLU" => Activation::LeakyRelu {
            negative_slope: arguments.negative_slope,
        },
        "ReLU" => Activation::BentRelu {
            max_value: arguments.max_value,
            negative_slope: arguments.negative_slope,
            threshold: arguments.threshold,
        },
        _ => arguments.activation.unwrap_or(Activation::Linear),
    };
    activated(call, activation, x)
}

/// A layer whose slopes below 0 are learned.
pub(super) fn parametric(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let slopes = call.constant("alpha")?;
    let own = call.channels_last(x);
    let name = call.plain("PRelu", &[&own, &slopes]);
    Ok(Value::new(name, x.shape.clone()))
}

/// A value after a function.
///
/// # Errors
/// A function that ONNX has no operators for.
pub(super) fn activated(
    call: &mut LayerCall<'_>,
    activation: Activation,
    x: &Value,
) -> Result<Value, FormatProblem> {
    let axis = || vec![int("axis", x.channel_axis())];
    let name = match activation {
        Activation::Linear => x.name.clone(),
        Activation::Softmax => call.operator("Softmax", &[&x.name], axis()),
        Activation::LogSoftmax => call.operator("LogSoftmax", &[&x.name], axis()),
        Activation::Sparsemax => return softmax::sparse(call, x),
        Activation::Glu => {
            let halves = [axis(), vec![int("num_outputs", 2)]].concat();
            let halves = call.operators("Split", &[&x.name], halves, 2);
            let gate = call.plain("Sigmoid", &[&halves[1]]);
            let shape = x.shape.clone();
            let half = shape.last().unwrap_or_default() / 2;
            return Ok(Value {
                shape: shape.with_last(half),
                ..x.with_name(call.plain("Mul", &[&halves[0], &gate]))
            });
        }
        elementwise => match function(call, elementwise, &x.name) {
            Some(name) => name,
            None => {
                return Err(call.refused(format!(
                    "its activation `{activation}` is not written by operators of ONNX; choose another"
                )));
            }
        },
    };
    Ok(x.with_name(name))
}

/// A function of every element.
fn function(call: &mut LayerCall<'_>, activation: Activation, x: &str) -> Option<String> {
    Some(match activation {
        Activation::Linear => x.to_owned(),
        Activation::Sigmoid => call.plain("Sigmoid", &[x]),
        Activation::Relu => call.plain("Relu", &[x]),
        Activation::Tanh => call.plain("Tanh", &[x]),
        Activation::Gelu => call.operator("Gelu", &[x], vec![text("approximate", "none")]),
        Activation::GeluApproximate => {
            call.operator("Gelu", &[x], vec![text("approximate", "tanh")])
        }
        Activation::Silu => {
            let gate = call.plain("Sigmoid", &[x]);
            call.plain("Mul", &[x, &gate])
        }
        Activation::Elu { alpha } => call.operator("Elu", &[x], vec![float("alpha", alpha)]),
        Activation::Celu => call.operator("Elu", &[x], vec![float("alpha", 1.0)]),
        Activation::Selu => call.plain("Selu", &[x]),
        Activation::LeakyRelu { negative_slope } => leaky(call, x, negative_slope),
        Activation::BentRelu {
            max_value,
            negative_slope,
            threshold,
        } => bent(call, x, max_value, [negative_slope, threshold]),
        Activation::Softplus => call.plain("Softplus", &[x]),
        Activation::Softsign => call.plain("Softsign", &[x]),
        Activation::Mish => call.plain("Mish", &[x]),
        Activation::Exponential => call.plain("Exp", &[x]),
        Activation::HardSigmoid => hard_sigmoid(call, x, 1.0 / 6.0),
        Activation::SparseSigmoid => hard_sigmoid(call, x, 0.5),
        Activation::HardSilu => call.plain("HardSwish", &[x]),
        Activation::HardTanh => clipped(call, x, [-1.0, 1.0]),
        Activation::Relu6 => clipped(call, x, [0.0, 6.0]),
        Activation::LogSigmoid => {
            let turned = call.plain("Neg", &[x]);
            let turned = call.plain("Softplus", &[&turned]);
            call.plain("Neg", &[&turned])
        }
        Activation::SoftShrink => shrunk(call, x, 0.5),
        Activation::HardShrink => shrunk(call, x, 0.0),
        Activation::SparsePlus => {
            let inner = clipped(call, x, [-1.0, 1.0]);
            let inner = call.with_number("Add", &inner, 1.0);
            let inner = call.plain("Mul", &[&inner, &inner]);
            let inner = call.with_number("Mul", &inner, 0.25);
            let above = call.with_number("Sub", x, 1.0);
            let above = call.plain("Relu", &[&above]);
            call.plain("Add", &[&inner, &above])
        }
        Activation::Squareplus => {
            let square = call.plain("Mul", &[x, x]);
            let square = call.with_number("Add", &square, 4.0);
            let root = call.plain("Sqrt", &[&square]);
            let sum = call.plain("Add", &[x, &root]);
            call.with_number("Mul", &sum, 0.5)
        }
        Activation::TanhShrink => {
            let bent = call.plain("Tanh", &[x]);
            call.plain("Sub", &[x, &bent])
        }
        Activation::Threshold {
            threshold,
            default_value,
        } => {
            let is_above = call.with_number("Greater", x, threshold);
            let default_value = call.number(default_value);
            call.plain("Where", &[&is_above, x, &default_value])
        }
        _ => return None,
    })
}

fn leaky(call: &mut LayerCall<'_>, x: &str, negative_slope: f64) -> String {
    call.operator("LeakyRelu", &[x], vec![float("alpha", negative_slope)])
}

fn hard_sigmoid(call: &mut LayerCall<'_>, x: &str, slope: f64) -> String {
    let attributes = vec![float("alpha", slope), float("beta", 0.5)];
    call.operator("HardSigmoid", &[x], attributes)
}

/// Towards 0 beyond 0.5 of it, and 0 within.
fn shrunk(call: &mut LayerCall<'_>, x: &str, bias: f64) -> String {
    let attributes = vec![float("lambd", 0.5), float("bias", bias)];
    call.operator("Shrink", &[x], attributes)
}

fn clipped(call: &mut LayerCall<'_>, x: &str, ends: [f64; 2]) -> String {
    let [least, most] = ends.map(|end| call.number(end));
    call.plain("Clip", &[x, &least, &most])
}

/// Keras' `relu` with its slope and its threshold.
fn bent(
    call: &mut LayerCall<'_>,
    x: &str,
    max_value: Option<f64>,
    [negative_slope, threshold]: [f64; 2],
) -> String {
    let is_plain = threshold == 0.0 && negative_slope == 0.0;
    let above = match max_value {
        None if is_plain => return call.plain("Relu", &[x]),
        None if threshold == 0.0 => return leaky(call, x, negative_slope),
        Some(max_value) if is_plain => return clipped(call, x, [0.0, max_value]),
        max_value => {
            let is_above = call.with_number("Greater", x, threshold);
            let zero = call.number(0.0);
            let above = call.plain("Where", &[&is_above, x, &zero]);
            match max_value {
                Some(max_value) => call.with_number("Min", &above, max_value),
                None => above,
            }
        }
    };
    if negative_slope == 0.0 {
        return above;
    }
    let below = call.number(threshold);
    let below = call.plain("Sub", &[&below, x]);
    let below = call.plain("Relu", &[&below]);
    let below = call.with_number("Mul", &below, negative_slope);
    call.plain("Sub", &[&above, &below])
}
