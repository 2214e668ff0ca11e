use std::f64::consts::LN_2;

use burn::tensor::{Tensor, activation::softplus};
use serde::{Deserialize, Serialize};

use super::LossFunction;
use crate::outputs::Outputs;

/// Mean over the columns of `ln cosh(output - target)`, computed without overflow.
///
/// ```
/// use firebrick::losses::{LogCosh, Loss};
///
/// // Half the square of a small error, a large one less ln 2.
/// let loss = Loss::from(LogCosh::new());
/// assert!((loss.compute([0.0], [0.1])? - 0.005).abs() < 1e-4);
/// assert!((loss.compute([0.0], [10.0])? - (10.0 - 2.0_f64.ln())).abs() < 1e-4);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/losses/regression_losses/#logcosh-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogCosh {}

impl LogCosh {
    /// The logarithm of the hyperbolic cosine of the error.
    pub fn new() -> Self {
        Self::default()
    }
}

impl LossFunction for LogCosh {
    fn name(&self) -> &'static str {
        "log_cosh"
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        let error = outputs.values() - targets;
        let log_cosh = error.clone() + softplus(error * -2.0, 1.0) - LN_2;
        log_cosh.mean_dim(1).squeeze_dim(1)
    }
}
