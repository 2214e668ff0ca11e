use burn::tensor::Tensor;

use super::probabilities::EPSILON;

/// Every row at length 1, or shorter if it is not as long as epsilon.
///
/// # Shapes
/// - rows and output: `[rows, columns]`
pub(super) fn unit(rows: Tensor<2>) -> Tensor<2> {
    // Bounded before the root, whose slope at 0 is not finite.
    let squares = rows.clone().square().sum_dim(1);
    rows / squares.clamp_min(EPSILON * EPSILON).sqrt()
}
