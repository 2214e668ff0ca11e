use super::class_overlap::class_overlap;

class_overlap! {
    /// How much of a class and of what was taken for it is both, `true positives / (true positives + false
    /// positives + false negatives)`: the mean over all classes.
    ///
    /// Targets are one-hot, outputs have one number a class. Classes that neither has do not count; what is no class, such as
    /// -1, is left out. Weights count as they are, where Keras cuts them to whole numbers unless told otherwise.
    ///
    /// ```
    /// use firebrick::metrics::{Metric, OneHotMeanIoU};
    ///
    /// let metric = Metric::from(OneHotMeanIoU::new(3)?);
    /// let targets = [[0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 0, 0]];
    /// let outputs = [[0.2, 0.3, 0.5], [0.1, 0.2, 0.7], [0.5, 0.3, 0.1], [0.1, 0.4, 0.5]];
    /// // Nothing of classes 0 and 1, of class 2 one of three.
    /// assert!((metric.compute(targets, outputs)?[0] - 1.0 / 9.0).abs() < 1e-5);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/segmentation_metrics/#onehotmeaniou-class>
    pub struct OneHotMeanIoU(): "one_hot_mean_io_u";

    /// For so many classes.
    ///
    /// # Errors
    /// If there is no class or more than 16777216.
    pub fn new;

    /// For outputs that are class indices.
    with_sparse_y_pred(sparse_y_pred = true, "bool::default");
}
