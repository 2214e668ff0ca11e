//! Windows side by side, each of which leaves one number a channel.

use firebrick_model::layers::Padding;
use serde::Deserialize;

use super::super::attribute::int;
use super::super::layer_call::LayerCall;
use super::super::proto::Attribute;
use super::super::value::Value;
use super::window::{Sizes, Window};
use crate::error::FormatProblem;

#[derive(Deserialize)]
struct Arguments {
    pool_size: Sizes,
    strides: Option<Sizes>,
    padding: Padding,
}

/// The largest number of each window.
pub(super) fn maxima(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    pooled(call, x, "MaxPool", None)
}

/// The mean of each window, without what lies beyond the edges.
pub(super) fn averages(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    pooled(call, x, "AveragePool", Some(int("count_include_pad", 0)))
}

fn pooled(
    call: &mut LayerCall<'_>,
    x: &Value,
    operator: &str,
    further: Option<Attribute>,
) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let num_axes = x.places().len();
    let strides = arguments.strides.as_ref().unwrap_or(&arguments.pool_size);
    let window = Window {
        size: arguments.pool_size.along(num_axes),
        strides: strides.along(num_axes),
        dilation: vec![1; num_axes],
        padding: arguments.padding,
    };
    let mut attributes = window.attributes(x.places());
    attributes.extend(further);
    let own = call.channels_first(x);
    let name = call.operator(operator, &[&own], attributes);
    Ok(Value::channels_first(name, call.output_shape()))
}
