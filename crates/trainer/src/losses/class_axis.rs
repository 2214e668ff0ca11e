use serde::{Deserialize, Serialize};

use crate::class_axis::LAST;
use crate::error::TrainError;

/// The axis of the outputs along which a loss finds its classes, as Keras counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub(super) struct ClassAxis(i64);

impl ClassAxis {
    pub(super) const LAST: Self = Self(LAST);

    pub(super) fn new(axis: i64) -> Result<Self, TrainError> {
        if axis == 0 {
            return Err(TrainError::Setting {
                setting: "axis",
                expected: "an axis behind that of the batch, which is 0",
                received: axis.to_string(),
            });
        }
        Ok(Self(axis))
    }

    pub(super) fn number(self) -> i64 {
        self.0
    }
}

impl Default for ClassAxis {
    fn default() -> Self {
        Self::LAST
    }
}

impl TryFrom<i64> for ClassAxis {
    type Error = TrainError;

    fn try_from(axis: i64) -> Result<Self, TrainError> {
        Self::new(axis)
    }
}

impl From<ClassAxis> for i64 {
    fn from(axis: ClassAxis) -> Self {
        axis.0
    }
}
