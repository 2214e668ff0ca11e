//! A layer whose kernel is divided by its largest singular value.

use firebrick_model::WeightValue;
use firebrick_model::layers::AnyLayer;
use serde::Deserialize;

use super::super::attribute::single;
use super::super::layer_call::{LayerCall, Weights};
use super::super::network;
use super::super::value::Value;
use crate::error::FormatProblem;

#[derive(Deserialize)]
struct Arguments {
    layer: AnyLayer,
}

/// The layer with its kernel as it is in use.
pub(super) fn divided(call: &mut LayerCall<'_>, x: Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let path = format!("{}/{}", call.path, arguments.layer.default_name());
    let start = format!("{path}/");
    let own = call
        .weights
        .iter()
        .filter(|(name, _)| name.starts_with(&start));
    let mut weights: Weights = own
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let vector = call.weight("vector_u")?.values().to_vec();
    let kernel = ["kernel", "embeddings"].into_iter().find_map(|name| {
        let name = format!("{start}{name}");
        weights.get(&name).cloned().map(|value| (name, value))
    });
    let (name, kernel) = kernel.ok_or_else(|| call.refused("its layer has no kernel"))?;
    weights.insert(name, by_largest(&kernel, &vector)?);
    let given = network::called(&arguments.layer, &path, vec![x], &weights, call.writer)?;
    let Ok([y]) = <[Value; 1]>::try_from(given) else {
        return Err(call.refused("its layer gives several values"));
    };
    Ok(y)
}

/// The kernel divided by `v · kernel · u` with the vector `u` that was found in training and `v = u · kernel`, both of length 1.
fn by_largest(kernel: &WeightValue, vector: &[f32]) -> Result<WeightValue, FormatProblem> {
    let unit = |values: Vec<f64>| -> Vec<f64> {
        let length = values.iter().map(|value| value * value).sum::<f64>().sqrt();
        values
            .into_iter()
            .map(|value| value / length.max(1e-12))
            .collect()
    };
    let rows = || {
        let rows = kernel.values().chunks_exact(vector.len().max(1));
        rows.map(|row| row.iter().copied().map(f64::from))
    };
    let given: Vec<f64> = vector.iter().copied().map(f64::from).collect();
    let product = |row: &mut dyn Iterator<Item = f64>, other: &[f64]| -> f64 {
        row.zip(other).map(|(one, other)| one * other).sum()
    };
    let v = unit(rows().map(|mut row| product(&mut row, &given)).collect());
    let u = unit(given);
    let largest: f64 = rows()
        .zip(v)
        .map(|(mut row, v)| v * product(&mut row, &u))
        .sum();
    let largest = if largest == 0.0 { 1.0 } else { largest };
    let divided = kernel.values().iter().map(|value| value / single(largest));
    Ok(WeightValue::new(
        kernel.shape(),
        divided.collect::<Vec<_>>(),
    )?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_is_divided_by_its_largest_singular_value() {
        // Singular values 4 and 3; the vector is that of the first.
        let kernel = WeightValue::new([2, 2], [3.0, 0.0, 0.0, 4.0]).unwrap();
        let divided = by_largest(&kernel, &[0.0, 2.0]).unwrap();
        assert_eq!(divided.values(), [0.75, 0.0, 0.0, 1.0]);
    }
}
