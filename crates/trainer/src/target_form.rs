/// Which targets a loss or a metric compares the outputs with.
///
/// ```
/// use firebrick::losses::{CategoricalCrossentropy, LossFunction, SparseCategoricalCrossentropy, TargetForm};
///
/// // One-hot rows for the one, the index of a class for the other.
/// assert_eq!(CategoricalCrossentropy::new().target_form(), TargetForm::LikeOutputs);
/// assert_eq!(SparseCategoricalCrossentropy::new().target_form(), TargetForm::ClassIndex);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetForm {
    /// As many columns as the outputs have; the one of a single column may be left out.
    LikeOutputs,
    /// The index of a class in a single column, counted from 0.
    ClassIndex,
}
