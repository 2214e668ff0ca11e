use super::operating_point::operating_point;
use super::thresholds::Counts;

operating_point! {
    /// The largest precision of all thresholds at which the recall is at least the one given; 0 where it
    /// never is.
    ///
    /// The precision is `true positives / positives`, the recall `true positives / true`.
    ///
    /// ```
    /// use firebrick::metrics::{Metric, PrecisionAtRecall};
    ///
    /// let metric = Metric::from(PrecisionAtRecall::new(0.5)?);
    /// // A threshold above 0.3 finds one of two, and takes one of three for true.
    /// assert!((metric.compute([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8])?[0] - 0.5).abs() < 1e-5);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/classification_metrics/#precisionatrecall-class>
    pub struct PrecisionAtRecall(recall): "precision_at_recall", Counts::precisions where Counts::recalls;

    /// At this recall, with 200 thresholds from 0 to 1.
    ///
    /// # Errors
    /// If it is not from 0 to 1.
    pub fn new(recall: f64) -> Result<Self, TrainError>;
}
