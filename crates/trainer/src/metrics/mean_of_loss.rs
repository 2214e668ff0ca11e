//! The metrics that are a loss without arguments, as the mean over the rows.

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::mean::{mean_result, mean_sums, mean_sums_on_host};
use super::{Direction, MetricFunction};
use crate::losses::{self, HostRows, LossFunction};
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;

/// Writes the list below out: a metric for every loss.
macro_rules! means_of_losses {
    ($($(#[$meaning:meta])* $metric:ident, $name:literal: $loss:expr;)+) => {
        $(
            $(#[$meaning])*
            #[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $metric {}

            impl $metric {
                /// The mean over the rows.
                pub const fn new() -> Self {
                    Self {}
                }
            }

            impl MetricFunction for $metric {
                fn name(&self) -> &'static str {
                    $name
                }

                fn target_domain(&self) -> TargetDomain {
                    $loss.target_domain()
                }

                fn direction(&self) -> Direction {
                    Direction::Down
                }

                fn update(
                    &self,
                    targets: Tensor<2>,
                    outputs: &Outputs,
                    weights: Option<Tensor<1>>,
                ) -> Tensor<1> {
                    mean_sums($loss.values(targets, outputs), weights)
                }

                fn on_host(
                    &self,
                    rows: &HostRows<'_>,
                    weights: Option<&[f32]>,
                ) -> Option<Vec<f32>> {
                    let values = $loss.on_host(rows)?.values;
                    Some(mean_sums_on_host(values.into_iter(), weights))
                }

                fn result(&self, sums: &[f64]) -> Vec<f64> {
                    mean_result(sums)
                }
            }
        )+
    };
}

means_of_losses! {
    /// `(output - target)²`
    ///
    /// ```
    /// use firebrick::metrics::{MeanSquaredError, Metric};
    ///
    /// let metric = Metric::from(MeanSquaredError::new());
    /// assert_eq!(metric.compute([1.0, 2.0], [3.0, 1.0])?, [2.5]);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/regression_metrics/#meansquarederror-class>
    MeanSquaredError, "mean_squared_error": losses::MeanSquaredError::new();
    /// `|output - target|`
    ///
    /// ```
    /// use firebrick::metrics::{MeanAbsoluteError, Metric};
    ///
    /// let metric = Metric::from(MeanAbsoluteError::new());
    /// assert_eq!(metric.compute([1.0, 2.0], [3.0, 1.0])?, [1.5]);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/regression_metrics/#meanabsoluteerror-class>
    MeanAbsoluteError, "mean_absolute_error": losses::MeanAbsoluteError::new();
    /// `100 · |output - target| / |target|`
    ///
    /// ```
    /// use firebrick::metrics::{MeanAbsolutePercentageError, Metric};
    ///
    /// let metric = Metric::from(MeanAbsolutePercentageError::new());
    /// assert_eq!(metric.compute([2.0, 4.0], [1.0, 5.0])?, [37.5]);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/regression_metrics/#meanabsolutepercentageerror-class>
    MeanAbsolutePercentageError, "mean_absolute_percentage_error":
        losses::MeanAbsolutePercentageError::new();
    /// `(ln(output + 1) - ln(target + 1))²`
    ///
    /// ```
    /// use firebrick::metrics::{MeanSquaredLogarithmicError, Metric};
    ///
    /// let metric = Metric::from(MeanSquaredLogarithmicError::new());
    /// // (ln 2)²
    /// assert!((metric.compute([0.0], [1.0])?[0] - 0.480_453).abs() < 1e-5);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/regression_metrics/#meansquaredlogarithmicerror-class>
    MeanSquaredLogarithmicError, "mean_squared_logarithmic_error":
        losses::MeanSquaredLogarithmicError::new();
    /// `ln(cosh(output - target))`
    ///
    /// ```
    /// use firebrick::metrics::{LogCoshError, Metric};
    ///
    /// let metric = Metric::from(LogCoshError::new());
    /// assert!((metric.compute([0.0], [1.0])?[0] - 0.433_781).abs() < 1e-5);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/regression_metrics/#logcosherror-class>
    LogCoshError, "logcosh": losses::LogCosh::new();
    /// `output - target · ln(output)`
    ///
    /// ```
    /// use firebrick::metrics::{Metric, Poisson};
    ///
    /// let metric = Metric::from(Poisson::new());
    /// // 2 - 3 · ln 2
    /// assert!((metric.compute([3.0], [2.0])?[0] - (-0.079_442)).abs() < 1e-5);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/probabilistic_metrics/#poisson-class>
    Poisson, "poisson": losses::Poisson::new();
    /// The sum over the columns of `target · ln(target / output)`.
    ///
    /// ```
    /// use firebrick::metrics::{KLDivergence, Metric};
    ///
    /// let metric = Metric::from(KLDivergence::new());
    /// assert!((metric.compute([[0.5, 0.5]], [[0.25, 0.75]])?[0] - 0.143_841).abs() < 1e-5);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/probabilistic_metrics/#kldivergence-class>
    KLDivergence, "kl_divergence": losses::KLDivergence::new();
    /// `max(1 - target · output, 0)` for targets -1 and 1; where all of a batch are 0 or 1, 0 means -1.
    ///
    /// ```
    /// use firebrick::metrics::{Hinge, Metric};
    ///
    /// let metric = Metric::from(Hinge::new());
    /// // Right, but by less than 1; right by more.
    /// assert_eq!(metric.compute([1.0, -1.0], [0.5, -2.0])?, [0.25]);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/hinge_metrics/#hinge-class>
    Hinge, "hinge": losses::Hinge::new();
    /// `max(1 - target · output, 0)²` for targets -1 and 1; where all of a batch are 0 or 1, 0 means -1.
    ///
    /// ```
    /// use firebrick::metrics::{Metric, SquaredHinge};
    ///
    /// let metric = Metric::from(SquaredHinge::new());
    /// // Right, but by less than 1; right by more.
    /// assert_eq!(metric.compute([1.0, -1.0], [0.5, -2.0])?, [0.125]);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/hinge_metrics/#squaredhinge-class>
    SquaredHinge, "squared_hinge": losses::SquaredHinge::new();
    /// `max(largest wrong output - right output + 1, 0)` for one-hot targets.
    ///
    /// ```
    /// use firebrick::metrics::{CategoricalHinge, Metric};
    ///
    /// let metric = Metric::from(CategoricalHinge::new());
    /// // The right class has 0.25, the largest of the others 0.75.
    /// assert_eq!(metric.compute([[0.0, 1.0]], [[0.75, 0.25]])?, [1.5]);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Source
    /// <https://keras.io/api/metrics/hinge_metrics/#categoricalhinge-class>
    CategoricalHinge, "categorical_hinge": losses::CategoricalHinge::new();
}
