use burn::tensor::Tensor;

use super::checked::{checked, some};
use super::selection::{Selection, check_columns};
use super::threshold_list::ThresholdList;
use super::thresholds::Counts;
use super::{Direction, MetricFunction};
use crate::error::TrainError;
use crate::outputs::Outputs;

checked! {
    /// The share of the true targets whose output is positive: `true positives / true`, 0 where that is 0 / 0.
    ///
    /// An output is positive if it exceeds the threshold, 0.5 unless others are set. All columns count
    /// alike. One figure for every threshold.
    ///
    /// ```
    /// use firebrick::metrics::{Metric, Recall};
    ///
    /// let metric = Metric::from(Recall::new());
    /// // Of the three that were to be above 0.5 two are.
    /// assert!((metric.compute([0, 1, 1, 1], [0.6, 0.4, 0.7, 0.9])?[0] - 2.0 / 3.0).abs() < 1e-5);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/classification_metrics/#recall-class>
    #[derive(Default)]
    pub struct Recall {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thresholds: Option<ThresholdList>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        top_k: Option<usize>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        class_id: Option<usize>,
    }
}

impl Recall {
    /// The recall of all columns at a threshold of 0.5.
    pub const fn new() -> Self {
        Self {
            thresholds: None,
            top_k: None,
            class_id: None,
        }
    }

    /// Sets the thresholds.
    ///
    /// # Errors
    /// If there is none, or one is not from 0 to 1.
    pub fn with_thresholds(
        mut self,
        thresholds: impl IntoIterator<Item = f64>,
    ) -> Result<Self, TrainError> {
        self.thresholds = Some(ThresholdList::new(thresholds)?);
        self.checked()
    }

    /// Lets only the `k` largest outputs of a row be positive, of equal ones the first; without
    /// thresholds they all are.
    ///
    /// # Errors
    /// If it is 0.
    pub fn with_top_k(mut self, k: usize) -> Result<Self, TrainError> {
        self.top_k = Some(k);
        self.checked()
    }

    /// Looks at this column alone, counted from 0.
    #[must_use = "returns the changed metric"]
    pub fn with_class_id(mut self, class_id: usize) -> Self {
        self.class_id = Some(class_id);
        self
    }

    fn checked(self) -> Result<Self, TrainError> {
        if let Some(k) = self.top_k {
            some("top_k", k)?;
        }
        Ok(self)
    }

    fn selection(&self) -> Selection {
        let threshold = Selection::default_threshold(self.top_k);
        Selection {
            thresholds: ThresholdList::or(self.thresholds.as_ref(), threshold),
            top_k: self.top_k,
            class_id: self.class_id,
        }
    }
}

impl MetricFunction for Recall {
    fn name(&self) -> &'static str {
        "recall"
    }

    fn direction(&self) -> Direction {
        Direction::Up
    }

    fn check(&self, columns: usize) -> Result<(), TrainError> {
        check_columns(self.top_k, self.class_id, columns)
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
        labels.iter().flat_map(Counts::recalls).collect()
    }
}
