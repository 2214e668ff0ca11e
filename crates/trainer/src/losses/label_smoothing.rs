use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::bounds::{self, SHARE};
use crate::error::TrainError;

/// How much of the targets' certainty is given away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct LabelSmoothing(#[serde(deserialize_with = "bounds::share")] f64);

impl LabelSmoothing {
    pub(super) const NONE: Self = Self(0.0);

    pub(super) fn new(label_smoothing: f64) -> Result<Self, TrainError> {
        SHARE.check("label_smoothing", label_smoothing).map(Self)
    }

    /// Targets of yes or no: `t · (1 - s) + s / 2`.
    pub(super) fn soften_binary(self, targets: Tensor<2>) -> Tensor<2> {
        self.towards(0.5, targets)
    }

    /// Targets among classes: `t · (1 - s) + s / classes`.
    pub(super) fn soften_classes(self, targets: Tensor<2>) -> Tensor<2> {
        let [_, num_classes] = targets.dims();
        self.towards(1.0 / num_classes as f64, targets)
    }

    /// A single target, towards a share that is the same for all.
    #[inline(always)]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "losses are computed with in their own precision"
    )]
    pub(super) fn softened(self, target: f32, even: f64) -> f32 {
        target * (1.0 - self.0) as f32 + (self.0 * even) as f32
    }

    fn towards(self, even: f64, targets: Tensor<2>) -> Tensor<2> {
        if self.0 == 0.0 {
            targets
        } else {
            targets * (1.0 - self.0) + self.0 * even
        }
    }
}
