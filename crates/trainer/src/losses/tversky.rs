use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::axes::Axes;
use super::bounds::{self, NOT_NEGATIVE};
use super::probabilities::EPSILON;
use crate::error::TrainError;
use crate::output_form::OutputForm;
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;

/// One minus the Tversky index, `1 - c / (c + alpha · Σ t · (1 - p) + beta · Σ (1 - t) · p + 1e-7)`
/// with `c = Σ t · p`, over all rows and columns together unless [`with_axis`](Self::with_axis) says
/// otherwise. With both at 0.5 it is [`Dice`](super::Dice).
///
/// ```
/// use firebrick::losses::{Loss, Tversky};
///
/// // What is missed costs more than what was not asked for.
/// let loss = Loss::from(Tversky::new().with_alpha(0.9)?.with_beta(0.1)?);
/// let missed = loss.compute([[1.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]])?;
/// let unasked = loss.compute([[1.0, 0.0, 0.0]], [[1.0, 1.0, 0.0]])?;
/// assert!((missed - (1.0 - 1.0 / 1.9)).abs() < 1e-6 && (unasked - (1.0 - 1.0 / 1.1)).abs() < 1e-6);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// Salehi et al., "Tversky loss function for image segmentation", 2017;
/// <https://keras.io/api/losses/segmentation_losses/#tversky-class>
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tversky {
    #[serde(deserialize_with = "bounds::not_negative")]
    alpha: f64,
    #[serde(deserialize_with = "bounds::not_negative")]
    beta: f64,
    axis: Axes,
}

impl Tversky {
    /// With an `alpha` and a `beta` of 0.5.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what a target that was missed costs.
    ///
    /// # Errors
    /// A negative number.
    pub fn with_alpha(mut self, alpha: f64) -> Result<Self, TrainError> {
        self.alpha = NOT_NEGATIVE.check("alpha", alpha)?;
        Ok(self)
    }

    /// Sets what an output without a target costs.
    ///
    /// # Errors
    /// A negative number.
    pub fn with_beta(mut self, beta: f64) -> Result<Self, TrainError> {
        self.beta = NOT_NEGATIVE.check("beta", beta)?;
        Ok(self)
    }

    /// Sums along these axes instead of both: `[1]` gives a value for each row, `[0]` one for each
    /// column, which leaves no room for sample weights.
    ///
    /// # Errors
    /// An axis that is not there, or is there twice.
    pub fn with_axis(mut self, axis: impl AsRef<[i64]>) -> Result<Self, TrainError> {
        self.axis = Axes::new(axis.as_ref())?;
        Ok(self)
    }
}

impl Default for Tversky {
    fn default() -> Self {
        Self {
            alpha: 0.5,
            beta: 0.5,
            axis: Axes::default(),
        }
    }
}

impl LossFunction for Tversky {
    fn name(&self) -> &'static str {
        "tversky"
    }

    fn target_domain(&self) -> TargetDomain {
        TargetDomain::ZeroToOne
    }

    fn output_form(&self) -> OutputForm {
        OutputForm::Probabilities
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        let p = outputs.values();
        let hits = targets.clone() * p.clone();
        let missed = self.axis.sum(targets - hits.clone());
        let unasked = self.axis.sum(p - hits.clone());
        let hits = self.axis.sum(hits);
        let all = hits.clone() + missed * self.alpha + unasked * self.beta + EPSILON;
        -(hits / all) + 1.0
    }
}
