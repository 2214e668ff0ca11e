use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::bounds::{self, NOT_NEGATIVE};
use crate::error::TrainError;
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;

/// Mean over the columns of `(1 - t) · d² + t · max(margin - d, 0)²` of distances `d` that the outputs are, for targets that
/// are 0 where the two of a pair are alike and 1 where they are not, as in Keras' Siamese example.
///
/// In TensorFlow Addons, 1 means alike.
///
/// ```
/// use firebrick::losses::{Contrastive, Loss};
///
/// // Two alike at 0.5, two unlike at 0.25, at 3 and at 4.
/// let loss = Loss::from(Contrastive::new());
/// assert_eq!(loss.compute([0.0, 1.0, 1.0, 1.0], [0.5, 0.25, 3.0, 4.0])?, (0.25 + 0.5625) / 4.0);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// Hadsell et al., "Dimensionality Reduction by Learning an Invariant Mapping", 2006, without its halves;
/// <https://keras.io/examples/vision/siamese_contrastive/>
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Contrastive {
    #[serde(deserialize_with = "bounds::not_negative")]
    margin: f64,
}

impl Contrastive {
    /// With a margin of 1.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the distance from which on two that are not alike are far enough.
    ///
    /// # Errors
    /// A negative margin.
    pub fn with_margin(mut self, margin: f64) -> Result<Self, TrainError> {
        self.margin = NOT_NEGATIVE.check("margin", margin)?;
        Ok(self)
    }
}

impl Default for Contrastive {
    fn default() -> Self {
        Self { margin: 1.0 }
    }
}

impl LossFunction for Contrastive {
    fn name(&self) -> &'static str {
        "contrastive"
    }

    fn target_domain(&self) -> TargetDomain {
        TargetDomain::ZeroToOne
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        let distances = outputs.values();
        let missing = (-distances.clone() + self.margin).clamp_min(0.0);
        let alike = (-targets.clone() + 1.0) * distances.square();
        (alike + targets * missing.square())
            .mean_dim(1)
            .squeeze_dim(1)
    }
}
