use super::operating_point::operating_point;
use super::thresholds::Counts;

operating_point! {
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
    pub struct RecallAtPrecision(precision): "recall_at_precision", Counts::recalls where Counts::precisions;

    /// At this precision, with 200 thresholds from 0 to 1.
    ///
    /// # Errors
    /// If it is not from 0 to 1.
    pub fn new(precision: f64) -> Result<Self, TrainError>;
}
