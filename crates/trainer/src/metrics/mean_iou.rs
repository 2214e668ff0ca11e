use burn::tensor::Tensor;

use super::checked::{checked, classes};
use super::class_matrix::{ClassForm, ClassMatrix};
use super::{Direction, MetricFunction};
use crate::error::TrainError;
use crate::outputs::Outputs;
use crate::target_form::TargetForm;

checked! {
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
    pub struct MeanIoU {
        num_classes: usize,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ignore_class: Option<i64>,
        #[serde(default = "sparse")]
        sparse_y_true: bool,
        #[serde(default = "sparse")]
        sparse_y_pred: bool,
    }
}

fn sparse() -> bool {
    true
}

impl MeanIoU {
    /// For so many classes.
    ///
    /// # Errors
    /// If there is no class or more than 16777216.
    pub fn new(num_classes: usize) -> Result<Self, TrainError> {
        Self {
            num_classes,
            ignore_class: None,
            sparse_y_true: true,
            sparse_y_pred: true,
        }
        .checked()
    }

    /// Leaves out the targets of this class.
    #[must_use = "returns the changed metric"]
    pub fn with_ignore_class(mut self, class: i64) -> Self {
        self.ignore_class = Some(class);
        self
    }

    /// For one-hot targets.
    #[must_use = "returns the changed metric"]
    pub fn without_sparse_y_true(mut self) -> Self {
        self.sparse_y_true = false;
        self
    }

    /// For outputs with one number a class, of which the largest counts.
    #[must_use = "returns the changed metric"]
    pub fn without_sparse_y_pred(mut self) -> Self {
        self.sparse_y_pred = false;
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
            targets: ClassForm::sparse(self.sparse_y_true),
            outputs: ClassForm::sparse(self.sparse_y_pred),
        }
    }
}

impl MetricFunction for MeanIoU {
    fn name(&self) -> &'static str {
        "mean_io_u"
    }

    fn target_form(&self) -> TargetForm {
        if self.sparse_y_true && !self.sparse_y_pred {
            TargetForm::ClassIndex
        } else {
            TargetForm::LikeOutputs
        }
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
