//! `GroupNormalization` and `InstanceNormalization`: by the mean and the variance of each sample's groups of channels.

use firebrick_model::WeightValue;
use serde_json::json;

use super::activation::decimal;
use crate::onnx::reading::layers::Described;
use crate::onnx::reading::node_call::{Given, NodeCall};

pub(in super::super) fn group(call: &mut NodeCall<'_, '_>) -> Given {
    let groups = call.int("num_groups", 0)?;
    let _ = call.int("stash_type", 1)?;
    normalized(call, Some(groups))
}

/// Each channel by itself.
pub(in super::super) fn instance(call: &mut NodeCall<'_, '_>) -> Given {
    normalized(call, None)
}

fn normalized(call: &mut NodeCall<'_, '_>, groups: Option<i64>) -> Given {
    let epsilon = decimal(call.float("epsilon", 1e-5)?);
    let x = call.value(0)?;
    let x = call.channels_last(&x)?;
    let channels = x.shape.last();
    let channels = channels.ok_or_else(|| {
        call.refused("the number of channels is not known; export with fixed shapes")
    })?;
    let mut weights = Vec::new();
    for (input, name) in [(1, "gamma"), (2, "beta")] {
        let values = call.weight(input)?.into_values();
        // Before opset 21 there was one number a group.
        let each = channels
            .checked_div(values.len())
            .filter(|each| each * values.len() == channels);
        let each = each.ok_or_else(|| {
            call.refused(format!(
                "its input {input} has {} numbers, expected {channels}",
                values.len()
            ))
        })?;
        let values: Vec<f32> = values
            .iter()
            .flat_map(|value| std::iter::repeat_n(*value, each))
            .collect();
        weights.push((name.to_owned(), WeightValue::new([channels], values)?));
    }
    let described = Described {
        class_name: "GroupNormalization".to_owned(),
        config: json!({"groups": groups.unwrap_or(-1), "axis": -1, "epsilon": epsilon}),
        weights,
        name: call.name_after(call.input_name(1)),
        source: call.node.input[1..].join(" "),
    };
    Ok(vec![call.one(described, &x)?.into()])
}
