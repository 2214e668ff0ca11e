use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::probabilities::EPSILON;
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;

/// Mean over the columns of `(ln(output + 1) - ln(target + 1))²`, both at least 1e-7.
///
/// ```
/// use firebrick::losses::{Loss, MeanSquaredLogarithmicError};
///
/// // Twice as much, seen from 1 on, costs the same for small and for large targets.
/// let loss = Loss::from(MeanSquaredLogarithmicError::new());
/// let expected = 2.0_f64.ln().powi(2);
/// assert!((loss.compute([0.0], [1.0])? - expected).abs() < 1e-6);
/// assert!((loss.compute([999.0], [1999.0])? - expected).abs() < 1e-5);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/losses/regression_losses/#meansquaredlogarithmicerror-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeanSquaredLogarithmicError {}

impl MeanSquaredLogarithmicError {
    /// The squared difference of the logarithms.
    pub fn new() -> Self {
        Self::default()
    }
}

impl LossFunction for MeanSquaredLogarithmicError {
    fn name(&self) -> &'static str {
        "mean_squared_logarithmic_error"
    }

    fn target_domain(&self) -> TargetDomain {
        TargetDomain::AboveMinusOne
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        let logarithm = |x: Tensor<2>| x.clamp_min(EPSILON).log1p();
        (logarithm(outputs.values()) - logarithm(targets))
            .square()
            .mean_dim(1)
            .squeeze_dim(1)
    }
}
