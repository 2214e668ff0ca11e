use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::margins::margins;
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;

/// Mean over the columns of `max(1 - target · output, 0)²`, for targets of -1 and 1.
///
/// A batch whose targets are all 0 or 1 is taken to mean -1 and 1.
///
/// ```
/// use firebrick::losses::{Loss, SquaredHinge};
///
/// // Right, but by less than 1; right by more.
/// let loss = Loss::from(SquaredHinge::new());
/// assert_eq!(loss.compute([1.0, -1.0], [0.5, -2.0])?, 0.125);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/losses/hinge_losses/#squaredhinge-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SquaredHinge {}

impl SquaredHinge {
    /// The square of the hinge.
    pub fn new() -> Self {
        Self::default()
    }
}

impl LossFunction for SquaredHinge {
    fn name(&self) -> &'static str {
        "squared_hinge"
    }

    fn target_domain(&self) -> TargetDomain {
        TargetDomain::Signs
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        margins(targets, outputs)
            .square()
            .mean_dim(1)
            .squeeze_dim(1)
    }
}
