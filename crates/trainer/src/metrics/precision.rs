use super::at_thresholds::at_thresholds;
use super::thresholds::Counts;

at_thresholds! {
    /// The share of the positive outputs whose target is true: `true positives / positives`, 0 where that is 0 / 0.
    ///
    /// An output is positive if it exceeds the threshold, 0.5 unless others are set. All columns count
    /// alike. One figure for every threshold.
    ///
    /// ```
    /// use firebrick::metrics::{Metric, Precision};
    ///
    /// let metric = Metric::from(Precision::new());
    /// // Of the three that are above 0.5 two were to be.
    /// assert!((metric.compute([0, 1, 1, 1], [0.6, 0.4, 0.7, 0.9])?[0] - 2.0 / 3.0).abs() < 1e-5);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/classification_metrics/#precision-class>
    pub struct Precision: "precision", Counts::precisions;

    /// The precision of all columns at a threshold of 0.5.
    pub const fn new() -> Self;
}
