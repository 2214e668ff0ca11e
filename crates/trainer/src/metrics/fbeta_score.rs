use burn::tensor::Tensor;

use super::checked::{checked, expect};
use super::f_score::{Average, check_threshold, f_score_sums, f_scores};
use super::{Direction, MetricFunction};
use crate::error::TrainError;
use crate::outputs::Outputs;

checked! {
    /// `(1 + beta²) · precision · recall / (beta² · precision + recall)` of every class.
    ///
    /// The largest output of a row is positive, and every one that equals it, or what exceeds a
    /// threshold if one is set.
    ///
    /// ```
    /// use firebrick::metrics::{Average, FBetaScore, Metric};
    ///
    /// // A beta of 2: recall counts twice as much as precision.
    /// let metric = FBetaScore::new().with_beta(2.0)?.with_threshold(0.5)?.with_average(Average::Macro);
    /// let score = Metric::from(metric).compute([[1, 1, 1], [1, 0, 0], [1, 1, 0]], [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]])?;
    /// assert!((score[0] - (0.384_615 + 0.909_091 + 0.833_333) / 3.0).abs() < 1e-5);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/classification_metrics/#fbetascore-class>
    #[derive(Copy)]
    pub struct FBetaScore {
        #[serde(default)]
        average: Average,
        #[serde(default = "default_beta")]
        beta: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        threshold: Option<f64>,
    }
}

fn default_beta() -> f64 {
    FBetaScore::default().beta
}

impl FBetaScore {
    /// The scores of all classes, with a beta of 1.
    pub const fn new() -> Self {
        Self {
            average: Average::None,
            beta: 1.0,
            threshold: None,
        }
    }

    /// Sets how the scores of the classes become one.
    #[must_use = "returns the changed metric"]
    pub fn with_average(mut self, average: Average) -> Self {
        self.average = average;
        self
    }

    /// Sets how many times as much the recall counts as the precision.
    ///
    /// # Errors
    /// If it is not above 0.
    pub fn with_beta(mut self, beta: f64) -> Result<Self, TrainError> {
        self.beta = beta;
        self.checked()
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
        expect(
            self.beta > 0.0 && self.beta.is_finite(),
            "beta",
            "a number above 0",
            &self.beta,
        )?;
        check_threshold(self.threshold)?;
        Ok(self)
    }
}

impl Default for FBetaScore {
    fn default() -> Self {
        Self::new()
    }
}

impl MetricFunction for FBetaScore {
    fn name(&self) -> &'static str {
        "fbeta_score"
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
        f_scores(self.average, self.beta, sums)
    }
}
