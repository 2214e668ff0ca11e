//! `BatchNormalization`: by the statistics of training, along the second axis of the file's tensor.

use firebrick_model::WeightValue;
use serde_json::json;

use super::activation::decimal;
use crate::onnx::reading::layers::Described;
use crate::onnx::reading::node_call::{Given, NodeCall};

pub(in super::super) fn batch(call: &mut NodeCall<'_, '_>) -> Given {
    if call.int("training_mode", 0)? != 0 {
        return Err(
            call.refused_attribute("training_mode", "is 1; export the model after model.eval()")
        );
    }
    if call.int("spatial", 1)? != 1 {
        return Err(call.refused_attribute("spatial", "is not 1; export with opset 9 or later"));
    }
    let (epsilon, momentum) = (call.float("epsilon", 1e-5)?, call.float("momentum", 0.9)?);
    let x = call.value(0)?;
    let x = call.unfolded(&x)?;
    let place = x.place(1).filter(|place| *place > 0);
    let place = place.ok_or_else(|| {
        call.refused("its channels are not along the second axis; export with the batch first")
    })?;
    let mut weights = Vec::new();
    for (input, name) in [
        (1, "gamma"),
        (2, "beta"),
        (3, "moving_mean"),
        (4, "moving_variance"),
    ] {
        let weight = call.weight(input)?;
        let size = weight.values().len();
        weights.push((
            name.to_owned(),
            WeightValue::new([size], weight.into_values())?,
        ));
    }
    let described = Described {
        class_name: "BatchNormalization".to_owned(),
        config: json!({
            "axis": if place == x.shape.rank() { -1 } else { i64::try_from(place).unwrap_or(-1) },
            "epsilon": decimal(epsilon),
            "momentum": decimal(momentum.clamp(0.0, 1.0)),
        }),
        weights,
        name: call.name_after(call.input_name(1)),
        source: call.node.input[1..].join(" "),
    };
    Ok(vec![call.one(described, &x)?.into()])
}
