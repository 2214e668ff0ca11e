//! Why a call failed.

use firebrick_model::ModelError;

use crate::status::FirebrickStatus;

#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error("`{argument}` is null, expected a pointer; check what gave it")]
    Null { argument: &'static str },

    #[error(
        "`{argument}` is no UTF-8 from byte {valid_up_to} on, expected text in UTF-8; convert it, or read the file and load it from memory"
    )]
    NotUtf8 {
        argument: &'static str,
        valid_up_to: usize,
    },

    #[error(
        "`{argument}` is not aligned to {align} bytes, expected a pointer to whole values; copy them to memory of their type"
    )]
    NotAligned {
        argument: &'static str,
        align: usize,
    },

    #[error(
        "`{argument}` is said to have {len} values, expected no more than memory can hold; check the length"
    )]
    TooLong { argument: &'static str, len: usize },

    #[error(
        "`{argument}` has memory in common with `{other}`, expected memory of its own for each output; give it another place"
    )]
    Overlap {
        argument: &'static str,
        other: &'static str,
    },

    #[error(
        "the network has {count} {what}, asked for is the one with index {index} (counted from 0); take another one"
    )]
    Index {
        what: &'static str,
        count: usize,
        index: usize,
    },

    #[error(transparent)]
    Load(ModelError),

    #[error(transparent)]
    Predict(ModelError),

    #[error(
        "the library is at fault, it panicked: {message}; tell its authors what you called it with"
    )]
    Panic { message: String },
}

impl CallError {
    pub(crate) fn status(&self) -> FirebrickStatus {
        match self {
            Self::Null { .. } => FirebrickStatus::NullPointer,
            Self::NotUtf8 { .. }
            | Self::NotAligned { .. }
            | Self::TooLong { .. }
            | Self::Overlap { .. }
            | Self::Index { .. } => FirebrickStatus::InvalidArgument,
            Self::Load(ModelError::File { .. }) => FirebrickStatus::CannotRead,
            Self::Load(_) => FirebrickStatus::InvalidModel,
            Self::Predict(
                ModelError::Rows { .. } | ModelError::NumInputs { .. } | ModelError::Several { .. },
            ) => FirebrickStatus::WrongLength,
            Self::Predict(_) => FirebrickStatus::CannotPredict,
            Self::Panic { .. } => FirebrickStatus::Panic,
        }
    }
}
