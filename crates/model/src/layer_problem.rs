use firebrick_tensor::TensorError;
use firebrick_vocabulary::VocabularyError;

/// Why a layer cannot stand where it stands, or not be as it is described.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::layers::{Dense, Layer, LayerProblem};
///
/// let problem = Dense::new(0).output_shape(&[5].into()).unwrap_err();
/// assert!(matches!(problem, LayerProblem::Argument { argument: "units", .. }));
/// assert_eq!(problem.to_string(), "needs `units` to be at least 1, it is 0; change it");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LayerProblem {
    /// An input of a shape that the layer does not take.
    #[error("expects an input of {expected}; {hint}")]
    Input {
        /// The shape without the batch axis, in words.
        expected: String,
        /// What to do.
        hint: &'static str,
    },

    /// An argument out of range.
    #[error("needs `{argument}` to be {expected}, it is {received}; change it")]
    Argument {
        /// Keras' name of the argument.
        argument: &'static str,
        /// What it should be.
        expected: String,
        /// What it is.
        received: String,
    },

    /// A call of a shared layer by a description that cannot be its own.
    #[error(
        "is called with {what}, expected another description of the same layer, with the same weights; give this call a \
         layer of its own"
    )]
    CalledAs {
        /// What it is called with.
        what: String,
    },

    /// Another number of inputs than the layer takes.
    #[error("takes {expected} input(s), received {received}; give it as many")]
    NumInputs {
        /// How many it takes, in words or digits.
        expected: String,
        /// How many there are.
        received: usize,
    },

    /// Another number of outputs than the layer gives.
    #[error("gives {received} outputs, expected {expected}; name the one that is meant")]
    NumOutputs {
        /// How many were expected.
        expected: usize,
        /// How many there are.
        received: usize,
    },

    /// A mask before a layer that cannot honour one.
    #[error(
        "cannot take the mask that arrives: steps that are padding would count; make the mask end before it (a recurrent \
         layer that gives its last step alone, a pooling over the steps), or don't mask"
    )]
    Mask,

    /// What is wrong inside of a layer that is a network or holds others.
    #[error("has a part that does not fit: {what}")]
    Part {
        /// The part and its problem.
        what: String,
    },

    /// An index for which there is no row.
    #[error(
        "has rows for the indices from 0 to {}, received {received} at place {position} of sample {sample} (both \
         counted from 0); correct the data or raise `input_dim`",
        num_rows - 1
    )]
    Index {
        /// Number of the rows.
        num_rows: usize,
        /// The index as given.
        received: String,
        /// The sample it is in, counted from 0: of the batch, or of the data where a batch of them was looked at.
        sample: usize,
        /// Its place among the elements of the sample, counted from 0.
        position: usize,
    },

    /// An index that stands for no category.
    #[error(
        "takes indices from 0 to {}, received {received} at place {position} of sample {sample} (both counted from 0); \
         correct the data or raise `num_tokens`",
        num_tokens - 1
    )]
    Category {
        /// Number of the categories.
        num_tokens: usize,
        /// The index as given.
        received: i64,
        /// The sample it is in, counted from 0.
        sample: usize,
        /// Its place among the elements of the sample, counted from 0.
        position: usize,
    },

    /// A token that is not in the vocabulary, where there is no place for it.
    #[error(
        "has no place for what is not in its vocabulary, received `{token}` at place {position} of sample {sample} (both \
         counted from 0); correct the data, or give it a place by `num_oov_indices`"
    )]
    OutOfVocabulary {
        /// The token.
        token: String,
        /// The sample it is in, counted from 0.
        sample: usize,
        /// Its place among those of the sample, counted from 0.
        position: usize,
    },

    /// A vocabulary, or bins, that cannot be.
    #[error("cannot use its vocabulary or its bins: {what}")]
    Vocabulary {
        /// What is wrong with them, and what to do.
        what: String,
    },

    /// Numbers that were to be text.
    #[error("reads text: {what}")]
    Text {
        /// What was expected and received, and what to do.
        what: String,
    },

    /// A device that does not hand back values.
    #[error("cannot read values from its device: {reason}; check the device or choose another one")]
    Device {
        /// What the device said.
        reason: String,
    },
}

impl LayerProblem {
    /// Of values that were asked for.
    pub(crate) fn device(error: TensorError) -> Self {
        Self::Device {
            reason: match error {
                TensorError::ReadBack { reason } => reason,
                other => other.to_string(),
            },
        }
    }

    /// Of what a layer looks up in.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "so that errors are mapped by its name"
    )]
    pub(crate) fn vocabulary(error: VocabularyError) -> Self {
        Self::Vocabulary {
            what: error.to_string(),
        }
    }

    /// Of texts that were asked for.
    pub(crate) fn text(error: TensorError) -> Self {
        match error {
            error @ TensorError::Text { .. } => Self::Text {
                what: error.to_string(),
            },
            other => Self::device(other),
        }
    }

    /// An input of another shape than `expected` says in words; `hint` says what to do.
    pub fn input(expected: impl Into<String>, hint: &'static str) -> Self {
        Self::Input {
            expected: expected.into(),
            hint,
        }
    }

    /// An argument of another value than `expected` says in words.
    pub fn argument(
        argument: &'static str,
        expected: impl Into<String>,
        received: &impl std::fmt::Debug,
    ) -> Self {
        Self::Argument {
            argument,
            expected: expected.into(),
            received: format!("{received:?}"),
        }
    }
}
