use burn::tensor::Tensor;

use super::checked::{checked, classes};
use super::class_matrix::{ClassForm, ClassMatrix};
use super::{Direction, MetricFunction};
use crate::error::TrainError;
use crate::outputs::Outputs;

checked! {
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
    pub struct OneHotMeanIoU {
        num_classes: usize,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ignore_class: Option<i64>,
        #[serde(default)]
        sparse_y_pred: bool,
    }
}

impl OneHotMeanIoU {
    /// For so many classes.
    ///
    /// # Errors
    /// If there is no class or more than 16777216.
    pub fn new(num_classes: usize) -> Result<Self, TrainError> {
        Self {
            num_classes,
            ignore_class: None,
            sparse_y_pred: false,
        }
        .checked()
    }

    /// Leaves out the targets of this class.
    #[must_use = "returns the changed metric"]
    pub fn with_ignore_class(mut self, class: i64) -> Self {
        self.ignore_class = Some(class);
        self
    }

    /// For outputs that are class indices.
    #[must_use = "returns the changed metric"]
    pub fn with_sparse_y_pred(mut self) -> Self {
        self.sparse_y_pred = true;
        self
    }

    fn checked(self) -> Result<Self, TrainError> {
        classes(self.num_classes)?;
        Ok(self)
    }

    fn matrix(&self) -> ClassMatrix {
        ClassMatrix {
            num_classes: self.num_classes,
            ignore_class: self.ignore_class,
            targets: ClassForm::Largest,
            outputs: ClassForm::sparse(self.sparse_y_pred),
        }
    }
}

impl MetricFunction for OneHotMeanIoU {
    fn name(&self) -> &'static str {
        "one_hot_mean_io_u"
    }

    fn direction(&self) -> Direction {
        Direction::Up
    }

    fn update(
        &self,
        targets: Tensor<2>,
        outputs: &Outputs,
        weights: Option<Tensor<1>>,
    ) -> Tensor<1> {
        self.matrix().overlaps(targets, outputs, weights)
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        self.matrix().mean_iou(0..self.num_classes, sums)
    }
}
