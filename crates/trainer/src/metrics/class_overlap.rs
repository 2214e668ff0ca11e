//! Intersections over unions: how much of a class and of what was taken for it is both.

use super::class_matrix::{ClassForm, ClassMatrix};
use crate::target_form::TargetForm;

/// Writes the [`MetricFunction`](super::MetricFunction) of a description that has a `matrix` and `class_ids`.
macro_rules! overlap_function {
    ($metric:ident: $name:literal) => {
        impl crate::metrics::MetricFunction for $metric {
            fn name(&self) -> &'static str {
                $name
            }

            fn target_form(&self) -> crate::target_form::TargetForm {
                crate::metrics::class_overlap::target_form(self.matrix())
            }

            fn direction(&self) -> crate::metrics::Direction {
                crate::metrics::Direction::Up
            }

            fn update(
                &self,
                targets: burn::tensor::Tensor<2>,
                outputs: &crate::outputs::Outputs,
                weights: Option<burn::tensor::Tensor<1>>,
            ) -> burn::tensor::Tensor<1> {
                self.matrix().overlaps(targets, outputs, weights)
            }

            fn result(&self, sums: &[f64]) -> Vec<f64> {
                self.matrix().mean_iou(self.class_ids(), sums)
            }
        }
    };
}

/// Writes such a metric of any number of classes out: `Name(which of them, if not all): name of the figure`, then the
/// setting that says whether targets are indices, if there is one, and the setters of these settings.
macro_rules! class_overlap {
    (
        $(#[$meaning:meta])*
        pub struct $metric:ident($($ids:ident)?): $name:literal;

        $(#[$new:meta])*
        pub fn new;

        $([targets: $sparse_y_true:ident])?

        $(
            $(#[$about:meta])*
            $setter:ident($setting:ident = $set:literal, $default:literal);
        )+
    ) => {
        crate::metrics::checked::checked! {
            $(#[$meaning])*
            pub struct $metric {
                num_classes: usize,
                $($ids: Vec<usize>,)?
                #[serde(default, skip_serializing_if = "Option::is_none")]
                ignore_class: Option<i64>,
                $(
                    #[serde(default = $default)]
                    $setting: bool,
                )+
            }
        }

        impl $metric {
            $(#[$new])*
            pub fn new(
                num_classes: usize,
                $($ids: impl IntoIterator<Item = usize>,)?
            ) -> Result<Self, crate::error::TrainError> {
                Self {
                    num_classes,
                    $($ids: $ids.into_iter().collect(),)?
                    ignore_class: None,
                    $($setting: !$set,)+
                }
                .checked()
            }

            /// Leaves out the targets of this class.
            #[must_use = "returns the changed metric"]
            pub fn with_ignore_class(mut self, class: i64) -> Self {
                self.ignore_class = Some(class);
                self
            }

            $(
                $(#[$about])*
                #[must_use = "returns the changed metric"]
                pub fn $setter(mut self) -> Self {
                    self.$setting = $set;
                    self
                }
            )+

            fn checked(self) -> Result<Self, crate::error::TrainError> {
                crate::metrics::checked::classes(self.num_classes)?;
                $(crate::metrics::class_matrix::check_class_ids(&self.$ids, self.num_classes)?;)?
                Ok(self)
            }

            fn class_ids(&self) -> Vec<usize> {
                let asked_for: Option<&Vec<usize>> = None$(.or(Some(&self.$ids)))?;
                asked_for.map_or_else(|| (0..self.num_classes).collect(), Clone::clone)
            }

            fn matrix(&self) -> crate::metrics::class_matrix::ClassMatrix {
                crate::metrics::class_matrix::ClassMatrix {
                    num_classes: self.num_classes,
                    ignore_class: self.ignore_class,
                    targets: crate::metrics::class_matrix::ClassForm::sparse(
                        false$( || self.$sparse_y_true)?
                    ),
                    outputs: crate::metrics::class_matrix::ClassForm::sparse(self.sparse_y_pred),
                }
            }
        }

        crate::metrics::class_overlap::overlap_function!($metric: $name);
    };
}

pub(super) use {class_overlap, overlap_function};

/// Keras' default of what is sparse.
pub(super) fn yes() -> bool {
    true
}

/// The targets that classes told apart in this way are.
pub(super) fn target_form(matrix: ClassMatrix) -> TargetForm {
    match (matrix.targets, matrix.outputs) {
        (ClassForm::Index, ClassForm::Largest) => TargetForm::ClassIndex,
        _ => TargetForm::LikeOutputs,
    }
}
