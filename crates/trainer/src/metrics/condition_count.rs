//! The four counts of answers that are right or wrong, positive or negative.

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::threshold_list::ThresholdList;
use super::thresholds::{Counts, Thresholds, as_one_label, weights_of_columns};
use super::{Direction, MetricFunction};
use crate::error::TrainError;
use crate::outputs::Outputs;

/// Writes the list below out: a metric for every count.
macro_rules! condition_counts {
    ($($(#[$meaning:meta])* $metric:ident: $name:ident;)+) => {
        $(
            $(#[$meaning])*
            ///
            /// An output is positive if it exceeds the threshold, 0.5 unless others are set; a target is
            /// true if it is not 0. All columns count alike. One figure for every threshold.
            ///
            /// # Source
            /// <https://keras.io/api/metrics/classification_metrics/>
            #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields, default)]
            pub struct $metric {
                #[serde(skip_serializing_if = "Option::is_none")]
                thresholds: Option<ThresholdList>,
            }

            impl $metric {
                /// The count at a threshold of 0.5.
                pub const fn new() -> Self {
                    Self { thresholds: None }
                }

                /// Sets the thresholds.
                ///
                /// # Errors
                /// If there is none, or one is not from 0 to 1.
                pub fn with_thresholds(
                    mut self,
                    thresholds: impl IntoIterator<Item = f64>,
                ) -> Result<Self, TrainError> {
                    self.thresholds = Some(ThresholdList::new(thresholds)?);
                    Ok(self)
                }

                fn thresholds(&self) -> Thresholds {
                    ThresholdList::or(self.thresholds.as_ref(), 0.5)
                }
            }

            impl MetricFunction for $metric {
                fn name(&self) -> &'static str {
                    stringify!($name)
                }

                fn direction(&self) -> Direction {
                    Direction::Unknown
                }

                fn update(
                    &self,
                    targets: Tensor<2>,
                    outputs: &Outputs,
                    weights: Option<Tensor<1>>,
                ) -> Tensor<1> {
                    update(&self.thresholds(), targets, outputs, weights)
                }

                fn result(&self, sums: &[f64]) -> Vec<f64> {
                    count(self.thresholds().counts(sums), |counts| counts.$name)
                }
            }
        )+
    };
}

condition_counts! {
    /// The weight of the true targets whose output is positive.
    ///
    /// ```
    /// use firebrick::metrics::{Metric, TruePositives};
    ///
    /// let metric = Metric::from(TruePositives::new());
    /// // 0.7 and 0.9 were to be 1 and are above the threshold of 0.5.
    /// assert_eq!(metric.compute([0, 1, 1, 1], [0.6, 0.4, 0.7, 0.9])?, [2.0]);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    TruePositives: true_positives;
    /// The weight of the false targets whose output is negative.
    ///
    /// ```
    /// use firebrick::metrics::{Metric, TrueNegatives};
    ///
    /// let metric = Metric::from(TrueNegatives::new());
    /// // What was to be 0 has 0.6, above the threshold of 0.5.
    /// assert_eq!(metric.compute([0, 1, 1, 1], [0.6, 0.4, 0.7, 0.9])?, [0.0]);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    TrueNegatives: true_negatives;
    /// The weight of the false targets whose output is positive.
    ///
    /// ```
    /// use firebrick::metrics::{FalsePositives, Metric};
    ///
    /// let metric = Metric::from(FalsePositives::new());
    /// // Only 0.6 was to be 0 and is above the threshold of 0.5.
    /// assert_eq!(metric.compute([0, 1, 1, 1], [0.6, 0.4, 0.7, 0.9])?, [1.0]);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    FalsePositives: false_positives;
    /// The weight of the true targets whose output is negative.
    ///
    /// ```
    /// use firebrick::metrics::{FalseNegatives, Metric};
    ///
    /// let metric = Metric::from(FalseNegatives::new());
    /// // Only 0.4 was to be 1 and is below the threshold of 0.5.
    /// assert_eq!(metric.compute([0, 1, 1, 1], [0.6, 0.4, 0.7, 0.9])?, [1.0]);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    FalseNegatives: false_negatives;
}

fn update(
    thresholds: &Thresholds,
    targets: Tensor<2>,
    outputs: &Outputs,
    weights: Option<Tensor<1>>,
) -> Tensor<1> {
    let outputs = outputs.values();
    let [_, columns] = outputs.dims();
    let weights = weights.map(|weights| as_one_label(weights_of_columns(weights, columns)));
    thresholds.update(as_one_label(targets), as_one_label(outputs), weights)
}

fn count(labels: Vec<Counts>, of: impl Fn(Counts) -> Vec<f64>) -> Vec<f64> {
    labels.into_iter().flat_map(of).collect()
}
