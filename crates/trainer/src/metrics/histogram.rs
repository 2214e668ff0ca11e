use burn::tensor::{IndexingUpdateOp, Int, Tensor};

/// A count as the devices take it.
pub(super) fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The sum of the weights in every bin; without weights how many there are.
///
/// # Shapes
/// - bins, weights: `[count]`, every bin below `num_bins`
/// - output: `[num_bins]`
pub(super) fn histogram(
    bins: Tensor<1, Int>,
    weights: Option<Tensor<1>>,
    num_bins: usize,
) -> Tensor<1> {
    let device = bins.device();
    let weights = weights.unwrap_or_else(|| Tensor::ones(bins.dims(), &device));
    Tensor::zeros([num_bins], &device).scatter(0, bins, weights, IndexingUpdateOp::Add)
}
