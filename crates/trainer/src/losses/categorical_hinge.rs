use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;

/// `max(n - p + 1, 0)` of the right class' output, `p = Σ target · output`, and the largest of the
/// others, `n = max((1 - target) · output)`, for targets that are 1 for one class and else 0.
///
/// ```
/// use firebrick::losses::{CategoricalHinge, Loss};
///
/// // The right class has 0.25, the largest of the others 0.75.
/// let loss = Loss::from(CategoricalHinge::new());
/// assert_eq!(loss.compute([[0.0, 1.0]], [[0.75, 0.25]])?, 1.5);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/losses/hinge_losses/#categoricalhinge-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoricalHinge {}

impl CategoricalHinge {
    /// The hinge of one class against the others.
    pub fn new() -> Self {
        Self::default()
    }
}

impl LossFunction for CategoricalHinge {
    fn name(&self) -> &'static str {
        "categorical_hinge"
    }

    fn target_domain(&self) -> TargetDomain {
        TargetDomain::Distribution
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        let outputs = outputs.values();
        let right = (targets.clone() * outputs.clone()).sum_dim(1);
        let others = (-targets + 1.0) * outputs;
        (largest(others) - right + 1.0)
            .clamp_min(0.0)
            .squeeze_dim(1)
    }
}

/// The largest of every row, `[rows, 1]`; as many as share it share its gradient.
fn largest(rows: Tensor<2>) -> Tensor<2> {
    let ties = rows.clone().equal(rows.clone().detach().max_dim(1)).float();
    let shares = ties.clone() / ties.sum_dim(1);
    (rows * shares).sum_dim(1)
}
