use super::class_overlap::class_overlap;

class_overlap! {
    /// How much of a class and of what was taken for it is both, `true positives / (true positives + false
    /// positives + false negatives)`: the mean over the classes asked for.
    ///
    /// Targets are one-hot, outputs have one number a class. Classes that neither has do not count; what is no class, such as
    /// -1, is left out. Weights count as they are, where Keras cuts them to whole numbers unless told otherwise.
    ///
    /// ```
    /// use firebrick::metrics::{Metric, OneHotIoU};
    ///
    /// let metric = Metric::from(OneHotIoU::new(3, [0, 2])?);
    /// let targets = [[0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 0, 0]];
    /// let outputs = [[0.2, 0.3, 0.5], [0.1, 0.2, 0.7], [0.5, 0.3, 0.1], [0.1, 0.4, 0.5]];
    /// // Nothing of class 0, of class 2 one of three.
    /// assert!((metric.compute(targets, outputs)?[0] - 1.0 / 6.0).abs() < 1e-5);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/segmentation_metrics/#onehotiou-class>
    pub struct OneHotIoU(target_class_ids): "one_hot_io_u";

    /// For so many classes, the mean over these of them, counted from 0.
    ///
    /// # Errors
    /// If there is no class or more than 16777216, none is asked for, or one that is not among them.
    pub fn new;

    /// For outputs that are class indices.
    with_sparse_y_pred(sparse_y_pred = true, "bool::default");
}
