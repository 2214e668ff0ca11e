use super::checked::checked;
use super::class_matrix::{ClassForm, ClassMatrix, check_class_ids};
use super::class_overlap::overlap_function;
use crate::error::TrainError;

checked! {
    /// How much of a class and of what was taken for it is both, for targets 0 and 1 and outputs that are
    /// 1 from a threshold on: the mean over both classes, or one of them.
    ///
    /// Classes that neither targets nor outputs have do not count. Weights count as they are, where Keras
    /// cuts them to whole numbers unless told otherwise.
    ///
    /// ```
    /// use firebrick::metrics::{BinaryIoU, Metric};
    ///
    /// let metric = Metric::from(BinaryIoU::new());
    /// // Of class 0 two of three, of class 1 one of two.
    /// assert!((metric.compute([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7])?[0] - (2.0 / 3.0 + 0.5) / 2.0).abs() < 1e-5);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/segmentation_metrics/#binaryiou-class>
    pub struct BinaryIoU {
        #[serde(default = "both_classes")]
        target_class_ids: Vec<usize>,
        #[serde(default = "default_threshold")]
        threshold: f64,
    }
}

fn both_classes() -> Vec<usize> {
    vec![0, 1]
}

fn default_threshold() -> f64 {
    0.5
}

impl BinaryIoU {
    /// The mean over both classes, with a threshold of 0.5.
    pub fn new() -> Self {
        Self {
            target_class_ids: both_classes(),
            threshold: default_threshold(),
        }
    }

    /// Sets the classes the mean is taken over.
    ///
    /// # Errors
    /// If there is none, or one is neither 0 nor 1.
    pub fn with_target_class_ids(
        mut self,
        target_class_ids: impl IntoIterator<Item = usize>,
    ) -> Result<Self, TrainError> {
        self.target_class_ids = target_class_ids.into_iter().collect();
        self.checked()
    }

    /// Sets the least output that means 1.
    #[must_use = "returns the changed metric"]
    pub fn with_threshold(mut self, threshold: f64) -> Self {
        self.threshold = threshold;
        self
    }

    fn checked(self) -> Result<Self, TrainError> {
        check_class_ids(&self.target_class_ids, 2)?;
        Ok(self)
    }

    fn class_ids(&self) -> Vec<usize> {
        self.target_class_ids.clone()
    }

    fn matrix(&self) -> ClassMatrix {
        ClassMatrix {
            num_classes: 2,
            ignore_class: None,
            targets: ClassForm::Index,
            outputs: ClassForm::From(self.threshold),
        }
    }
}

impl Default for BinaryIoU {
    fn default() -> Self {
        Self::new()
    }
}

overlap_function!(BinaryIoU: "binary_io_u");
