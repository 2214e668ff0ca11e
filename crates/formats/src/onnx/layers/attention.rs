//! Attention with several heads.

use firebrick_model::Axes;
use serde::Deserialize;

use super::super::attribute::{int, whole};
use super::super::layer_call::LayerCall;
use super::super::proto::BOOL;
use super::super::value::Value;
use super::attention_mask::{Sight, joined, weights};
use crate::error::FormatProblem;

#[expect(
    clippy::struct_excessive_bools,
    reason = "they are Keras' arguments, each for itself"
)]
#[derive(Deserialize)]
struct Arguments {
    attention_axes: Option<Axes>,
    sliding_window: Option<usize>,
    #[serde(default)]
    dropout: f64,
    #[serde(default)]
    use_gate: bool,
    #[serde(default)]
    use_causal_mask: bool,
    #[serde(default)]
    attention_mask: bool,
    #[serde(default)]
    return_attention_scores: bool,
}

/// A projection, `[N, heads, steps, size]`, and its sizes.
struct Projected {
    name: String,
    heads: usize,
    size: usize,
}

/// Means of values by how well keys fit a query, head by head.
pub(super) fn heads(
    call: &mut LayerCall<'_>,
    inputs: &[Value],
) -> Result<Vec<Value>, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let (inputs, given) = match inputs {
        [inputs @ .., mask] if arguments.attention_mask => (inputs, Some(mask)),
        inputs => (inputs, None),
    };
    let [query, value, key] = match inputs {
        [query] => [query, query, query],
        [query, value] => [query, value, value],
        [query, value, key] => [query, value, key],
        _ => return Err(call.refused("it is called on another number of values than 1 to 3")),
    };
    let axes = arguments.attention_axes.as_ref();
    let is_plain = axes.is_none_or(|axes| axes.within(3) == Some(vec![1]));
    if query.shape.rank() != 2 || !is_plain {
        return Err(call.refused(
            "it attends along other axes than that of a sequence, which is not written; bring its input to [steps, features]",
        ));
    }
    let queries = projected(call, "query", query)?;
    let keys = projected(call, "key", key)?;
    let values = projected(call, "value", value)?;
    let scale = 1.0 / (queries.size as f64).sqrt();
    let scaled = call.with_number("Mul", &queries.name, scale);
    let times = queries.heads / keys.heads.max(1);
    let keys = repeated(call, keys, times);
    let values = repeated(call, values, times);
    let columns = call.turned(&keys.name, &[0, 1, 3, 2]);
    let scores = call.plain("MatMul", &[&scaled, &columns]);
    let mask = mask(call, &arguments, &scores, [query, value, key], given)?;
    let mut shares = weights(call, &scores, mask.as_deref());
    let gives_scores = arguments.return_attention_scores;
    if let Some(mask) = &mask
        && (gives_scores || arguments.dropout > 0.0)
    {
        // A query for which nothing counts has no shares then.
        let zero = call.number(0.0);
        shares = call.plain("Where", &[mask, &shares, &zero]);
    }
    let mut means = call.plain("MatMul", &[&shares, &values.name]);
    if arguments.use_gate {
        let gate = projected(call, "gate", query)?;
        let gate = call.plain("Sigmoid", &[&gate.name]);
        means = call.plain("Mul", &[&means, &gate]);
    }
    let y = features(call, &means)?;
    let shapes = call.outputs.clone();
    let scores = gives_scores.then_some(shares);
    Ok([y]
        .into_iter()
        .chain(scores)
        .zip(shapes)
        .map(|(name, shape)| Value::new(name, shape))
        .collect())
}

/// Features of every step as heads, by the weights of a part.
fn projected(call: &mut LayerCall<'_>, part: &str, x: &Value) -> Result<Projected, FormatProblem> {
    let (kernel, bias) = (format!("{part}/kernel"), format!("{part}/bias"));
    let value = call.weight(&kernel)?.clone();
    let [features, heads, size] = value.shape()[..] else {
        return Err(call.refused(format!("its `{kernel}` has other axes than 3")));
    };
    let own = call.channels_last(x);
    let kernel = call.floats(&kernel, &[features, heads * size], value.values());
    let mut name = call.plain("MatMul", &[&own, &kernel]);
    if let Some(value) = call.find(&bias).cloned() {
        let bias = call.floats(&bias, &[heads * size], value.values());
        name = call.plain("Add", &[&name, &bias]);
    }
    let name = call.reshaped(&name, &[0, 0, whole(heads), whole(size)]);
    let name = call.turned(&name, &[0, 2, 1, 3]);
    Ok(Projected { name, heads, size })
}

/// Every head so many times, one after the other.
fn repeated(call: &mut LayerCall<'_>, x: Projected, times: usize) -> Projected {
    if times == 1 {
        return x;
    }
    let axis = call.writer.ints(&[2]);
    let name = call.plain("Unsqueeze", &[&x.name, &axis]);
    let sizes = call.writer.ints(&[1, 1, whole(times), 1, 1]);
    let name = call.plain("Expand", &[&name, &sizes]);
    let heads = x.heads * times;
    let name = call.reshaped(&name, &[0, whole(heads), -1, whole(x.size)]);
    Projected { name, heads, ..x }
}

/// All that says which pairs count, as one mask.
fn mask(
    call: &mut LayerCall<'_>,
    arguments: &Arguments,
    scores: &str,
    [query, value, key]: [&Value; 3],
    given: Option<&Value>,
) -> Result<Option<String>, FormatProblem> {
    let sight = Sight {
        is_causal: arguments.use_causal_mask,
        window: arguments.sliding_window.map(whole),
    };
    let mut masks = sight.masks(call, scores, 4);
    for (steps, others) in [(query, [1, 3]), (value, [1, 2]), (key, [1, 2])] {
        if let Some(mask) = &steps.mask {
            let axes = call.writer.ints(&others);
            masks.push(call.plain("Unsqueeze", &[mask, &axes]));
        }
    }
    if let Some(given) = given {
        let own = call.channels_last(given);
        let own = call.operator("Cast", &[&own], vec![int("to", BOOL.into())]);
        masks.push(match given.shape.rank() {
            3 => own,
            2 => {
                let axis = call.writer.ints(&[1]);
                call.plain("Unsqueeze", &[&own, &axis])
            }
            _ => return Err(call.refused("its attention mask has other axes than 3 or 4")),
        });
    }
    Ok(joined(call, masks))
}

/// Heads as features of every step, by the weights of the last part.
fn features(call: &mut LayerCall<'_>, means: &str) -> Result<String, FormatProblem> {
    let [kernel, bias] = ["kernel", "bias"].map(|name| format!("attention_output/{name}"));
    let value = call.weight(&kernel)?.clone();
    let (own, sizes) = value.shape().split_at(2);
    let [inputs, outputs] = [own, sizes].map(|sizes| sizes.iter().product::<usize>());
    let rows = call.turned(means, &[0, 2, 1, 3]);
    let rows = call.reshaped(&rows, &[0, 0, whole(inputs)]);
    let kernel = call.floats(&kernel, &[inputs, outputs], value.values());
    let mut name = call.plain("MatMul", &[&rows, &kernel]);
    if let Some(value) = call.find(&bias).cloned() {
        let bias = call.floats(&bias, &[outputs], value.values());
        name = call.plain("Add", &[&name, &bias]);
    }
    if sizes.len() != 1 {
        let sizes = sizes.iter().copied().map(whole);
        let sizes: Vec<i64> = [0, 0].into_iter().chain(sizes).collect();
        name = call.reshaped(&name, &sizes);
    }
    Ok(name)
}
