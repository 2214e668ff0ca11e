//! `PRelu`: a relu whose slopes below 0 are learned.

use firebrick_model::WeightValue;
use serde_json::json;

use crate::onnx::reading::layers::Described;
use crate::onnx::reading::node_call::{Given, NodeCall};

pub(in super::super) fn parametric(call: &mut NodeCall<'_, '_>) -> Given {
    let x = call.value(0)?;
    let x = call.unfolded(&x)?;
    let slopes = call.weight(1)?;
    if let [slope] = slopes.values() {
        let slope = super::activation::decimal(*slope);
        return Ok(vec![
            call.plain("LeakyReLU", json!({"negative_slope": slope}), &x)?
                .into(),
        ]);
    }
    let rank = x.rank();
    let sizes = slopes.shape().to_vec();
    let missing = rank.checked_sub(sizes.len() + 1);
    let missing = missing.ok_or_else(|| {
        call.refused(format!(
            "its slopes have the shape {sizes:?}, expected no axis of samples"
        ))
    })?;
    // The slopes with the axes that the input has here.
    let padded = [vec![1; missing], sizes].concat();
    let file = x.order[0] == 0;
    if !file {
        return Err(call.refused(
            "it takes the samples along another axis than the first; export with the batch first",
        ));
    }
    let order: Vec<usize> = x.order[1..].iter().map(|axis| axis - 1).collect();
    let slopes = WeightValue::new(padded, slopes.into_values())?.transposed(&order)?;
    let shared: Vec<usize> = (1..rank)
        .filter(|axis| slopes.shape()[axis - 1] == 1)
        .collect();
    let mut config = json!({});
    if !shared.is_empty() {
        config["shared_axes"] = json!(shared);
    }
    let described = Described {
        class_name: "PReLU".to_owned(),
        config,
        weights: vec![("alpha".to_owned(), slopes)],
        name: call.name_after(call.input_name(1)),
        source: call.input_name(1).to_owned(),
    };
    Ok(vec![call.one(described, &x)?.into()])
}
