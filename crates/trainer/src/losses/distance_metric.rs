use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::pairs::others;
use super::unit::unit;

/// How far apart two embeddings are, for losses of pairs of samples.
///
/// ```
/// use firebrick::losses::{DistanceMetric, Loss, TripletHard};
///
/// // The two of one label are 3 apart, the nearest of another label 1.
/// let (labels, embeddings) = ([0, 0, 1], [[0.0], [3.0], [4.0]]);
/// let of = |metric| Loss::from(TripletHard::new().with_distance_metric(metric)).compute(labels, embeddings);
/// // max(3 - 4 + 1, 0), max(3 - 1 + 1, 0) and max(0 - 1 + 1, 0)
/// assert_eq!(of(DistanceMetric::L2)?, 1.0);
/// // max(9 - 16 + 1, 0), max(9 - 1 + 1, 0) and max(0 - 1 + 1, 0)
/// assert_eq!(of(DistanceMetric::SquaredL2)?, 3.0);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DistanceMetric {
    /// The length of their difference.
    #[default]
    L2,
    /// The square of it.
    #[serde(rename = "squared-L2")]
    SquaredL2,
    /// One minus the cosine of the angle between them.
    #[serde(rename = "angular")]
    Angular,
}

impl DistanceMetric {
    /// The distance between any two rows, 0 on the diagonal.
    ///
    /// # Shapes
    /// - embeddings: `[rows, columns]`
    /// - output: `[rows, rows]`
    pub(super) fn distances(self, embeddings: Tensor<2>) -> Tensor<2> {
        if self == Self::Angular {
            let embeddings = unit(embeddings);
            let cosines = embeddings.clone().matmul(embeddings.transpose());
            return (-cosines + 1.0).clamp_min(0.0);
        }
        let others = others(&embeddings).float();
        let squares = embeddings.clone().square().sum_dim(1);
        let products = embeddings.clone().matmul(embeddings.transpose());
        let squares = squares.clone() + squares.transpose() - products * 2.0;
        let squares = squares.clamp_min(0.0) * others;
        if self == Self::SquaredL2 {
            return squares;
        }
        // Where there is no distance, the root has no finite slope.
        let equal = squares.clone().lower_equal_elem(0.0);
        let roots = squares.mask_fill(equal.clone(), 1.0).sqrt();
        roots.mask_fill(equal, 0.0)
    }
}
