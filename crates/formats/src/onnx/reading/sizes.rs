//! Shapes as values of a graph: exporters compute with them what a reshape is to give.

use super::constant::{Constant, Numbers};

/// The size of an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    Known(i64),
    /// As many as there are samples.
    Batch,
    /// It is not known before the data is there.
    Unknown,
}

impl Size {
    pub(super) fn of(size: Option<usize>) -> Self {
        match size.and_then(|size| i64::try_from(size).ok()) {
            Some(size) => Self::Known(size),
            None => Self::Unknown,
        }
    }

    pub(super) fn known(self) -> Option<i64> {
        match self {
            Self::Known(size) => Some(size),
            Self::Batch | Self::Unknown => None,
        }
    }
}

/// Some sizes, in a row or one without an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) all: Vec<Size>,
    pub(super) is_single: bool,
}

impl Sizes {
    pub(super) fn row(all: Vec<Size>) -> Self {
        Self {
            all,
            is_single: false,
        }
    }

    /// The whole numbers of a constant with at most one axis.
    pub(super) fn of(constant: &Constant) -> Option<Self> {
        let Numbers::Ints(values) = &constant.numbers else {
            return None;
        };
        (constant.shape.len() <= 1 && values.len() <= 64).then(|| Self {
            all: values.iter().copied().map(Size::Known).collect(),
            is_single: constant.shape.is_empty(),
        })
    }

    /// All of them, if they are known.
    pub(super) fn known(&self) -> Option<Vec<i64>> {
        self.all.iter().map(|size| size.known()).collect()
    }
}
