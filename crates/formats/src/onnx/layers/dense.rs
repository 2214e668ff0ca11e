//! Products with a kernel.

use firebrick_model::Activation;
use serde::Deserialize;

use super::super::attribute::text;
use super::super::layer_call::LayerCall;
use super::super::proto::Attribute;
use super::super::value::Value;
use super::activation::activated;
use crate::error::FormatProblem;

#[derive(Deserialize)]
struct Arguments {
    activation: Activation,
    #[serde(default)]
    equation: String,
}

/// `activation(x · kernel + bias)`
pub(super) fn dense(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let units = call.weight("kernel")?.shape()[1];
    let own = call.channels_last(x);
    let kernel = call.constant("kernel")?;
    let bias = call.find_constant("bias");
    let name = match bias {
        Some(bias) if x.shape.rank() == 1 => call.plain("Gemm", &[&own, &kernel, &bias]),
        Some(bias) => {
            let product = call.plain("MatMul", &[&own, &kernel]);
            call.plain("Add", &[&product, &bias])
        }
        None => call.plain("MatMul", &[&own, &kernel]),
    };
    let y = Value::new(name, x.shape.clone().with_last(units));
    activated(call, arguments.activation, &y)
}

/// A product by an equation.
pub(super) fn einsum(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let equation: Attribute = text("equation", &arguments.equation);
    let own = call.channels_last(x);
    let kernel = call.constant("kernel")?;
    let product = call.operator("Einsum", &[&own, &kernel], vec![equation]);
    let name = match call.find_constant("bias") {
        Some(bias) => call.plain("Add", &[&product, &bias]),
        None => product,
    };
    let shape = call.output_shape();
    let y = activated(call, arguments.activation, &Value::new(name, shape.clone()))?;
    Ok(Value { shape, ..y })
}
