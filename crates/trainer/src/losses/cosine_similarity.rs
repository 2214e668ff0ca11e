use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::unit::unit;
use crate::outputs::Outputs;

/// Minus the cosine of the angle between targets and outputs, `-Σ t/|t| · o/|o|` over the columns: -1
/// where they point the same way, 0 where they are at right angles or one of them is all zeros.
///
/// ```
/// use firebrick::losses::{CosineSimilarity, Loss};
///
/// // -1 for rows that point the same way, 0 at a right angle.
/// let loss = Loss::from(CosineSimilarity::new());
/// assert!((loss.compute([[1.0, 1.0]], [[3.0, 3.0]])? + 1.0).abs() < 1e-6);
/// assert!((loss.compute([[0.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [1.0, 1.0]])? + 0.5).abs() < 1e-6);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/losses/regression_losses/#cosinesimilarity-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CosineSimilarity {}

impl CosineSimilarity {
    /// Minus the cosine.
    pub fn new() -> Self {
        Self::default()
    }
}

impl LossFunction for CosineSimilarity {
    fn name(&self) -> &'static str {
        "cosine_similarity"
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        (unit(targets) * unit(outputs.values()))
            .sum_dim(1)
            .squeeze_dim(1)
            .neg()
    }
}
