//! Distances from a mean, for metrics whose numbers may be large and differ by little.

use burn::tensor::Tensor;

/// The mean of each row as seen from its first number, and the distances of all numbers from the mean. What the numbers have
/// in common is taken away first, because the mean of large ones would be rounded.
///
/// # Shapes
/// - numbers: `[rows, columns]`
/// - output: `[rows, 1]` and `[rows, columns]`
pub(super) fn distances(numbers: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
    let away = numbers.clone() - numbers.narrow(1, 0, 1);
    let mean = away.clone().mean_dim(1);
    (mean.clone(), away - mean)
}

/// The same with 1 for what is 0, to be divided by.
pub(super) fn or_one<const D: usize>(values: Tensor<D>) -> Tensor<D> {
    let is_zero = values.clone().equal_elem(0.0);
    values.mask_fill(is_zero, 1.0)
}
