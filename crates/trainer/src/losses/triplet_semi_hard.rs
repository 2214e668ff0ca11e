use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::bounds::{self, NOT_NEGATIVE};
use super::distance_metric::DistanceMetric;
use super::pairs::{others, same_label};
use crate::error::TrainError;
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;
use crate::target_form::TargetForm;

/// Mean of `max(d(a, p) - d(a, n) + margin, 0)` over all pairs `a`, `p` of one label in a batch, where `n` is the nearest of
/// another label that is farther than `p`, and the farthest of another label if there is none.
///
/// It is one value for the batch, of which the weights of the samples take part as a whole; 0 for a batch without two of
/// a label, which should hold several samples of each. It needs memory for `rows³` numbers.
///
/// ```
/// use firebrick::losses::{Loss, TripletSemiHard};
///
/// let embeddings = [[0.0], [1.0], [2.0], [4.0]];
/// let loss = Loss::from(TripletSemiHard::new());
/// // 1 - 2 + 1 for 0 and 1, 1 - 3 + 1 for 1 and 0, 2 - 2 + 1 for 2 and 4, 2 - 3 + 1 for 4 and 2
/// assert_eq!(loss.compute([7, 7, 8, 8], embeddings)?, 0.25);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// Schroff et al., "`FaceNet`: A Unified Embedding for Face Recognition and Clustering", 2015;
/// <https://www.tensorflow.org/addons/api_docs/python/tfa/losses/TripletSemiHardLoss>
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TripletSemiHard {
    #[serde(deserialize_with = "bounds::not_negative")]
    margin: f64,
    distance_metric: DistanceMetric,
}

impl TripletSemiHard {
    /// With a margin of 1.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how much nearer those of a label are to be than others.
    ///
    /// # Errors
    /// A negative margin.
    pub fn with_margin(mut self, margin: f64) -> Result<Self, TrainError> {
        self.margin = NOT_NEGATIVE.check("margin", margin)?;
        Ok(self)
    }

    /// Sets what the distance is, that of Euclid by default.
    #[must_use = "returns the changed loss"]
    pub fn with_distance_metric(mut self, distance_metric: DistanceMetric) -> Self {
        self.distance_metric = distance_metric;
        self
    }
}

impl Default for TripletSemiHard {
    fn default() -> Self {
        Self {
            margin: 1.0,
            distance_metric: DistanceMetric::default(),
        }
    }
}

impl LossFunction for TripletSemiHard {
    fn name(&self) -> &'static str {
        "triplet_semi_hard"
    }

    fn target_form(&self) -> TargetForm {
        TargetForm::Label
    }

    fn target_domain(&self) -> TargetDomain {
        TargetDomain::WholeNumbers
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        let distances = self.distance_metric.distances(outputs.values());
        let same = same_label(&targets);
        let pairs = same.clone().bool_and(others(&targets)).float();
        let [rows, _] = distances.dims();
        let all = [rows, rows, rows];

        // For anchor a, positive p, negative n: which n is chosen has no slope, only how far it is.
        let fixed = distances.clone().detach();
        let to_negative = fixed.clone().unsqueeze_dim::<3>(1).expand(all);
        let to_positive = fixed.clone().unsqueeze_dim::<3>(2).expand(all);
        let is_same = same.clone().unsqueeze_dim::<3>(1).expand(all);
        let not_outside = to_negative
            .clone()
            .lower_equal(to_positive)
            .bool_or(is_same);
        let (nearest, outside) = to_negative
            .mask_fill(not_outside, f32::MAX)
            .min_dim_with_indices(2);
        let none_outside = nearest.squeeze_dim::<2>(2).equal_elem(f32::MAX);
        // Itself, at no distance, where there is no other label.
        let itself = others(&targets).bool_not();
        let negatives = fixed.mask_fill(same, -2.0).mask_fill(itself, -1.0);
        let inside = negatives.argmax(1).expand([rows, rows]);
        let chosen = outside.squeeze_dim::<2>(2).mask_where(none_outside, inside);

        let excess = distances.clone() - distances.gather(1, chosen) + self.margin;
        let sum = (excess.clamp_min(0.0) * pairs.clone()).sum();
        sum / pairs.sum().clamp_min(1.0)
    }
}
