use super::operating_point::operating_point;
use super::thresholds::Counts;

operating_point! {
    /// The largest sensitivity of all thresholds at which the specificity is at least the one
    /// given; 0 where it never is.
    ///
    /// The sensitivity is `true positives / true`, the specificity `true negatives / false`.
    ///
    /// ```
    /// use firebrick::metrics::{Metric, SensitivityAtSpecificity};
    ///
    /// let metric = Metric::from(SensitivityAtSpecificity::new(0.5)?);
    /// // A threshold above 0.3 leaves two of three false ones out, and finds one of two.
    /// assert!((metric.compute([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8])?[0] - 0.5).abs() < 1e-5);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/classification_metrics/#sensitivityatspecificity-class>
    pub struct SensitivityAtSpecificity(specificity): "sensitivity_at_specificity", Counts::recalls where Counts::specificities;

    /// At this specificity, with 200 thresholds from 0 to 1.
    ///
    /// # Errors
    /// If it is not from 0 to 1.
    pub fn new(specificity: f64) -> Result<Self, TrainError>;
}
