//! `Conv`: windows over all channels, over those of a group, or over each by itself.

use firebrick_model::WeightValue;
use serde_json::json;

use super::bias::bias_after;
use super::window::{Sides, Window, zeros_beside};
use crate::error::FormatProblem;
use crate::onnx::reading::layers::Described;
use crate::onnx::reading::node_call::{Given, NodeCall};
use crate::onnx::reading::value::Value;

pub(in super::super) fn convolution(call: &mut NodeCall<'_, '_>) -> Given {
    let x = call.value(0)?;
    let x = call.channels_last(&x)?;
    let num_axes = x.rank() - 2;
    let kernel = call.weight(1)?;
    let (filters, size) = match kernel.shape() {
        [filters, _, size @ ..]
            if size.len() == num_axes && kernel.shape().iter().all(|size| *size > 0) =>
        {
            (*filters, size.to_vec())
        }
        shape => {
            return Err(call.refused(format!(
                "its kernel has the shape {shape:?}, expected filters, channels and {num_axes} sizes"
            )));
        }
    };
    let window = Window::of(call, num_axes, Some(&size))?;
    let groups = usize::try_from(call.int("group", 1)?).unwrap_or(0);
    let (bias, from) = bias_of(call, &x, filters)?;
    let (x, padding) = padded(call, &x, &window)?;
    let channels = x.shape.last();
    let is_depthwise =
        num_axes < 3 && groups > 1 && channels == Some(groups) && kernel.shape()[1] == 1;
    let mut config = json!({
        "kernel_size": window.size,
        "strides": window.strides,
        "dilation_rate": window.dilation,
        "padding": padding,
        "use_bias": bias.is_some(),
    });
    let (class_name, kernel) = if is_depthwise && filters.is_multiple_of(groups) {
        config["depth_multiplier"] = json!(filters / groups);
        (
            format!("DepthwiseConv{num_axes}D"),
            by_channel(kernel, groups)?,
        )
    } else {
        config["filters"] = json!(filters);
        config["groups"] = json!(groups);
        (format!("Conv{num_axes}D"), filters_last(&kernel)?)
    };
    let mut weights = vec![("kernel".to_owned(), kernel)];
    weights.extend(bias.map(|bias| ("bias".to_owned(), bias)));
    let described = Described {
        class_name,
        config,
        weights,
        name: call.name_after(call.input_name(1)),
        source: format!("{} {from}", call.input_name(1)),
    };
    Ok(vec![call.one(described, &x)?.into()])
}

/// The bias of a node or of the one after it, and what it is called.
///
/// # Errors
/// One of another size.
pub(super) fn bias_of(
    call: &mut NodeCall<'_, '_>,
    x: &Value,
    filters: usize,
) -> Result<(Option<WeightValue>, String), FormatProblem> {
    let (bias, from) = match call.find_weight(2)? {
        Some(bias) => (bias.into_values(), call.input_name(2).to_owned()),
        None => match bias_after(call, 1, x.rank(), filters)? {
            Some(found) => found,
            None => return Ok((None, String::new())),
        },
    };
    if bias.len() != filters {
        return Err(call.refused(format!(
            "its bias has {} numbers, expected {filters}",
            bias.len()
        )));
    }
    Ok((Some(WeightValue::new([filters], bias)?), from))
}

/// What enters the windows, and Keras' word for what is beside it.
fn padded(
    call: &mut NodeCall<'_, '_>,
    x: &Value,
    window: &Window,
) -> Result<(Value, &'static str), FormatProblem> {
    let places = &x.shape.axes()[..x.rank() - 2];
    let sides = match window.sides(call, places)? {
        Sides::Same => return Ok((x.clone(), "same")),
        Sides::Each(sides) => sides,
    };
    if sides.iter().all(|sides| *sides == [0, 0]) {
        return Ok((x.clone(), "valid"));
    }
    if window.are_same(&sides, places) {
        return Ok((x.clone(), "same"));
    }
    if sides == [[window.span(0) - 1, 0]] && call.int("group", 1)? == 1 {
        return Ok((x.clone(), "causal"));
    }
    Ok((zeros_beside(call, x, &sides)?, "valid"))
}

/// A kernel `[filters, channels, size...]` as `[size..., channels, filters]`.
fn filters_last(kernel: &WeightValue) -> Result<WeightValue, FormatProblem> {
    let order: Vec<usize> = (2..kernel.shape().len()).chain([1, 0]).collect();
    Ok(kernel.transposed(&order)?)
}

/// A kernel `[channels · multiplier, 1, size...]` as `[size..., channels, multiplier]`.
fn by_channel(kernel: WeightValue, channels: usize) -> Result<WeightValue, FormatProblem> {
    let shape = kernel.shape().to_vec();
    let apart = [&[channels, shape[0] / channels], &shape[2..]].concat();
    let kernel = WeightValue::new(apart, kernel.into_values())?;
    let order: Vec<usize> = (2..shape.len()).chain([0, 1]).collect();
    Ok(kernel.transposed(&order)?)
}
