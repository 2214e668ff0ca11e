use super::operating_point::operating_point;
use super::thresholds::Counts;

operating_point! {
    /// The largest specificity of all thresholds at which the sensitivity is at least the one
    /// given; 0 where it never is.
    ///
    /// The sensitivity is `true positives / true`, the specificity `true negatives / false`.
    ///
    /// ```
    /// use firebrick::metrics::{Metric, SpecificityAtSensitivity};
    ///
    /// let metric = Metric::from(SpecificityAtSensitivity::new(0.5)?);
    /// // A threshold above 0.3 finds one of two, and leaves two of three false ones out.
    /// assert!((metric.compute([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8])?[0] - 2.0 / 3.0).abs() < 1e-5);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/classification_metrics/#specificityatsensitivity-class>
    pub struct SpecificityAtSensitivity(sensitivity): "specificity_at_sensitivity", Counts::specificities where Counts::recalls;

    /// At this sensitivity, with 200 thresholds from 0 to 1.
    ///
    /// # Errors
    /// If it is not from 0 to 1.
    pub fn new(sensitivity: f64) -> Result<Self, TrainError>;
}
