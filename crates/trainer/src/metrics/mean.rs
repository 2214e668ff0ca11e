//! What the metrics share that are a mean over the rows.

use burn::tensor::Tensor;

/// The sums of a weighted mean: of the values, and of the weights.
///
/// # Shapes
/// - values, weights: `[rows]`
/// - output: `[2]`
pub(super) fn mean_sums(values: Tensor<1>, weights: Option<Tensor<1>>) -> Tensor<1> {
    let [rows] = values.dims();
    let count = match &weights {
        Some(weights) => weights.clone().sum(),
        None => Tensor::full([1], rows as f64, &values.device()),
    };
    let values = match weights {
        Some(weights) => values * weights,
        None => values,
    };
    Tensor::cat(vec![values.sum(), count], 0)
}

/// The mean of such sums; 0 without any weight, as in Keras.
pub(super) fn mean_result(sums: &[f64]) -> Vec<f64> {
    vec![match *sums {
        [sum, weight] if weight != 0.0 => sum / weight,
        _ => 0.0,
    }]
}
