//! Attention without projections.

use serde::Deserialize;

use super::super::attribute::int;
use super::super::layer_call::LayerCall;
use super::super::value::Value;
use super::attention_mask::{Sight, joined, weights};
use crate::error::FormatProblem;

#[derive(Deserialize)]
struct Arguments {
    #[serde(default)]
    score_mode: ScoreMode,
    #[serde(default)]
    use_causal_mask: bool,
    #[serde(default)]
    return_attention_scores: bool,
}

#[derive(Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ScoreMode {
    #[default]
    Dot,
    Concat,
}

/// Means of values by how well their keys fit a query.
pub(super) fn attention(
    call: &mut LayerCall<'_>,
    inputs: &[Value],
) -> Result<Vec<Value>, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let [query, value, key] = match inputs {
        [query, value] => [query, value, value],
        [query, value, key] => [query, value, key],
        _ => return Err(call.refused("it is called on another number of values than 2 or 3")),
    };
    let [queries, values, keys] = [query, value, key].map(|x| call.channels_last(x));
    let is_additive = call.layer.class_name() == "AdditiveAttention";
    let scores = if is_additive || arguments.score_mode == ScoreMode::Concat {
        of_sums(call, &queries, &keys, is_additive)
    } else {
        let columns = call.turned(&keys, &[0, 2, 1]);
        let scores = call.plain("MatMul", &[&queries, &columns]);
        scaled(call, scores, "scale")
    };
    let sight = Sight {
        is_causal: arguments.use_causal_mask,
        window: None,
    };
    let mut masks = sight.masks(call, &scores, 3);
    if let Some(mask) = &value.mask {
        let axis = call.writer.ints(&[1]);
        masks.push(call.plain("Unsqueeze", &[mask, &axis]));
    }
    let mask = joined(call, masks);
    let shares = weights(call, &scores, mask.as_deref());
    let mut name = call.plain("MatMul", &[&shares, &values]);
    if let Some(mask) = &query.mask {
        let axis = call.writer.ints(&[2]);
        let counts = call.plain("Unsqueeze", &[mask, &axis]);
        let zero = call.number(0.0);
        name = call.plain("Where", &[&counts, &name, &zero]);
    }
    let shapes = call.outputs.clone();
    let shares = arguments.return_attention_scores.then_some(shares);
    Ok([name]
        .into_iter()
        .chain(shares)
        .zip(shapes)
        .map(|(name, shape)| Value::new(name, shape))
        .collect())
}

/// `Σ tanh(query + key)`, with the scales of the layer.
fn of_sums(call: &mut LayerCall<'_>, queries: &str, keys: &str, is_additive: bool) -> String {
    let axis = call.writer.ints(&[2]);
    let queries = call.plain("Unsqueeze", &[queries, &axis]);
    let axis = call.writer.ints(&[1]);
    let keys = call.plain("Unsqueeze", &[keys, &axis]);
    let mut sums = call.plain("Add", &[&queries, &keys]);
    if !is_additive {
        sums = scaled(call, sums, "scale");
    }
    let mut terms = call.plain("Tanh", &[&sums]);
    if is_additive {
        terms = scaled(call, terms, "scale");
    }
    let axis = call.writer.ints(&[3]);
    let none_kept = vec![int("keepdims", 0)];
    let scores = call.operator("ReduceSum", &[&terms, &axis], none_kept);
    scaled(call, scores, "concat_score_weight")
}

/// A value times a weight, if the layer has it.
fn scaled(call: &mut LayerCall<'_>, x: String, weight: &str) -> String {
    match call.find_constant(weight) {
        Some(weight) => call.plain("Mul", &[&x, &weight]),
        None => x,
    }
}
