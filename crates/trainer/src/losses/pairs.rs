//! Which samples of a batch belong together.

use burn::tensor::{Bool, Tensor};

/// Which two samples have the same label, the diagonal included.
///
/// # Shapes
/// - labels: `[rows, 1]`
/// - output: `[rows, rows]`
pub(super) fn same_label(labels: &Tensor<2>) -> Tensor<2, Bool> {
    let [rows, _] = labels.dims();
    let own = labels.clone().expand([rows, rows]);
    own.clone().equal(own.transpose())
}

/// Which two samples are not one and the same: all but the diagonal.
///
/// # Shapes
/// - rows: `[rows, …]`
/// - output: `[rows, rows]`
pub(super) fn others(rows: &Tensor<2>) -> Tensor<2, Bool> {
    let [count, _] = rows.dims();
    Tensor::diag_mask([count, count], 0, &rows.device())
}

/// Ones for the rows that have some such other row, zeros for the rest.
///
/// # Shapes
/// - pairs: `[rows, rows]`
/// - output: `[rows]`
pub(super) fn has_any(pairs: &Tensor<2, Bool>) -> Tensor<1> {
    pairs.clone().any_dim(1).float().squeeze_dim(1)
}
