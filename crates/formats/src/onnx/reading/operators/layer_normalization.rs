//! `LayerNormalization`: by the mean and the variance of each sample along the last axes.

use firebrick_model::WeightValue;
use serde_json::json;

use super::activation::decimal;
use crate::onnx::reading::layers::Described;
use crate::onnx::reading::node_call::{Given, NodeCall};

pub(in super::super) fn layer(call: &mut NodeCall<'_, '_>) -> Given {
    let number = call.int("axis", -1)?;
    let epsilon = decimal(call.float("epsilon", 1e-5)?);
    // In which precision it is computed.
    let _ = call.int("stash_type", 1)?;
    if call.node.output[1..]
        .iter()
        .any(|name| call.import.uses(name) > 0)
    {
        return Err(call.refused("it gives its mean or its deviation, too, which no layer does"));
    }
    let x = call.value(0)?;
    let x = call.features_last(&x)?;
    let rank = x.rank();
    let axis = x
        .axis(number)
        .filter(|axis| *axis > x.order[0] || x.order[0] == 0 && *axis > 0);
    let axis = axis.ok_or_else(|| {
        call.refused_attribute(
            "axis",
            format!("is {number}, expected one behind the samples"),
        )
    })?;
    let x = if axis + 1 == rank {
        x
    } else {
        call.in_order(&x)?
    };
    let sizes = x.shape.axes()[x.shape.rank() - (rank - axis)..].to_vec();
    let sizes: Option<Vec<usize>> = sizes.into_iter().collect();
    let sizes = sizes.ok_or_else(|| {
        call.refused("it normalizes over axes whose sizes are not known; export with fixed shapes")
    })?;
    let axes: Vec<usize> = (x.shape.rank() + 1 - sizes.len()..=x.shape.rank()).collect();
    let elements: usize = sizes.iter().product();
    let mut weights = Vec::new();
    for (input, name) in [(1, "gamma"), (2, "beta")] {
        let Some(weight) = call.find_weight(input)? else {
            continue;
        };
        let values = match weight.values().len() {
            count if count == elements => weight.into_values(),
            1 if elements < 1 << 16 => vec![weight.values()[0]; elements],
            _ => {
                return Err(call.refused(format!(
                    "its input {input} has the shape {:?}, expected {sizes:?}",
                    weight.shape()
                )));
            }
        };
        weights.push((name.to_owned(), WeightValue::new(sizes.clone(), values)?));
    }
    let axis = if let [axis] = axes[..] {
        json!(axis)
    } else {
        json!(axes)
    };
    let described = Described {
        class_name: "LayerNormalization".to_owned(),
        config: json!({
            "axis": axis,
            "epsilon": epsilon,
            "scale": call.has_input(1),
            "center": call.has_input(2),
        }),
        weights,
        name: call.name_after(call.input_name(1)),
        source: call.node.input[1..].join(" "),
    };
    Ok(vec![call.one(described, &x)?.into()])
}
