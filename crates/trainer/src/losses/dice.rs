use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::axes::Axes;
use super::probabilities::EPSILON;
use crate::error::TrainError;
use crate::output_form::OutputForm;
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;

/// One minus the Dice coefficient, `1 - 2 Σ t · p / (Σ t + Σ p + 1e-7)`, over all rows and columns
/// together unless [`with_axis`](Self::with_axis) says otherwise.
///
/// ```
/// use firebrick::losses::{Dice, Loss};
///
/// // Of a mask of two pixels one is found: 1 - 2 · 1 / (2 + 1).
/// let loss = Loss::from(Dice::new());
/// assert!((loss.compute([[1.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]])? - 1.0 / 3.0).abs() < 1e-6);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/losses/segmentation_losses/#dice-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dice {
    axis: Axes,
}

impl Dice {
    /// One value for all rows.
    pub fn new() -> Self {
        Self::default()
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

impl LossFunction for Dice {
    fn name(&self) -> &'static str {
        "dice"
    }

    fn target_domain(&self) -> TargetDomain {
        TargetDomain::ZeroToOne
    }

    fn output_form(&self) -> OutputForm {
        OutputForm::Probabilities
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        let p = outputs.values();
        let common = self.axis.sum(targets.clone() * p.clone());
        let all = self.axis.sum(targets) + self.axis.sum(p) + EPSILON;
        -(common * 2.0 / all) + 1.0
    }
}
