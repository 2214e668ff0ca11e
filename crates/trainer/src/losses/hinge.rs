use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::margins::margins;
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;

/// Mean over the columns of `max(1 - target · output, 0)`, for targets of -1 and 1.
///
/// A batch whose targets are all 0 or 1 is taken to mean -1 and 1.
///
/// ```
/// use firebrick::losses::{Hinge, Loss};
///
/// // Right, but by less than 1; right by more.
/// let loss = Loss::from(Hinge::new());
/// assert_eq!(loss.compute([1.0, -1.0], [0.5, -2.0])?, 0.25);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/losses/hinge_losses/#hinge-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hinge {}

impl Hinge {
    /// The hinge.
    pub fn new() -> Self {
        Self::default()
    }
}

impl LossFunction for Hinge {
    fn name(&self) -> &'static str {
        "hinge"
    }

    fn target_domain(&self) -> TargetDomain {
        TargetDomain::Signs
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        margins(targets, outputs).mean_dim(1).squeeze_dim(1)
    }
}
