use burn::tensor::Tensor;
use burn::tensor::activation::log_sigmoid;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::bounds::{self, NOT_NEGATIVE};
use super::distance_metric::DistanceMetric;
use super::pairs::{has_any, others, same_label};
use crate::error::TrainError;
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;
use crate::target_form::TargetForm;

/// For every embedding of a batch, how much farther the farthest of its label is than the nearest of another label:
/// `max(d(a, p) - d(a, n) + margin, 0)`.
///
/// An embedding without another of its label has 0 for `d(a, p)`; without one of another label, the largest distance for
/// `d(a, n)`. Batches should hold several samples of each label.
///
/// ```
/// use firebrick::losses::{Loss, TripletHard};
///
/// let embeddings = [[0.0], [1.0], [1.5], [4.0]];
/// // max(1 - 1.5 + 1, 0), max(1 - 0.5 + 1, 0), max(2.5 - 0.5 + 1, 0), max(2.5 - 3 + 1, 0)
/// let loss = Loss::from(TripletHard::new());
/// assert_eq!(loss.compute([7, 7, 8, 8], embeddings)?, (0.5 + 1.5 + 3.0 + 0.5) / 4.0);
/// let strict = Loss::from(TripletHard::new().with_margin(0.0)?);
/// assert_eq!(strict.compute([7, 7, 8, 8], embeddings)?, (0.5 + 2.0) / 4.0);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// Hermans et al., "In Defense of the Triplet Loss for Person Re-Identification", 2017;
/// <https://www.tensorflow.org/addons/api_docs/python/tfa/losses/TripletHardLoss>
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TripletHard {
    #[serde(deserialize_with = "bounds::not_negative")]
    margin: f64,
    soft: bool,
    distance_metric: DistanceMetric,
}

impl TripletHard {
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

    /// Takes `ln(1 + exp(d(a, p) - d(a, n)))` instead, which knows no margin and never ends to pull.
    #[must_use = "returns the changed loss"]
    pub fn with_soft_margin(mut self) -> Self {
        self.soft = true;
        self
    }

    /// Sets what the distance is, that of Euclid by default.
    #[must_use = "returns the changed loss"]
    pub fn with_distance_metric(mut self, distance_metric: DistanceMetric) -> Self {
        self.distance_metric = distance_metric;
        self
    }
}

impl Default for TripletHard {
    fn default() -> Self {
        Self {
            margin: 1.0,
            soft: false,
            distance_metric: DistanceMetric::default(),
        }
    }
}

impl LossFunction for TripletHard {
    fn name(&self) -> &'static str {
        "triplet_hard"
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
        let positive = same.clone().bool_and(others(&targets));
        let lonely = has_any(&same.clone().bool_not()).equal_elem(0.0);
        let farthest = distances.clone().max_dim(1);
        let hardest_positive = distances
            .clone()
            .mask_fill(positive.bool_not(), 0.0)
            .max_dim(1);
        let nearest = distances.mask_fill(same, f32::MAX).min_dim(1);
        let hardest_negative = nearest.mask_where(lonely.unsqueeze_dim(1), farthest);
        let excess: Tensor<1> = (hardest_positive - hardest_negative).squeeze_dim(1);
        if self.soft {
            -log_sigmoid(-excess)
        } else {
            (excess + self.margin).clamp_min(0.0)
        }
    }
}
