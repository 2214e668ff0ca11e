use super::class_overlap::class_overlap;

class_overlap! {
    /// How much of a class and of what was taken for it is both, `true positives / (true positives + false
    /// positives + false negatives)`: the mean over all classes.
    ///
    /// Targets and outputs are class indices. Classes that neither has do not count; what is no class, such as
    /// -1, is left out. Weights count as they are, where Keras cuts them to whole numbers unless told otherwise.
    ///
    /// ```
    /// use firebrick::metrics::{MeanIoU, Metric};
    ///
    /// let metric = Metric::from(MeanIoU::new(2)?);
    /// // Each class was meant twice and taken twice, together once.
    /// assert!((metric.compute([0, 0, 1, 1], [0, 1, 0, 1])?[0] - 1.0 / 3.0).abs() < 1e-5);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/segmentation_metrics/#meaniou-class>
    pub struct MeanIoU(): "mean_io_u";

    /// For so many classes.
    ///
    /// # Errors
    /// If there is no class or more than 16777216.
    pub fn new;

    [targets: sparse_y_true]

    /// For one-hot targets.
    without_sparse_y_true(sparse_y_true = false, "crate::metrics::class_overlap::yes");

    /// For outputs with one number a class, of which the largest counts.
    without_sparse_y_pred(sparse_y_pred = false, "crate::metrics::class_overlap::yes");
}
