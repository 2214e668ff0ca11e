use burn::tensor::{Tensor, TensorData};
use serde::{Deserialize, Serialize};

use super::bounds::NOT_NEGATIVE;
use crate::error::TrainError;

/// A weight of all classes, or one of each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub(super) struct ClassWeights(Vec<f64>);

/// The form in files, not yet checked.
#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a number, or a list with one for each class"
)]
enum Written {
    All(f64),
    Each(Vec<f64>),
}

impl ClassWeights {
    /// The same weight for all classes.
    pub(super) fn alike(weight: f64) -> Self {
        Self(vec![weight])
    }

    /// One weight for all classes, or as many as there are classes.
    pub(super) fn new(weights: Vec<f64>) -> Result<Self, TrainError> {
        if weights.is_empty() {
            return Err(TrainError::Setting {
                setting: "alpha",
                expected: "a number, or one for each class",
                received: "an empty list".to_owned(),
            });
        }
        for weight in &weights {
            NOT_NEGATIVE.check("alpha", *weight)?;
        }
        Ok(Self(weights))
    }

    /// Multiplies every column by its weight.
    pub(super) fn weigh(&self, columns: Tensor<2>) -> Tensor<2> {
        if let [weight] = self.0[..] {
            return columns * weight;
        }
        let weights = TensorData::new(self.0.clone(), [1, self.0.len()]);
        let weights = Tensor::from_data(weights, &columns.device());
        columns * weights
    }
}

impl TryFrom<Written> for ClassWeights {
    type Error = TrainError;

    fn try_from(written: Written) -> Result<Self, TrainError> {
        match written {
            Written::All(weight) => Self::new(vec![weight]),
            Written::Each(weights) => Self::new(weights),
        }
    }
}

impl From<ClassWeights> for Written {
    fn from(weights: ClassWeights) -> Self {
        match weights.0[..] {
            [weight] => Self::All(weight),
            _ => Self::Each(weights.0),
        }
    }
}
