//! What the attention layers have in common: how scores become weights of values, and which scores count.

use burn::tensor::activation::softmax;
use burn::tensor::{Bool, Device, Int, Tensor};

use crate::layer::Call;
use crate::layer_problem::LayerProblem;

/// What stands for the score of a pair that does not count, as in Keras.
const PADDING_SCORE: f64 = -1e9;

/// A dropout of weights.
#[derive(Clone, Copy, Debug)]
pub(super) struct WeightDropout {
    pub(super) rate: f64,
    pub(super) seed: Option<u64>,
}

impl WeightDropout {
    /// In training the weights with some of them zeroed and the others scaled, otherwise as they are.
    pub(super) fn apply<const D: usize>(self, weights: Tensor<D>, call: &Call) -> Tensor<D> {
        match call.draws() {
            Some(draws) if self.rate > 0.0 => {
                let draws = draws.with_seed(self.seed);
                let factors = draws.dropout(weights.dims(), self.rate, &weights.device());
                weights * factors
            }
            _ => weights,
        }
    }
}

/// The softmax along the last axis of the scores that count; where `mask` is false, the scores are far below all others.
pub(super) fn weights_of<const D: usize>(
    scores: Tensor<D>,
    mask: Option<&Tensor<D, Bool>>,
) -> Tensor<D> {
    let scores = match mask {
        Some(mask) => {
            let padding = mask.clone().bool_not().expand(scores.dims());
            scores.mask_fill(padding, PADDING_SCORE)
        }
        None => scores,
    };
    softmax(scores, D - 1)
}

/// Which keys a query may look at: those that are not later. Queries and keys are both counted from the first.
///
/// # Shapes
/// - output: `[queries, keys]`
pub(super) fn causal_mask(queries: usize, keys: usize, device: &Device) -> Tensor<2, Bool> {
    let [rows, columns] = places(queries, keys, device);
    rows.greater_equal(columns)
}

/// Which keys a query may look at: those less than `window` steps away.
///
/// # Shapes
/// - output: `[queries, keys]`
pub(super) fn window_mask(
    queries: usize,
    keys: usize,
    window: usize,
    device: &Device,
) -> Tensor<2, Bool> {
    let [rows, columns] = places(queries, keys, device);
    let window = i64::try_from(window).unwrap_or(i64::MAX);
    (rows - columns).abs().lower_elem(window)
}

fn places(queries: usize, keys: usize, device: &Device) -> [Tensor<2, Int>; 2] {
    let count =
        |size: usize| Tensor::<1, Int>::arange(0..i64::try_from(size).unwrap_or(i64::MAX), device);
    let rows = count(queries).reshape([queries, 1]).expand([queries, keys]);
    let columns = count(keys).reshape([1, keys]).expand([queries, keys]);
    [rows, columns]
}

/// Both masks where there are two; sizes of 1 stand for all.
pub(super) fn both<const D: usize>(
    one: Option<Tensor<D, Bool>>,
    other: Option<Tensor<D, Bool>>,
) -> Option<Tensor<D, Bool>> {
    match (one, other) {
        (Some(one), Some(other)) => {
            let (sizes, others) = (one.dims(), other.dims());
            let dims: [usize; D] = std::array::from_fn(|axis| sizes[axis].max(others[axis]));
            Some(one.expand(dims).bool_and(other.expand(dims)))
        }
        (one, other) => one.or(other),
    }
}

/// A number of inputs: query and value, or query, value and key.
pub(super) fn wrong_number(expected: &str, received: usize) -> LayerProblem {
    LayerProblem::NumInputs {
        expected: expected.to_owned(),
        received,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_looks_back_and_not_far() {
        let device = Device::flex();
        let causal: Vec<bool> = causal_mask(2, 3, &device).into_data().iter().collect();
        assert_eq!(causal, [true, false, false, true, true, false]);
        let window: Vec<bool> = window_mask(3, 3, 2, &device).into_data().iter().collect();
        assert_eq!(
            window,
            [true, true, false, true, true, true, false, true, true]
        );
    }
}
