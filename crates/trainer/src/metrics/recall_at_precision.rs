use burn::tensor::Tensor;

use super::checked::{checked, num_thresholds, share};
use super::operating_point::best_where;
use super::selection::{Selection, check_columns};
use super::thresholds::Thresholds;
use super::{Direction, MetricFunction};
use crate::error::TrainError;
use crate::outputs::Outputs;

checked! {
    /// The largest recall of all thresholds at which the precision is at least the one given; 0 where it
    /// never is.
    ///
    /// The precision is `true positives / positives`, the recall `true positives / true`.
    ///
    /// ```
    /// use firebrick::metrics::{Metric, RecallAtPrecision};
    ///
    /// let metric = Metric::from(RecallAtPrecision::new(0.8)?);
    /// // Only 0.9 is above every false one.
    /// assert!((metric.compute([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9])?[0] - 0.5).abs() < 1e-5);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/classification_metrics/#recallatprecision-class>
    pub struct RecallAtPrecision {
        precision: f64,
        #[serde(default = "default_num_thresholds")]
        num_thresholds: usize,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        class_id: Option<usize>,
    }
}

fn default_num_thresholds() -> usize {
    200
}

impl RecallAtPrecision {
    /// At this precision, with 200 thresholds from 0 to 1.
    ///
    /// # Errors
    /// If it is not from 0 to 1.
    pub fn new(precision: f64) -> Result<Self, TrainError> {
        Self {
            precision,
            num_thresholds: default_num_thresholds(),
            class_id: None,
        }
        .checked()
    }

    /// Sets how many thresholds from 0 to 1 are tried; a single one is 0.5.
    ///
    /// # Errors
    /// If it is 0 or above 16777216.
    pub fn with_num_thresholds(mut self, num_thresholds: usize) -> Result<Self, TrainError> {
        self.num_thresholds = num_thresholds;
        self.checked()
    }

    /// Looks at this column alone, counted from 0.
    #[must_use = "returns the changed metric"]
    pub fn with_class_id(mut self, class_id: usize) -> Self {
        self.class_id = Some(class_id);
        self
    }

    fn checked(self) -> Result<Self, TrainError> {
        share("precision", self.precision)?;
        num_thresholds(1, self.num_thresholds)?;
        Ok(self)
    }

    fn selection(&self) -> Selection {
        Selection {
            thresholds: Thresholds::spread(self.num_thresholds),
            top_k: None,
            class_id: self.class_id,
        }
    }
}

impl MetricFunction for RecallAtPrecision {
    fn name(&self) -> &'static str {
        "recall_at_precision"
    }

    fn direction(&self) -> Direction {
        Direction::Up
    }

    fn check(&self, columns: usize) -> Result<(), TrainError> {
        check_columns(None, self.class_id, columns)
    }

    fn update(
        &self,
        targets: Tensor<2>,
        outputs: &Outputs,
        weights: Option<Tensor<1>>,
    ) -> Tensor<1> {
        self.selection().update(targets, outputs, weights)
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        let labels = self.selection().thresholds.counts(sums);
        labels
            .iter()
            .map(|counts| best_where(&counts.precisions(), self.precision, &counts.recalls()))
            .collect()
    }
}
