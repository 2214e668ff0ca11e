//! What can be wrong with numbers that a program hands over.

use std::fmt;

use firebrick_spec::UnknownName;

/// What is wrong with arrays of inputs, targets or sample weights.
///
/// Rows and indices are counted from 0; a row is a sample, an index is a place among its numbers.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArrayError {
    /// A shape that is not that of the elements.
    #[error(
        "an array of shape {shape:?}: expected {}, received {received}; check the shape, whose first axis \
         is the sample",
        elements_of(shape)
    )]
    Shape {
        /// The shape as given.
        shape: Vec<usize>,
        /// Elements that were there.
        received: usize,
    },

    /// Rows of different lengths.
    #[error(
        "row {row} (counted from 0): expected {expected} numbers as in row 0, received {received}; make all \
         rows equally long"
    )]
    Ragged {
        /// The row.
        row: usize,
        /// Numbers in row 0.
        expected: usize,
        /// Numbers in this row.
        received: usize,
    },

    /// No samples, or samples of nothing.
    #[error(
        "{part} of shape {shape:?}: expected at least one sample (the first axis) and no axis of length 0; \
         check what was loaded or filtered"
    )]
    Empty {
        /// Which of the arrays.
        part: ArrayPart,
        /// Its shape.
        shape: Vec<usize>,
    },

    /// Targets that are texts.
    #[error(
        "the targets: expected numbers, received texts; turn them to the indices of classes first, as `StringLookup` does"
    )]
    TextTargets,

    /// Inputs of too many axes.
    #[error(
        "inputs of shape {shape:?}: expected at most 4 axes a sample, received {}; join some of them", shape.len() - 1
    )]
    TooManyAxes {
        /// The shape, samples first.
        shape: Vec<usize>,
    },

    /// Numbers asked for as a tensor of another rank.
    #[error(
        "numbers of shape {shape:?}: expected to be asked for as a tensor of {} axes, received {asked}",
        shape.len()
    )]
    Rank {
        /// The shape, samples first.
        shape: Vec<usize>,
        /// Axes asked for.
        asked: usize,
    },

    /// A number that is none.
    #[error(
        "{part}, row {row}{} (counted from 0): expected a finite number of single precision, received {received}; \
         fill in or remove the samples where it is missing",
        place(index)
    )]
    NotFinite {
        /// Which of the arrays.
        part: ArrayPart,
        /// The sample.
        row: usize,
        /// Where in the sample; empty where a sample is one number.
        index: Vec<usize>,
        /// NaN or an infinity.
        received: f32,
    },

    /// Not one target a sample.
    #[error(
        "expected as many targets as inputs, received {inputs} samples of inputs and {targets} of targets; the \
         first axis of both is the sample"
    )]
    NumSamples {
        /// Samples of the inputs.
        inputs: usize,
        /// Samples of the targets.
        targets: usize,
    },

    /// One of several arrays, and what is wrong with it.
    #[error("`{name}`: {source}")]
    Named {
        /// Its name.
        name: String,
        /// What is wrong.
        source: Box<Self>,
    },

    /// Arrays of different numbers of samples.
    #[error(
        "`{name}`: expected {expected} samples as `{first}` has them, received {received}; the first axis of each is the sample"
    )]
    NumSamplesOf {
        /// The array.
        name: String,
        /// The first one.
        first: String,
        /// Samples of the first one.
        expected: usize,
        /// Samples of this one.
        received: usize,
    },

    /// No array where there has to be one.
    #[error(
        "expected at least one array of {part}, received none; give one for each input and output of the network"
    )]
    NoArrays {
        /// Of what.
        part: ArrayPart,
    },

    /// Two arrays of one name.
    #[error("two arrays of {part} are called `{name}`; call each as the network does")]
    DuplicateName {
        /// Of what.
        part: ArrayPart,
        /// The name.
        name: String,
    },

    /// A name that no array of targets has.
    #[error(transparent)]
    UnknownTarget(UnknownName),

    /// A class index that cannot be one.
    #[error(
        "targets, row {row} (counted from 0): expected the index of a class, from 0 to below {limit}, received \
         {received}; number the classes from 0, or give numbers to predict as floats"
    )]
    Label {
        /// The sample.
        row: usize,
        /// What stands there.
        received: i64,
        /// The most classes there can be.
        limit: usize,
    },

    /// A class index that the declared classes do not have.
    #[error(
        "targets, row {row} (counted from 0): expected the index of a class, from 0 to below {num_classes}, received \
         {received}; raise the number of classes or correct the label"
    )]
    LabelOutOfRange {
        /// The sample.
        row: usize,
        /// What stands there.
        received: usize,
        /// The number of classes.
        num_classes: usize,
    },

    /// Something asked for that only classes have.
    #[error(
        "{asked} needs targets that are class indices, one integer a sample; received numbers of shape {shape:?} a \
         sample"
    )]
    NoClasses {
        /// What was asked for.
        asked: &'static str,
        /// The shape of one sample's targets.
        shape: Vec<usize>,
    },

    /// Not one weight a sample.
    #[error("expected one sample weight for each of {expected} samples, received {received}")]
    NumWeights {
        /// Samples.
        expected: usize,
        /// Weights.
        received: usize,
    },

    /// A weight that is none.
    #[error(
        "sample weights, row {row} (counted from 0): expected a finite number of at least 0, received {received}; 0 \
         leaves a sample out of the loss"
    )]
    Weight {
        /// The sample.
        row: usize,
        /// Its weight.
        received: f32,
    },

    /// Weights that leave nothing to learn.
    #[error(
        "sample weights: expected at least one above 0, received nothing but zeros; leave them out to weigh all samples \
         alike"
    )]
    WeightsAllZero,

    /// Something that cannot be divided by.
    #[error(
        "expected a finite divisor that is not 0 or close to it, received {received}; 255 brings bytes to [0, 1]"
    )]
    Divisor {
        /// The divisor.
        received: f32,
    },

    /// A tensor that could not be read from its device.
    #[error("cannot read a tensor from its device: {message}; check the device, `flex` is the CPU")]
    Device {
        /// What Burn said.
        message: String,
    },
}

impl ArrayError {
    /// The same of the array of this name, if it has one.
    pub(crate) fn of(self, name: Option<&str>) -> Self {
        match name {
            None => self,
            Some(name) => Self::Named {
                name: name.to_owned(),
                source: Box::new(self),
            },
        }
    }
}

/// One of the arrays of a data set.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{ArrayDataset, ArrayError, ArrayPart, DataError};
///
/// let error = ArrayDataset::new([[0.0], [f64::NAN]], [0, 1]).err();
/// assert!(matches!(
///     error,
///     Some(DataError::Array(ArrayError::NotFinite { part: ArrayPart::Inputs, row: 1, .. }))
/// ));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArrayPart {
    /// What a network is given.
    Inputs,
    /// What it should answer.
    Targets,
}

impl fmt::Display for ArrayPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Inputs => "inputs",
            Self::Targets => "targets",
        })
    }
}

fn elements_of(shape: &[usize]) -> String {
    let product = shape
        .iter()
        .try_fold(1_usize, |product, &length| product.checked_mul(length));
    match product {
        Some(_) if shape.is_empty() => "at least one axis".to_owned(),
        Some(elements) => format!("{elements} elements"),
        None => "no more elements than memory can hold".to_owned(),
    }
}

fn place(index: &[usize]) -> String {
    match index {
        [] => String::new(),
        [column] => format!(", column {column}"),
        index => format!(", index {index:?}"),
    }
}
