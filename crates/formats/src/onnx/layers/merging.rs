//! Layers that make one value of several.

use firebrick_model::Axes;
use serde::Deserialize;

use super::super::attribute::{int, ints, tensor, whole};
use super::super::layer_call::LayerCall;
use super::super::proto::BOOL;
use super::super::value::{Layout, Value};
use super::merging_mask;
use super::normalization::by_length;
use crate::error::FormatProblem;

#[derive(Deserialize)]
struct Arguments {
    axis: Option<i64>,
    axes: Option<Axes>,
    #[serde(default)]
    normalize: bool,
}

/// Sums, products and the like, element by element.
pub(super) fn elementwise(
    call: &mut LayerCall<'_>,
    inputs: &[Value],
) -> Result<Value, FormatProblem> {
    let rank = inputs.iter().map(|x| x.shape.rank()).max().unwrap_or(1);
    let is_masked = inputs.iter().any(|x| x.mask.is_some());
    let has_rank = |x: &Value| x.shape.rank() == rank;
    let are_first = !is_masked && inputs.iter().all(|x| is_first(x) && has_rank(x));
    let names: Vec<String> = inputs
        .iter()
        .map(|x| {
            if are_first {
                return x.name.clone();
            }
            let own = call.channels_last(x);
            // Sizes of 1 after the batch, so that the last axes meet.
            let missing: Vec<i64> = (1..=rank - x.shape.rank()).map(whole).collect();
            if missing.is_empty() {
                return own;
            }
            let axes = call.writer.ints(&missing);
            call.plain("Unsqueeze", &[&own, &axes])
        })
        .collect();
    let all: Vec<&str> = names.iter().map(String::as_str).collect();
    let name = match call.layer.class_name() {
        "Maximum" | "Minimum" | "Multiply" if is_masked => {
            let masks: Vec<Option<&str>> = inputs.iter().map(|x| x.mask.as_deref()).collect();
            merging_mask::merged(call, &all, &masks, rank)
        }
        "Add" => call.plain("Sum", &all),
        "Average" => call.plain("Mean", &all),
        "Maximum" => call.plain("Max", &all),
        "Minimum" => call.plain("Min", &all),
        "Subtract" => call.plain("Sub", &all),
        "Multiply" => {
            let mut product = names[0].clone();
            for factor in &names[1..] {
                product = call.plain("Mul", &[&product, factor]);
            }
            product
        }
        _ => return Err(call.refused("it merges in a way that is not written; merge by an Add")),
    };
    // A step counts where it does in one of them.
    let masks: Option<Vec<&str>> = inputs.iter().map(|x| x.mask.as_deref()).collect();
    let mut mask: Option<String> = None;
    for other in masks.into_iter().flatten() {
        mask = Some(match mask {
            None => other.to_owned(),
            Some(mask) => call.plain("Or", &[&mask, other]),
        });
    }
    let layout = if are_first {
        Layout::ChannelsFirst
    } else {
        Layout::ChannelsLast
    };
    Ok(Value {
        layout,
        mask,
        ..Value::new(name, call.output_shape())
    })
}

fn is_first(x: &Value) -> bool {
    x.layout == Layout::ChannelsFirst
}

/// One behind the other along an axis.
pub(super) fn concatenate(
    call: &mut LayerCall<'_>,
    inputs: &[Value],
) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let shape = call.output_shape();
    let axis = Axes::from(arguments.axis.unwrap_or(-1)).within(shape.rank() + 1);
    let axis = axis.and_then(|axes| axes.first().copied());
    let axis = axis.ok_or_else(|| call.refused("its axis is none of its inputs"))?;
    let is_masked = inputs.iter().any(|x| x.mask.is_some());
    let are_first = axis == shape.rank() && !is_masked && inputs.iter().all(is_first);
    let names: Vec<String> = if are_first {
        inputs.iter().map(|x| x.name.clone()).collect()
    } else {
        inputs.iter().map(|x| call.channels_last(x)).collect()
    };
    let all: Vec<&str> = names.iter().map(String::as_str).collect();
    if are_first {
        let name = call.operator("Concat", &all, vec![int("axis", 1)]);
        return Ok(Value::channels_first(name, shape));
    }
    let name = call.operator("Concat", &all, vec![int("axis", whole(axis))]);
    let mask = joined_mask(call, inputs, &names, axis);
    Ok(Value {
        mask,
        ..Value::new(name, shape)
    })
}

/// Steps of what has no mask count.
fn joined_mask(
    call: &mut LayerCall<'_>,
    inputs: &[Value],
    names: &[String],
    axis: usize,
) -> Option<String> {
    inputs.iter().find_map(|x| x.mask.as_ref())?;
    let masks: Vec<String> = inputs
        .iter()
        .zip(names)
        .map(|(x, name)| match &x.mask {
            Some(mask) => mask.clone(),
            None => all_steps(call, name),
        })
        .collect();
    if axis == 1 {
        let all: Vec<&str> = masks.iter().map(String::as_str).collect();
        return Some(call.operator("Concat", &all, vec![int("axis", 1)]));
    }
    let mut masks = masks.into_iter();
    let first = masks.next()?;
    Some(masks.fold(first, |one, other| call.plain("Or", &[&one, &other])))
}

/// A mask of steps that all count.
fn all_steps(call: &mut LayerCall<'_>, x: &str) -> String {
    let sizes = vec![int("start", 0), int("end", 2)];
    let sizes = call.operator("Shape", &[x], sizes);
    let ones = vec![tensor("value", 1.0)];
    let ones = call.operator("ConstantOfShape", &[&sizes], ones);
    call.operator("Cast", &[&ones], vec![int("to", BOOL.into())])
}

/// Products summed along an axis of each.
pub(super) fn dot(call: &mut LayerCall<'_>, inputs: &[Value]) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let [one, other] = inputs else {
        return Err(call.refused("it is called on another number of values than 2"));
    };
    let axes = arguments.axes.unwrap_or(Axes::One(-1));
    let axes = axes.as_slice();
    let mut rows = Vec::new();
    for (place, x) in [one, other].into_iter().enumerate() {
        let axis = axes.get(place).or(axes.first()).copied().unwrap_or(-1);
        let axis = Axes::from(axis).within(x.shape.rank() + 1);
        let is_first = axis.is_some_and(|axes| axes == [1]);
        let mut own = call.channels_last(x);
        if x.shape.rank() == 1 {
            let before = call.writer.ints(&[1]);
            own = call.plain("Unsqueeze", &[&own, &before]);
        } else if is_first {
            own = call.turned(&own, &[0, 2, 1]);
        }
        if arguments.normalize {
            own = by_length(call, &own, &[2], 1e-12);
        }
        rows.push(own);
    }
    let perm = vec![ints("perm", [0, 2, 1])];
    let columns = call.operator("Transpose", &[&rows[1]], perm);
    let mut name = call.plain("MatMul", &[&rows[0], &columns]);
    let shape = call.output_shape();
    let gone = match [one.shape.rank(), other.shape.rank()] {
        [1, _] => Some(1),
        [_, 1] => Some(2),
        _ => None,
    };
    if let Some(axis) = gone {
        let axis = call.writer.ints(&[axis]);
        name = call.plain("Squeeze", &[&name, &axis]);
    }
    Ok(Value::new(name, shape))
}
