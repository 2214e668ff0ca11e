use std::fmt;

/// What a data set asks of a network for every sample.
///
/// ```
/// # mod firebrick { pub use firebrick_data as datasets; }
/// use firebrick::datasets::{ArrayDataset, BatchSource, Targets};
///
/// // Integers are classes, floats are numbers to predict.
/// let classes = ArrayDataset::new([[0.0], [1.0]], [0, 2])?;
/// assert_eq!(classes.targets(), Targets::Classes { num_classes: 3 });
/// let numbers = ArrayDataset::new([[0.0], [1.0]], [0.0, 2.0])?;
/// assert_eq!(numbers.targets(), Targets::Values { shape: vec![] });
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Targets {
    /// One of some classes; a batch holds its index, counted from 0.
    Classes {
        /// How many there are; every index is below it.
        num_classes: usize,
    },
    /// Numbers: a regression, one-hot rows, several columns or a class index at every step of a sequence.
    Values {
        /// The shape of one sample's targets; empty for a single number.
        shape: Vec<usize>,
    },
}

impl Targets {
    /// Numbers a sample, the columns of [`Batch::targets`](crate::Batch::targets).
    pub fn num_columns(&self) -> usize {
        match self {
            Self::Classes { .. } => 1,
            Self::Values { shape } => shape.iter().product(),
        }
    }

    /// The number of classes, if the targets are classes.
    pub fn num_classes(&self) -> Option<usize> {
        match self {
            Self::Classes { num_classes } => Some(*num_classes),
            Self::Values { .. } => None,
        }
    }
}

impl fmt::Display for Targets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Classes { num_classes } => write!(f, "the index of one of {num_classes} classes"),
            Self::Values { shape } if shape.is_empty() => f.write_str("one number a sample"),
            Self::Values { shape } => write!(f, "targets of shape {shape:?}"),
        }
    }
}
