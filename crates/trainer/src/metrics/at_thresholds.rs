//! Precision and recall: a share of the outputs that are positive at thresholds.

/// Writes such a metric out: `Name: name of the figure, its values at the thresholds`.
macro_rules! at_thresholds {
    (
        $(#[$meaning:meta])*
        pub struct $metric:ident: $name:literal, $figures:path;

        $(#[$new:meta])*
        pub const fn new() -> Self;
    ) => {
        crate::metrics::checked::checked! {
            $(#[$meaning])*
            #[derive(Default)]
            pub struct $metric {
                #[serde(default, skip_serializing_if = "Option::is_none")]
                thresholds: Option<crate::metrics::threshold_list::ThresholdList>,
                #[serde(default, skip_serializing_if = "Option::is_none")]
                top_k: Option<usize>,
                #[serde(default, skip_serializing_if = "Option::is_none")]
                class_id: Option<usize>,
            }
        }

        impl $metric {
            $(#[$new])*
            pub const fn new() -> Self {
                Self {
                    thresholds: None,
                    top_k: None,
                    class_id: None,
                }
            }

            /// Sets the thresholds.
            ///
            /// # Errors
            /// If there is none, or one is not from 0 to 1.
            pub fn with_thresholds(
                mut self,
                thresholds: impl IntoIterator<Item = f64>,
            ) -> Result<Self, crate::error::TrainError> {
                let thresholds = crate::metrics::threshold_list::ThresholdList::new(thresholds)?;
                self.thresholds = Some(thresholds);
                self.checked()
            }

            /// Lets only the `k` largest outputs of a row be positive, of equal ones the first; without
            /// thresholds they all are.
            ///
            /// # Errors
            /// If it is 0.
            pub fn with_top_k(mut self, k: usize) -> Result<Self, crate::error::TrainError> {
                self.top_k = Some(k);
                self.checked()
            }

            /// Looks at this column alone, counted from 0.
            #[must_use = "returns the changed metric"]
            pub fn with_class_id(mut self, class_id: usize) -> Self {
                self.class_id = Some(class_id);
                self
            }

            fn checked(self) -> Result<Self, crate::error::TrainError> {
                if let Some(k) = self.top_k {
                    crate::metrics::checked::some("top_k", k)?;
                }
                Ok(self)
            }

            fn selection(&self) -> crate::metrics::selection::Selection {
                crate::metrics::selection::Selection::of_settings(
                    self.thresholds.as_ref(),
                    self.top_k,
                    self.class_id,
                )
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
                crate::metrics::selection::check_columns(self.top_k, self.class_id, columns)
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
                labels.iter().flat_map($figures).collect()
            }
        }
    };
}

pub(super) use at_thresholds;
