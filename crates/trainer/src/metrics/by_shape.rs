use super::{
    BinaryAccuracy, BinaryCrossentropy, CategoricalAccuracy, CategoricalCrossentropy,
    MetricFunction, SparseCategoricalAccuracy, SparseCategoricalCrossentropy,
};
use crate::target_form::TargetForm;

/// Names that stand for one of three metrics, as targets and outputs demand.
///
/// # Source
/// `get_metric` and `get_loss` in <https://github.com/keras-team/keras/blob/v3.15.1/keras/src/trainers/compile_utils.py>
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum ByShape {
    Accuracy,
    Crossentropy,
}

impl ByShape {
    pub(super) const NAMES: &'static [&'static str] = &["accuracy", "crossentropy"];
    pub(super) const ALIASES: &'static [&'static str] = &["accuracy", "acc", "crossentropy", "ce"];
    pub(super) const ENTRIES: &'static [&'static [&'static str]] =
        &[&["accuracy", "acc"], &["crossentropy", "ce"]];

    pub(super) fn by_name(name: &str) -> Option<Self> {
        match name {
            "accuracy" | "acc" => Some(Self::Accuracy),
            "crossentropy" | "ce" => Some(Self::Crossentropy),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::Crossentropy => "crossentropy",
        }
    }

    /// Binary for a single column, else by class index or by column.
    pub(super) fn function(
        self,
        targets: TargetForm,
        columns: usize,
    ) -> &'static dyn MetricFunction {
        static BINARY_ACCURACY: BinaryAccuracy = BinaryAccuracy::new();
        static CATEGORICAL_ACCURACY: CategoricalAccuracy = CategoricalAccuracy::new();
        static SPARSE_ACCURACY: SparseCategoricalAccuracy = SparseCategoricalAccuracy::new();
        static BINARY: BinaryCrossentropy = BinaryCrossentropy::new();
        static CATEGORICAL: CategoricalCrossentropy = CategoricalCrossentropy::new();
        static SPARSE: SparseCategoricalCrossentropy = SparseCategoricalCrossentropy::new();
        match (self, targets, columns) {
            (Self::Accuracy, _, 1) => &BINARY_ACCURACY,
            (Self::Accuracy, TargetForm::ClassIndex, _) => &SPARSE_ACCURACY,
            (Self::Accuracy, _, _) => &CATEGORICAL_ACCURACY,
            (Self::Crossentropy, _, 1) => &BINARY,
            (Self::Crossentropy, TargetForm::ClassIndex, _) => &SPARSE,
            (Self::Crossentropy, _, _) => &CATEGORICAL,
        }
    }
}
