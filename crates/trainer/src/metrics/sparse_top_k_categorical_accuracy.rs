use burn::tensor::Tensor;

use super::checked::{checked, some};
use super::mean::{mean_result, mean_sums};
use super::top_k::in_top_k;
use super::{Direction, MetricFunction};
use crate::error::TrainError;
use crate::outputs::Outputs;
use crate::target_form::TargetForm;

checked! {
    /// How often the output of the target's class is among the `k` largest: fewer than `k` exceed it.
    ///
    /// ```
    /// use firebrick::metrics::{Metric, SparseTopKCategoricalAccuracy};
    ///
    /// let metric = Metric::from(SparseTopKCategoricalAccuracy::new().with_k(2)?);
    /// // The second largest is good enough, the third is not.
    /// assert_eq!(metric.compute([2, 2], [[0.1, 0.6, 0.3], [0.05, 0.95, 0.0]])?, [0.5]);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/accuracy_metrics/#sparsetopkcategoricalaccuracy-class>
    #[derive(Copy)]
    pub struct SparseTopKCategoricalAccuracy {
        #[serde(default = "default_k")]
        k: usize,
        #[serde(default)]
        from_sorted_ids: bool,
    }
}

fn default_k() -> usize {
    SparseTopKCategoricalAccuracy::default().k
}

impl SparseTopKCategoricalAccuracy {
    /// The accuracy with `k` 5.
    pub const fn new() -> Self {
        Self {
            k: 5,
            from_sorted_ids: false,
        }
    }

    /// Sets how many of the largest outputs count.
    ///
    /// # Errors
    /// If it is 0.
    pub fn with_k(mut self, k: usize) -> Result<Self, TrainError> {
        self.k = k;
        self.checked()
    }

    /// For outputs that are classes, the likeliest first, instead of one number a class.
    #[must_use = "returns the changed metric"]
    pub fn from_sorted_ids(mut self) -> Self {
        self.from_sorted_ids = true;
        self
    }

    fn checked(self) -> Result<Self, TrainError> {
        some("k", self.k)?;
        Ok(self)
    }
}

impl Default for SparseTopKCategoricalAccuracy {
    fn default() -> Self {
        Self::new()
    }
}

impl MetricFunction for SparseTopKCategoricalAccuracy {
    fn name(&self) -> &'static str {
        "sparse_top_k_categorical_accuracy"
    }

    fn target_form(&self) -> TargetForm {
        TargetForm::ClassIndex
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
        let values = outputs.values();
        let right = if self.from_sorted_ids {
            let k = self.k.min(values.dims()[1]);
            let first = values.narrow(1, 0, k);
            first.equal(targets).any_dim(1).float().squeeze_dim(1)
        } else {
            in_top_k(targets.int(), values, self.k)
        };
        mean_sums(right, weights)
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        mean_result(sums)
    }
}
