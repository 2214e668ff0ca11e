//! The same numbers in other places.

use serde::Deserialize;

use super::super::attribute::{int, single, text, whole};
use super::super::layer_call::LayerCall;
use super::super::value::Value;
use super::window::Sizes;
use crate::error::FormatProblem;

#[derive(Deserialize)]
struct Arguments {
    #[serde(default)]
    dims: Vec<usize>,
    #[serde(default)]
    n: usize,
    cropping: Option<Margins>,
    padding: Option<Margins>,
    size: Option<Sizes>,
    interpolation: Option<String>,
}

/// What is before and after each axis; of a single axis as one pair.
#[derive(Deserialize)]
#[serde(untagged)]
enum Margins {
    One([usize; 2]),
    Each(Vec<[usize; 2]>),
}

impl Margins {
    fn sides(self) -> Vec<[usize; 2]> {
        match self {
            Self::One(sides) => vec![sides],
            Self::Each(sides) => sides,
        }
    }
}

/// All axes in one.
pub(super) fn flatten(call: &mut LayerCall<'_>, x: &Value) -> Value {
    let own = call.channels_last(x);
    let name = call.operator("Flatten", &[&own], vec![int("axis", 1)]);
    Value::new(name, call.output_shape())
}

/// Other sizes for the same numbers.
pub(super) fn reshape(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let shape = call.output_shape();
    let sizes = shape.axes().iter().map(|size| size.map_or(-1, whole));
    let sizes: Vec<i64> = [0].into_iter().chain(sizes).collect();
    if sizes.iter().filter(|size| **size == -1).count() > 1 {
        return Err(
            call.refused("more than one of its sizes is not known; give the input its sizes")
        );
    }
    let own = call.channels_last(x);
    let name = call.reshaped(&own, &sizes);
    Ok(Value::new(name, shape))
}

/// Axes in another order.
pub(super) fn permute(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let order: Vec<usize> = [0].into_iter().chain(arguments.dims).collect();
    let own = call.channels_last(x);
    let name = call.turned(&own, &order);
    Ok(Value::new(name, call.output_shape()))
}

/// A sample as each of so many steps.
pub(super) fn repeat_vector(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let axis = call.writer.ints(&[1]);
    let own = call.plain("Unsqueeze", &[&x.name, &axis]);
    let sizes = call.writer.ints(&[1, whole(arguments.n), 1]);
    let name = call.plain("Expand", &[&own, &sizes]);
    Ok(Value::new(name, call.output_shape()))
}

/// Without what is at the sides.
pub(super) fn cropping(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let sides = arguments.cropping.map(Margins::sides).unwrap_or_default();
    let axes: Vec<i64> = (0..sides.len())
        .map(|axis| whole(axis + x.first_place()))
        .collect();
    let starts: Vec<i64> = sides.iter().map(|[start, _]| whole(*start)).collect();
    let ends: Vec<i64> = sides
        .iter()
        .map(|[_, end]| if *end == 0 { i64::MAX } else { -whole(*end) })
        .collect();
    let [starts, ends, axes] = [starts, ends, axes].map(|list| call.writer.ints(&list));
    let name = call.plain("Slice", &[&x.name, &starts, &ends, &axes]);
    Ok(Value {
        shape: call.output_shape(),
        ..x.with_name(name)
    })
}

/// With zeros at the sides.
pub(super) fn zero_padding(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let sides = arguments.padding.map(Margins::sides).unwrap_or_default();
    let rank = x.shape.rank() + 1;
    let mut pads = vec![0; 2 * rank];
    for (axis, [before, after]) in sides.into_iter().enumerate() {
        pads[axis + x.first_place()] = whole(before);
        pads[rank + axis + x.first_place()] = whole(after);
    }
    let pads = call.writer.ints(&pads);
    let name = call.plain("Pad", &[&x.name, &pads]);
    Ok(Value {
        shape: call.output_shape(),
        ..x.with_name(name)
    })
}

/// Larger by whole factors.
pub(super) fn up_sampling(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let num_axes = x.places().len();
    let factors = arguments.size.unwrap_or(Sizes::All(2)).along(num_axes);
    let interpolation = arguments.interpolation.as_deref().unwrap_or("nearest");
    let attributes = match interpolation {
        "nearest" => vec![
            text("mode", "nearest"),
            text("coordinate_transformation_mode", "asymmetric"),
            text("nearest_mode", "floor"),
        ],
        "bilinear" => vec![
            text("mode", "linear"),
            text("coordinate_transformation_mode", "half_pixel"),
        ],
        other => {
            return Err(call.refused(format!(
                "its interpolation `{other}` is not written by operators of ONNX; choose nearest or bilinear"
            )));
        }
    };
    let own = call.channels_first(x);
    let scales: Vec<f32> = [1, 1]
        .into_iter()
        .chain(factors)
        .map(|factor| single(factor as f64))
        .collect();
    let scales = call.floats("scales", &[num_axes + 2], &scales);
    let name = call.operator("Resize", &[&own, "", &scales], attributes);
    Ok(Value::channels_first(name, call.output_shape()))
}
