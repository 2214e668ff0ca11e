use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::bounds::{self, ABOVE_ZERO};
use super::on_host::{HostRows, HostValues, sign};
use crate::error::TrainError;
use crate::outputs::Outputs;

/// Mean over the columns of `e² / 2` where the error `e = |output - target|` is at most `delta`, and
/// of `delta · e - delta² / 2` beyond: squares that do not run away with outliers.
///
/// ```
/// use firebrick::losses::{Huber, Loss};
///
/// // An error within delta and one beyond: (0.5² / 2 + (3 - 1 / 2)) / 2.
/// let loss = Loss::from(Huber::new());
/// assert_eq!(loss.compute([[0.0, 0.0]], [[0.5, 3.0]])?, 1.3125);
/// let patient = Loss::from(Huber::new().with_delta(4.0)?);
/// assert_eq!(patient.compute([[0.0, 0.0]], [[0.5, 3.0]])?, (0.25 + 9.0) / 4.0);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/losses/regression_losses/#huber-class>
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Huber {
    #[serde(deserialize_with = "bounds::above_zero")]
    delta: f64,
}

impl Huber {
    /// Squares up to an error of 1.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the error from which on it grows linearly.
    ///
    /// # Errors
    /// An error that is not above 0.
    pub fn with_delta(mut self, delta: f64) -> Result<Self, TrainError> {
        self.delta = ABOVE_ZERO.check("delta", delta)?;
        Ok(self)
    }
}

impl Default for Huber {
    fn default() -> Self {
        Self { delta: 1.0 }
    }
}

impl LossFunction for Huber {
    fn name(&self) -> &'static str {
        "huber"
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        let error = (outputs.values() - targets).abs();
        let near = error.clone().clamp_max(self.delta);
        let far = (error - near.clone()) * self.delta;
        (near.square() * 0.5 + far).mean_dim(1).squeeze_dim(1)
    }

    #[allow(
        clippy::cast_possible_truncation,
        reason = "losses are computed with in their own precision"
    )]
    fn on_host(&self, rows: &HostRows<'_>) -> Option<HostValues> {
        let delta = self.delta as f32;
        HostValues::of_columns(
            rows,
            #[inline(always)]
            |answer, target| {
                let error = answer - target;
                let near = error.abs().min(delta);
                let far = error.abs() - near;
                // What is not a number stays visible.
                (near * near * 0.5 + far * delta, near * sign(error))
            },
        )
    }
}
