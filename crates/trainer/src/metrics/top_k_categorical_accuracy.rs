use burn::tensor::Tensor;

use super::checked::{checked, some};
use super::mean::{mean_result, mean_sums};
use super::top_k::in_top_k;
use super::{Direction, MetricFunction};
use crate::error::TrainError;
use crate::outputs::Outputs;

checked! {
    /// How often the output of the largest target's class is among the `k` largest: fewer than `k` exceed it.
    ///
    /// ```
    /// use firebrick::metrics::{Metric, TopKCategoricalAccuracy};
    ///
    /// let metric = Metric::from(TopKCategoricalAccuracy::new().with_k(2)?);
    /// // The second largest is good enough, the third is not.
    /// assert_eq!(metric.compute([[0, 0, 1], [0, 0, 1]], [[0.1, 0.6, 0.3], [0.05, 0.95, 0.0]])?, [0.5]);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/accuracy_metrics/#topkcategoricalaccuracy-class>
    #[derive(Copy)]
    pub struct TopKCategoricalAccuracy {
        #[serde(default = "default_k")]
        k: usize,
    }
}

fn default_k() -> usize {
    TopKCategoricalAccuracy::default().k
}

impl TopKCategoricalAccuracy {
    /// The accuracy with `k` 5.
    pub const fn new() -> Self {
        Self { k: 5 }
    }

    /// Sets how many of the largest outputs count.
    ///
    /// # Errors
    /// If it is 0.
    pub fn with_k(mut self, k: usize) -> Result<Self, TrainError> {
        self.k = k;
        self.checked()
    }

    fn checked(self) -> Result<Self, TrainError> {
        some("k", self.k)?;
        Ok(self)
    }
}

impl Default for TopKCategoricalAccuracy {
    fn default() -> Self {
        Self::new()
    }
}

impl MetricFunction for TopKCategoricalAccuracy {
    fn name(&self) -> &'static str {
        "top_k_categorical_accuracy"
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
        mean_sums(
            in_top_k(targets.argmax(1), outputs.values(), self.k),
            weights,
        )
    }

    fn result(&self, sums: &[f64]) -> Vec<f64> {
        mean_result(sums)
    }
}
