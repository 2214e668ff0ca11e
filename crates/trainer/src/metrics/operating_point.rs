//! Operating points: the best of one figure at the thresholds where another reaches a least.

/// Writes such a metric out: `Name(least): name of the figure, the figure at the thresholds where what is bound reaches the
/// least`.
macro_rules! operating_point {
    (
        $(#[$meaning:meta])*
        pub struct $metric:ident($least:ident): $name:literal, $figures:path where $bound:path;

        $(#[$new:meta])*
        pub fn new($_least:ident: f64) -> Result<Self, TrainError>;
    ) => {
        crate::metrics::checked::checked! {
            $(#[$meaning])*
            pub struct $metric {
                $least: f64,
                #[serde(default = "crate::metrics::operating_point::default_num_thresholds")]
                num_thresholds: usize,
                #[serde(default, skip_serializing_if = "Option::is_none")]
                class_id: Option<usize>,
            }
        }

        impl $metric {
            $(#[$new])*
            pub fn new($least: f64) -> Result<Self, crate::error::TrainError> {
                Self {
                    $least,
                    num_thresholds: crate::metrics::operating_point::default_num_thresholds(),
                    class_id: None,
                }
                .checked()
            }

            /// Sets how many thresholds from 0 to 1 are tried; a single one is 0.5.
            ///
            /// # Errors
            /// If it is 0 or above 16777216.
            pub fn with_num_thresholds(
                mut self,
                num_thresholds: usize,
            ) -> Result<Self, crate::error::TrainError> {
                self.num_thresholds = num_thresholds;
                self.checked()
            }

            /// Looks at this column alone, counted from 0.
            #[must_use = "returns the changed metric"]
            pub fn with_class_id(mut self, class_id: usize) -> Self {
                self.class_id = Some(class_id);
                self
            }

            fn checked(self) -> Result<Self, crate::error::TrainError> {
                crate::metrics::checked::share(stringify!($least), self.$least)?;
                crate::metrics::checked::num_thresholds(1, self.num_thresholds)?;
                Ok(self)
            }

            fn selection(&self) -> crate::metrics::selection::Selection {
                crate::metrics::selection::Selection {
                    thresholds: crate::metrics::thresholds::Thresholds::spread(self.num_thresholds),
                    top_k: None,
                    class_id: self.class_id,
                }
            }
        }

        impl crate::metrics::MetricFunction for $metric {
            fn name(&self) -> &'static str {
                $name
            }

            fn direction(&self) -> crate::metrics::Direction {
                crate::metrics::Direction::Up
            }

            fn check(&self, columns: usize) -> Result<(), crate::error::TrainError> {
                crate::metrics::selection::check_columns(None, self.class_id, columns)
            }

            fn update(
                &self,
                targets: burn::tensor::Tensor<2>,
                outputs: &crate::outputs::Outputs,
                weights: Option<burn::tensor::Tensor<1>>,
            ) -> burn::tensor::Tensor<1> {
                self.selection().update(targets, outputs, weights)
            }

            fn result(&self, sums: &[f64]) -> Vec<f64> {
                let labels = self.selection().thresholds.counts(sums);
                let best = |counts| {
                    let (bound, figures) = ($bound(counts), $figures(counts));
                    crate::metrics::operating_point::best_where(&bound, self.$least, &figures)
                };
                labels.iter().map(best).collect()
            }
        }
    };
}

pub(super) use operating_point;

/// Keras' number of thresholds.
pub(super) fn default_num_thresholds() -> usize {
    200
}

/// The largest of these figures where those that are bound reach the least that is asked for; 0 where
/// none does.
pub(super) fn best_where(bound: &[f64], least: f64, figures: &[f64]) -> f64 {
    bound
        .iter()
        .zip(figures)
        .filter(|(bound, _)| **bound >= least)
        .map(|(_, figure)| *figure)
        .fold(0.0, f64::max)
}
