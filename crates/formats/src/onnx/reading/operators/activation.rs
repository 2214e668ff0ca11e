//! Functions of every element.

use serde_json::{Value as Json, json};

use crate::error::FormatProblem;
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::value::Value;

/// An operator without attributes.
pub(in super::super) fn function(call: &mut NodeCall<'_, '_>) -> Given {
    let name = match call.operator() {
        "Exp" => "exponential",
        "HardSwish" => "hard_silu",
        "Mish" => "mish",
        "Relu" => "relu",
        "Sigmoid" => "sigmoid",
        "Softplus" => "softplus",
        "Softsign" => "softsign",
        _ => "tanh",
    };
    let x = call.value(0)?;
    let is_positive = matches!(name, "exponential" | "relu" | "sigmoid" | "softplus");
    let y = activated(call, &x, name)?;
    Ok(vec![Value { is_positive, ..y }.into()])
}

/// Whether an attribute is what a layer has fixed, as far as single floats tell; what is no number is not.
pub(super) fn is_near(value: f32, expected: f32) -> bool {
    (value - expected).abs() < 1e-6
}

/// The layer of a function by its name, whatever the order of axes.
///
/// # Errors
/// None but those of layers.
pub(super) fn activated(
    call: &mut NodeCall<'_, '_>,
    x: &Value,
    name: &str,
) -> Result<Value, FormatProblem> {
    call.plain("Activation", json!({"activation": name}), x)
}

pub(in super::super) fn leaky(call: &mut NodeCall<'_, '_>) -> Given {
    let slope = decimal(call.float("alpha", 0.01)?);
    bent(call, "LeakyReLU", json!({"negative_slope": slope}))
}

pub(in super::super) fn elu(call: &mut NodeCall<'_, '_>) -> Given {
    let alpha = decimal(call.float("alpha", 1.0)?);
    bent(call, "ELU", json!({"alpha": alpha}))
}

pub(in super::super) fn celu(call: &mut NodeCall<'_, '_>) -> Given {
    let alpha = call.float("alpha", 1.0)?;
    if !is_near(alpha, 1.0) {
        return Err(
            call.refused_attribute("alpha", format!("is {alpha}, expected 1; choose an Elu"))
        );
    }
    bent(call, "Activation", json!({"activation": "celu"}))
}

pub(in super::super) fn selu(call: &mut NodeCall<'_, '_>) -> Given {
    let (alpha, gamma) = (
        call.float("alpha", 1.673_263_2)?,
        call.float("gamma", 1.050_701)?,
    );
    if (alpha - 1.673_263_2).abs() > 1e-5 || (gamma - 1.050_701).abs() > 1e-5 {
        return Err(call.refused_attribute(
            "alpha",
            "or `gamma` are not those that keep mean and variance; choose an Elu",
        ));
    }
    bent(call, "Activation", json!({"activation": "selu"}))
}

pub(in super::super) fn gelu(call: &mut NodeCall<'_, '_>) -> Given {
    let name = match call.text("approximate", "none")?.as_str() {
        "none" => "gelu",
        "tanh" => "gelu_approximate",
        other => {
            return Err(call.refused_attribute(
                "approximate",
                format!("is `{other}`, expected none or tanh"),
            ));
        }
    };
    bent(call, "Activation", json!({"activation": name}))
}

pub(in super::super) fn swish(call: &mut NodeCall<'_, '_>) -> Given {
    let alpha = call.float("alpha", 1.0)?;
    if !is_near(alpha, 1.0) {
        return Err(call.refused_attribute("alpha", format!("is {alpha}, expected 1")));
    }
    bent(call, "Activation", json!({"activation": "silu"}))
}

pub(in super::super) fn thresholded(call: &mut NodeCall<'_, '_>) -> Given {
    let threshold = decimal(call.float("alpha", 1.0)?);
    bent(call, "ReLU", json!({"threshold": threshold}))
}

pub(in super::super) fn shrink(call: &mut NodeCall<'_, '_>) -> Given {
    let name = match [call.float("lambd", 0.5)?, call.float("bias", 0.0)?] {
        [0.5, 0.0] => "hard_shrink",
        [0.5, 0.5] => "soft_shrink",
        other => {
            return Err(call.refused_attribute(
                "lambd",
                format!("and `bias` are {other:?}, expected 0.5 with 0 or 0.5"),
            ));
        }
    };
    bent(call, "Activation", json!({"activation": name}))
}

/// `max(0, min(1, alpha · x + beta))`; Keras' has a slope of 1/6 and adds 1/2.
pub(in super::super) fn hard_sigmoid(call: &mut NodeCall<'_, '_>) -> Given {
    let (alpha, beta) = (call.float("alpha", 0.2)?, call.float("beta", 0.5)?);
    let x = call.value(0)?;
    let y = if is_near(alpha, 1.0 / 6.0) && is_near(beta, 0.5) {
        activated(call, &x, "hard_sigmoid")?
    } else {
        let config = json!({
            "scale": 6.0 * decimal(alpha),
            "offset": 6.0 * decimal(beta) - 3.0,
        });
        let own = call.plain("Rescaling", config, &x)?;
        activated(call, &own, "hard_sigmoid")?
    };
    Ok(vec![
        Value {
            is_positive: true,
            ..y
        }
        .into(),
    ])
}

fn bent(call: &mut NodeCall<'_, '_>, class_name: &str, config: Json) -> Given {
    let x = call.value(0)?;
    Ok(vec![call.plain(class_name, config, &x)?.into()])
}

/// The shortest number that is this one in single precision: 0.01 rather than 0.009999999776.
pub(super) fn decimal(number: f32) -> f64 {
    number
        .to_string()
        .parse()
        .unwrap_or_else(|_| f64::from(number))
}
