/// Which targets a loss or a metric compares the outputs with.
///
/// ```
/// use firebrick::losses::{CategoricalCrossentropy, LossFunction, SparseCategoricalCrossentropy, TargetForm, TripletHard};
///
/// // One-hot rows for the one, the index of a class for the other, labels of groups for a third.
/// assert_eq!(CategoricalCrossentropy::new().target_form(), TargetForm::LikeOutputs);
/// assert_eq!(SparseCategoricalCrossentropy::new().target_form(), TargetForm::ClassIndex);
/// assert_eq!(TripletHard::new().target_form(), TargetForm::Label);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetForm {
    /// As many columns as the outputs have; the one of a single column may be left out.
    LikeOutputs,
    /// The index of a class in a single column, counted from 0.
    ClassIndex,
    /// A whole number in a single column, the same for samples that belong together; outputs need no column for it.
    Label,
    /// A row of labels a sample, each the index of a class from 1 on, filled up with 0 or -1: what is said in the steps of a
    /// sequence, without saying when.
    LabelSequence,
}
