use std::fmt;

/// What can be wrong with a network, its data, or its training.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScratchError {
    /// Widths that make no network.
    #[error("the widths of a network are {received:?}, expected {expected}; {hint}")]
    Widths {
        /// Inputs, units of the hidden layers, classes.
        received: Vec<usize>,
        /// What they have to be.
        expected: &'static str,
        /// What to do.
        hint: &'static str,
    },

    /// More weights than memory is taken for.
    #[error(
        "a network of widths {widths:?} has more than {limit} weights, the most there may be; give smaller widths"
    )]
    TooLarge {
        /// Inputs, units of the hidden layers, classes.
        widths: Vec<usize>,
        /// The most weights there may be.
        limit: usize,
    },

    /// An array of another shape.
    #[error("{what} must have the shape {expected:?}, received {received:?}; {hint}")]
    Shape {
        /// The array.
        what: String,
        /// The shape it has to have.
        expected: Vec<usize>,
        /// The shape it has.
        received: Vec<usize>,
        /// What to do.
        hint: &'static str,
    },

    /// Not one label a sample.
    #[error(
        "expected a label for each of {samples} samples, received {labels}; give one label a row"
    )]
    LabelCount {
        /// The number of samples.
        samples: usize,
        /// The number of labels.
        labels: usize,
    },

    /// A label that is no class.
    #[error(
        "the label of sample {row} is {label}, expected one below the {num_classes} classes; count classes from 0, or give more of them"
    )]
    LabelOutOfRange {
        /// The sample, counted from 0.
        row: usize,
        /// Its label.
        label: usize,
        /// The number of classes.
        num_classes: usize,
    },

    /// Nothing to learn from or to judge by.
    #[error("{what} must hold at least 1 sample, received 0; check where they come from")]
    NoSamples {
        /// Where there are none.
        what: &'static str,
    },

    /// An order with a row that there is not.
    #[error(
        "place {place} of the order is row {row}, expected one below the {num_samples} samples; count rows from 0"
    )]
    RowOutOfRange {
        /// The place in the order, counted from 0.
        place: usize,
        /// The row there.
        row: usize,
        /// The number of samples.
        num_samples: usize,
    },

    /// A setting outside of its range.
    #[error("{setting} is {received}, expected {expected}")]
    Setting {
        /// The name of the setting.
        setting: &'static str,
        /// Its value.
        received: String,
        /// What it may be.
        expected: &'static str,
    },

    /// A loss that is not a number any more.
    #[error(
        "the loss of {place} is {loss}, expected a finite number; try a smaller learning rate, a tenth of it first, \
         and look for NaN and infinity in the inputs"
    )]
    NonFiniteLoss {
        /// NaN or infinite.
        loss: f64,
        /// Where it was seen.
        place: Place,
    },
}

impl ScratchError {
    /// Says in which epoch of a fit this happened.
    pub(crate) fn in_epoch(self, epoch: usize) -> Self {
        match self {
            Self::NonFiniteLoss { loss, place } => Self::NonFiniteLoss {
                loss,
                place: Place {
                    epoch: Some(epoch),
                    ..place
                },
            },
            other => other,
        }
    }

    /// Says in which batch of an epoch this happened.
    pub(crate) fn in_batch(self, batch: usize) -> Self {
        match self {
            Self::NonFiniteLoss { loss, place } => Self::NonFiniteLoss {
                loss,
                place: Place {
                    batch: Some(batch),
                    ..place
                },
            },
            other => other,
        }
    }
}

/// Where in a training something happened, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Counted from 1.
    pub epoch: Option<usize>,
    /// Counted from 1; `None` for the validation after an epoch.
    pub batch: Option<usize>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.epoch, self.batch) {
            (Some(epoch), Some(batch)) => write!(f, "batch {batch} of epoch {epoch}"),
            (Some(epoch), None) => write!(f, "the validation after epoch {epoch}"),
            (None, Some(batch)) => write!(f, "batch {batch}"),
            (None, None) => f.write_str("these samples"),
        }
    }
}
