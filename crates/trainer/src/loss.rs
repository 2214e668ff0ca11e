use std::fmt;
use std::str::FromStr;

use burn::tensor::{Int, Tensor, activation};
use firebrick_data::one_hot;
use firebrick_model::nearest_name;
use serde::{Deserialize, Serialize};

use crate::TrainError;

/// What training makes small, computed from the logits and the class of each sample.
///
/// # Source
/// <https://keras.io/api/losses/>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Loss {
    /// Softmax cross-entropy, `-ln softmax(logits)[class]`; never overflows.
    #[default]
    CrossEntropy,
    /// Mean over the classes of `(softmax(logits) - one_hot(class))²`.
    MeanSquaredError,
}

impl Loss {
    /// The short names; Keras' long ones are taken too.
    pub const NAMES: [&'static str; 2] = ["crossentropy", "mse"];

    /// Mean over the samples.
    ///
    /// # Shapes
    /// - logits: `[batch_size, num_classes]`
    /// - targets: `[batch_size]`, classes counted from 0
    /// - output: `[1]`
    pub fn forward(self, logits: Tensor<2>, targets: Tensor<1, Int>) -> Tensor<1> {
        let [_, num_classes] = logits.dims();
        match self {
            Self::CrossEntropy => activation::log_softmax(logits, 1)
                .gather(1, targets.unsqueeze_dim(1))
                .mean()
                .neg(),
            Self::MeanSquaredError => {
                let one_hot = one_hot(targets, num_classes);
                (activation::softmax(logits, 1) - one_hot).square().mean()
            }
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::CrossEntropy => Self::NAMES[0],
            Self::MeanSquaredError => Self::NAMES[1],
        })
    }
}

impl FromStr for Loss {
    type Err = TrainError;

    fn from_str(name: &str) -> Result<Self, TrainError> {
        match name.to_lowercase().replace('-', "_").as_str() {
            "crossentropy" | "cross_entropy" | "sparse_categorical_crossentropy" => {
                Ok(Self::CrossEntropy)
            }
            "mse" | "mean_squared_error" => Ok(Self::MeanSquaredError),
            _ => Err(TrainError::UnknownLoss {
                name: name.to_owned(),
                nearest: nearest_name(name, &Self::NAMES),
            }),
        }
    }
}

impl TryFrom<String> for Loss {
    type Error = TrainError;

    fn try_from(name: String) -> Result<Self, TrainError> {
        name.parse()
    }
}

impl From<Loss> for String {
    fn from(loss: Loss) -> Self {
        loss.to_string()
    }
}
