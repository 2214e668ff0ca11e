use burn::tensor::Tensor;

use super::checked::checked;
use super::f_score::{Average, check_threshold, f_score_sums, f_scores};
use super::{Direction, MetricFunction};
use crate::error::TrainError;
use crate::outputs::Outputs;

checked! {
    /// The harmonic mean of precision and recall, `2 · precision · recall / (precision + recall)` of every class.
    ///
    /// The largest output of a row is positive, and every one that equals it, or what exceeds a
    /// threshold if one is set.
    ///
    /// ```
    /// use firebrick::metrics::{F1Score, Metric};
    ///
    /// // Three labels that a sample may have at once, each true from 0.5 on.
    /// let metric = Metric::from(F1Score::new().with_threshold(0.5)?);
    /// let of_each = metric.compute([[1, 1, 1], [1, 0, 0], [1, 1, 0]], [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]])?;
    /// for (score, expected) in of_each.iter().zip([0.5, 0.8, 2.0 / 3.0]) {
    ///     assert!((score - expected).abs() < 1e-5);
    /// }
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/classification_metrics/#f1score-class>
    #[derive(Copy, Default)]
    pub struct F1Score {
        #[serde(default)]
        average: Average,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        threshold: Option<f64>,
    }
}

impl F1Score {
    /// The scores of all classes.
    pub const fn new() -> Self {
        Self {
            average: Average::None,
            threshold: None,
        }
    }

    /// Sets how the scores of the classes become one.
    #[must_use = "returns the changed metric"]
    pub fn with_average(mut self, average: Average) -> Self {
        self.average = average;
        self
    }

    /// Sets what a positive output exceeds.
    ///
    /// # Errors
    /// If it is not above 0 and at most 1.
    pub fn with_threshold(mut self, threshold: f64) -> Result<Self, TrainError> {
        self.threshold = Some(threshold);
        self.checked()
    }

    fn checked(self) -> Result<Self, TrainError> {
        check_threshold(self.threshold)?;
        Ok(self)
    }
}

impl MetricFunction for F1Score {
    fn name(&self) -> &'static str {
        "f1_score"
    }

    fn direction(&self) -> Direction {
        Direction::Up
    }

    fn update(
        &self,
        targets: Tensor<2>,
        outputs: &Outputs,
        weights: Option<Tensor<1>>,
    ) -> Tensor<1> {
        f_score_sums(self.threshold, targets, outputs, weights)
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        f_scores(self.average, 1.0, sums)
    }
}
