use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::probabilities::EPSILON;
use crate::output_form::OutputForm;
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;

/// Mean over the columns of `output - target · ln(output + 1e-7)`, for outputs from 0 on.
///
/// ```
/// use firebrick::losses::{Loss, Poisson};
///
/// let loss = Loss::from(Poisson::new());
/// // 2 - 3 · ln 2, which no other rate than 3 makes as small as 3 - 3 · ln 3.
/// let value = loss.compute([3.0], [2.0])?;
/// assert!((value - (2.0 - 3.0 * 2.0_f64.ln())).abs() < 1e-5);
/// assert!(loss.compute([3.0], [3.0])? < value);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/losses/probabilistic_losses/#poisson-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Poisson {}

impl Poisson {
    /// The negative logarithm of the likelihood of counts, up to a constant.
    pub fn new() -> Self {
        Self::default()
    }
}

impl LossFunction for Poisson {
    fn name(&self) -> &'static str {
        "poisson"
    }

    fn target_domain(&self) -> TargetDomain {
        TargetDomain::NotNegative
    }

    fn output_form(&self) -> OutputForm {
        OutputForm::NotNegative
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        let rates = outputs.values();
        (rates.clone() - targets * (rates + EPSILON).log())
            .mean_dim(1)
            .squeeze_dim(1)
    }
}
