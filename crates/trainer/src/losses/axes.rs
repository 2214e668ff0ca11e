use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use crate::error::TrainError;

/// Which axes of `[rows, columns]` are summed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub(super) enum Axes {
    /// To a single number.
    #[default]
    Both,
    /// To a number for each column.
    Rows,
    /// To a number for each row.
    Columns,
}

/// The form in files, Keras' `axis`: none for both.
#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected an axis, or a list of axes, of 0 (rows) and 1 (columns)"
)]
enum Written {
    Both(Option<()>),
    One(i64),
    Several(Vec<i64>),
}

impl Axes {
    /// The axes of these numbers, counted from 0, or from the end if negative.
    pub(super) fn new(axes: &[i64]) -> Result<Self, TrainError> {
        let [mut rows, mut columns] = [false; 2];
        let mut is_fine = !axes.is_empty();
        for axis in axes {
            let taken = match axis {
                0 | -2 => std::mem::replace(&mut rows, true),
                1 | -1 => std::mem::replace(&mut columns, true),
                _ => true,
            };
            is_fine &= !taken;
        }
        match (is_fine, rows, columns) {
            (true, true, true) => Ok(Self::Both),
            (true, true, false) => Ok(Self::Rows),
            (true, false, true) => Ok(Self::Columns),
            _ => Err(TrainError::Setting {
                setting: "axis",
                expected: "0 (rows) or 1 (columns), each at most once",
                received: format!("{axes:?}"),
            }),
        }
    }

    /// # Shapes
    /// - output: `[1]`, `[columns]` or `[rows]`
    pub(super) fn sum(self, x: Tensor<2>) -> Tensor<1> {
        match self {
            Self::Both => x.sum(),
            Self::Rows => x.sum_dim(0).squeeze_dim(0),
            Self::Columns => x.sum_dim(1).squeeze_dim(1),
        }
    }
}

impl TryFrom<Written> for Axes {
    type Error = TrainError;

    fn try_from(written: Written) -> Result<Self, TrainError> {
        match written {
            Written::Both(_) => Ok(Self::Both),
            Written::One(axis) => Self::new(&[axis]),
            Written::Several(axes) => Self::new(&axes),
        }
    }
}

impl From<Axes> for Written {
    fn from(axes: Axes) -> Self {
        match axes {
            Axes::Both => Self::Both(None),
            Axes::Rows => Self::Several(vec![0]),
            Axes::Columns => Self::Several(vec![1]),
        }
    }
}
