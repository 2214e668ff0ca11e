//! A layer at each step.

use firebrick_model::Shape;
use firebrick_model::layers::AnyLayer;
use serde::Deserialize;

use super::super::attribute::{int, whole};
use super::super::layer_call::LayerCall;
use super::super::network;
use super::super::value::Value;
use crate::error::FormatProblem;

#[derive(Deserialize)]
struct Arguments {
    layer: AnyLayer,
}

/// Steps as samples, the layer, and steps again.
pub(super) fn time_distributed(
    call: &mut LayerCall<'_>,
    x: &Value,
) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let own = call.channels_last(x);
    let step: Shape = x.shape.axes()[1..].iter().copied().collect();
    let samples = step_shape(call, &step, -1)?;
    let steps = call.reshaped(&own, &samples);
    let path = format!("{}/{}", call.path, arguments.layer.default_name());
    let inner = vec![Value::new(steps, step)];
    let inner = network::called(&arguments.layer, &path, inner, call.weights, call.writer)?;
    let Ok([y]) = <[Value; 1]>::try_from(inner) else {
        return Err(call.refused("its layer gives several values"));
    };
    let name = call.channels_last(&y);
    let sizes = step_shape(call, &y.shape, 0)?;
    // Samples and steps are what they were.
    let bounds = vec![int("start", 0), int("end", 2)];
    let before = call.operator("Shape", &[&own], bounds);
    let after = call.writer.ints(&sizes[1..]);
    let shape = call.operator("Concat", &[&before, &after], vec![int("axis", 0)]);
    let name = call.plain("Reshape", &[&name, &shape]);
    Ok(Value::new(name, call.output_shape()))
}

/// The sizes of a batch of steps.
fn step_shape(call: &LayerCall<'_>, step: &Shape, batch: i64) -> Result<Vec<i64>, FormatProblem> {
    let sizes = step.axes().iter().map(|size| size.map(whole));
    let sizes: Option<Vec<i64>> = [Some(batch)].into_iter().chain(sizes).collect();
    sizes.ok_or_else(|| call.refused("a size of its steps is not known; give the input its sizes"))
}
