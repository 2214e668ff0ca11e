//! The largest outputs of a row.

use burn::tensor::{Bool, Int, Tensor};

use super::histogram::whole;

/// How often the output of the class is among the `k` largest: fewer than `k` outputs exceed it.
///
/// # Shapes
/// - classes: `[rows, 1]`; one that is no column is never among them
/// - outputs: `[rows, columns]`
/// - output: `[rows]`, 0 or 1
pub(super) fn in_top_k(classes: Tensor<2, Int>, outputs: Tensor<2>, k: usize) -> Tensor<1> {
    let nan = outputs.clone().is_nan();
    let outputs = outputs.mask_fill(nan, f32::NEG_INFINITY);
    let others = columns_like(&outputs).not_equal(classes);
    let own = outputs
        .clone()
        .mask_fill(others, f32::NEG_INFINITY)
        .max_dim(1);
    let exceeding = outputs.greater(own.clone()).int().sum_dim(1);
    let found = own.greater_elem(f32::NEG_INFINITY);
    found
        .bool_and(exceeding.lower_elem(whole(k)))
        .float()
        .squeeze_dim(1)
}

/// Which `k` outputs of a row are the largest; of equal ones the first, all where there are fewer.
///
/// # Shapes
/// - outputs, output: `[rows, columns]`
pub(super) fn top_k(outputs: Tensor<2>, k: usize) -> Tensor<2, Bool> {
    let columns = columns_like(&outputs);
    let mut chosen = Tensor::zeros_like(&outputs).greater_elem(0.0);
    let mut left = outputs;
    for _ in 0..k.min(left.dims()[1]) {
        let largest = columns.clone().equal(left.clone().argmax(1));
        left = left.mask_fill(largest.clone(), f32::NEG_INFINITY);
        chosen = chosen.bool_or(largest);
    }
    chosen
}

/// The index of every column, in every row.
fn columns_like(outputs: &Tensor<2>) -> Tensor<2, Int> {
    let [rows, columns] = outputs.dims();
    Tensor::<1, Int>::arange(0..whole(columns), &outputs.device())
        .unsqueeze_dim::<2>(0)
        .expand([rows, columns])
}
