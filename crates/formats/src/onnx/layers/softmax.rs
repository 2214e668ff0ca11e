//! Shares of a whole.

use firebrick_model::Axes;
use serde::Deserialize;

use super::super::attribute::{int, single, whole};
use super::super::layer_call::LayerCall;
use super::super::value::Value;
use super::normalization::axes_of;
use crate::error::FormatProblem;

#[derive(Deserialize)]
struct Arguments {
    axis: Axes,
}

/// The layer, along one axis or several.
pub(super) fn layer(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let axes = axes_of(call, &arguments.axis, x)?;
    let own = call.channels_last(x);
    let name = if let [axis] = axes[..] {
        call.operator("Softmax", &[&own], vec![int("axis", whole(axis))])
    } else {
        let axes: Vec<i64> = axes.into_iter().map(whole).collect();
        let largest = call.reduced("ReduceMax", &own, &axes);
        let below = call.plain("Sub", &[&own, &largest]);
        let powers = call.plain("Exp", &[&below]);
        let sum = call.reduced("ReduceSum", &powers, &axes);
        call.plain("Div", &[&powers, &sum])
    };
    Ok(Value::new(name, x.shape.clone()))
}

/// Sparsemax along the channels: with the values in descending order the threshold is the largest `(Σ x - 1) / k` of the
/// first k of them.
pub(super) fn sparse(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let channels = x.shape.last();
    let channels =
        channels.ok_or_else(|| call.refused("the size of its last axis is not known"))?;
    let own = call.channels_last(x);
    let count = call.writer.ints(&[whole(channels)]);
    let sorted = call.operators("TopK", &[&own, &count], vec![int("axis", -1)], 2);
    let last = call.writer.int(-1);
    let sums = call.plain("CumSum", &[&sorted[0], &last]);
    let sums = call.with_number("Sub", &sums, 1.0);
    let counts: Vec<f32> = (1..=channels).map(|count| single(count as f64)).collect();
    let counts = call.floats("counts", &[channels], &counts);
    let thresholds = call.plain("Div", &[&sums, &counts]);
    let threshold = call.reduced("ReduceMax", &thresholds, &[-1]);
    let above = call.plain("Sub", &[&own, &threshold]);
    let name = call.plain("Relu", &[&above]);
    Ok(Value::new(name, x.shape.clone()))
}
