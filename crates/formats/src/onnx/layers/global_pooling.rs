//! Poolings of whole axes, and of as many parts as are asked for.

use serde::Deserialize;

use super::super::attribute::{int, whole};
use super::super::layer_call::LayerCall;
use super::super::proto::FLOAT;
use super::super::value::{Layout, Value};
use super::window::Sizes;
use crate::error::FormatProblem;

/// Each part is an operator of its own.
const MAX_PARTS: usize = 1024;

#[derive(Deserialize)]
struct Global {
    #[serde(default)]
    keepdims: bool,
}

#[derive(Deserialize)]
struct Adaptive {
    output_size: Sizes,
}

/// One number for all places of a channel.
pub(super) fn global(
    call: &mut LayerCall<'_>,
    x: &Value,
    operator: &str,
) -> Result<Value, FormatProblem> {
    let arguments: Global = call.arguments()?;
    let places = x.first_place()..x.first_place() + x.places().len();
    let places: Vec<i64> = places.map(whole).collect();
    let y = call.output_shape();
    if let Some(mask) = &x.mask {
        return Ok(Value::new(mean_of_steps(call, x, mask, &arguments), y));
    }
    let axes = call.writer.ints(&places);
    let keepdims = vec![int("keepdims", arguments.keepdims.into())];
    let name = call.operator(operator, &[&x.name, &axes], keepdims);
    Ok(match x.layout {
        Layout::ChannelsFirst if arguments.keepdims => Value::channels_first(name, y),
        _ => Value::new(name, y),
    })
}

/// The mean of the steps that count.
fn mean_of_steps(call: &mut LayerCall<'_>, x: &Value, mask: &str, arguments: &Global) -> String {
    let own = call.channels_last(x);
    let axis = call.writer.ints(&[2]);
    let counts = call.plain("Unsqueeze", &[mask, &axis]);
    let zero = call.number(0.0);
    let kept = call.plain("Where", &[&counts, &own, &zero]);
    let counts = call.operator("Cast", &[&counts], vec![int("to", FLOAT.into())]);
    let axis = call.writer.ints(&[1]);
    let [sum, count] = [&kept, &counts].map(|x| {
        let keepdims = vec![int("keepdims", arguments.keepdims.into())];
        call.operator("ReduceSum", &[x, &axis], keepdims)
    });
    call.plain("Div", &[&sum, &count])
}

/// One number for each of so many parts of every axis, which may be of different sizes and overlap.
pub(super) fn adaptive(
    call: &mut LayerCall<'_>,
    x: &Value,
    operator: &str,
) -> Result<Value, FormatProblem> {
    let arguments: Adaptive = call.arguments()?;
    let mut name = call.channels_first(x);
    let places = x.places().to_vec();
    let output_size = arguments.output_size.along(places.len());
    for (index, (place, num_parts)) in places.into_iter().zip(output_size).enumerate() {
        let size = place.ok_or_else(|| {
            call.refused("its parts depend on a size that is not known; give the input its sizes")
        })?;
        if num_parts > MAX_PARTS {
            return Err(call.refused(format!(
                "it has {num_parts} parts along an axis, at most {MAX_PARTS} are written; choose fewer"
            )));
        }
        let axis = whole(index + 2);
        let parts: Vec<String> = (0..num_parts)
            .map(|part| {
                let start = part * size / num_parts;
                let end = ((part + 1) * size).div_ceil(num_parts);
                let bounds = [start, end].map(|bound| call.writer.ints(&[whole(bound)]));
                let axes = call.writer.ints(&[axis]);
                let own = call.plain("Slice", &[&name, &bounds[0], &bounds[1], &axes]);
                call.reduced(operator, &own, &[axis])
            })
            .collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        name = call.operator("Concat", &parts, vec![int("axis", axis)]);
    }
    Ok(Value::channels_first(name, call.output_shape()))
}
