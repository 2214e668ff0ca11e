//! Attention with several heads as PyTorch's `MultiheadAttention`.

use super::Own;
use super::form::{Form, Layout};

/// What of a layer with these weights lies where; none if PyTorch has no such module.
///
/// PyTorch's heads have together as many numbers as a query and as the output; queries, keys and values are projected by one
/// tensor if they have equally many.
pub(super) fn attention(mut weights: Vec<Own>) -> Option<Vec<(Vec<Own>, Form, String)>> {
    let mut take = |name: &str| {
        let place = weights.iter().position(|own| own.name == name)?;
        Some(weights.remove(place))
    };
    let kernels = [
        take("query/kernel")?,
        take("key/kernel")?,
        take("value/kernel")?,
    ];
    let output = take("attention_output/kernel")?;
    let biases = (take("query/bias"), take("key/bias"), take("value/bias"));
    let output_bias = take("attention_output/bias");
    if !weights.is_empty() {
        return None;
    }
    let is_one_step = kernels.iter().all(|own| own.shape.len() == 3) && output.shape.len() == 3;
    let features = kernels[0].shape.first().copied()?;
    let widths = kernels
        .iter()
        .map(|own| own.shape[1..].iter().product::<usize>());
    if !is_one_step
        || output.shape[2] != features
        || widths.into_iter().any(|width| width != features)
    {
        return None;
    }
    let mut found = Vec::new();
    let layouts = kernels
        .iter()
        .map(|own| Layout::kernel_of_heads(&own.shape, 1));
    if kernels.iter().all(|own| own.shape[0] == features) {
        let form = Form::Stacked(layouts.collect());
        found.push((kernels.into(), form, "in_proj_weight".to_owned()));
    } else {
        let names = ["q_proj_weight", "k_proj_weight", "v_proj_weight"];
        let layouts: Vec<Layout> = layouts.collect();
        for ((own, layout), name) in kernels.into_iter().zip(layouts).zip(names) {
            found.push((vec![own], Form::One(layout), name.to_owned()));
        }
    }
    match biases {
        (Some(query), Some(key), Some(value)) => {
            let own = vec![query, key, value];
            let layouts = own
                .iter()
                .map(|own| Layout::reshaped(&own.shape, &[own.shape.iter().product()]));
            let form = Form::Stacked(layouts.collect());
            found.push((own, form, "in_proj_bias".to_owned()));
        }
        (None, None, None) => {}
        _ => return None,
    }
    let layout = Layout::kernel_of_heads(&output.shape, 2);
    found.push((
        vec![output],
        Form::One(layout),
        "out_proj.weight".to_owned(),
    ));
    if let Some(bias) = output_bias {
        let layout = Layout::same(&bias.shape);
        found.push((vec![bias], Form::One(layout), "out_proj.bias".to_owned()));
    }
    Some(found)
}
