use std::fmt;
use std::str::FromStr;

use burn::tensor::{Tensor, activation};
use serde::{Deserialize, Serialize};

use crate::{ModelError, nearest_name};

/// An elementwise function between two layers, with Keras' names and constants.
///
/// # Source
/// <https://keras.io/api/layers/activations/>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Activation {
    /// `x`
    Linear,
    /// `1 / (1 + exp(-x))`
    #[default]
    Sigmoid,
    /// `max(x, 0)`
    Relu,
    /// `tanh(x)`
    Tanh,
    /// `x · Φ(x)` with the normal distribution's exact cumulative function.
    Gelu,
    /// `x · sigmoid(x)`, also called swish.
    Silu,
    /// `x` where positive, else `exp(x) - 1`.
    Elu,
    /// Scaled `elu` with the constants that keep mean and variance.
    Selu,
    /// `x` where positive, else `0.2 · x`.
    LeakyRelu,
    /// `ln(1 + exp(x))`
    Softplus,
    /// `x / (1 + |x|)`
    Softsign,
    /// `x · tanh(softplus(x))`
    Mish,
}

/// Every activation with its name; the one list that `FromStr`, `Display` and the errors read.
const TABLE: [(Activation, &str); 12] = [
    (Activation::Linear, "linear"),
    (Activation::Sigmoid, "sigmoid"),
    (Activation::Relu, "relu"),
    (Activation::Tanh, "tanh"),
    (Activation::Gelu, "gelu"),
    (Activation::Silu, "silu"),
    (Activation::Elu, "elu"),
    (Activation::Selu, "selu"),
    (Activation::LeakyRelu, "leaky_relu"),
    (Activation::Softplus, "softplus"),
    (Activation::Softsign, "softsign"),
    (Activation::Mish, "mish"),
];

impl Activation {
    /// The names that [`FromStr`] takes; `swish` is an alias of `silu`.
    pub const NAMES: [&'static str; TABLE.len()] = {
        let mut names = [""; TABLE.len()];
        let mut i = 0;
        while i < TABLE.len() {
            names[i] = TABLE[i].1;
            i += 1;
        }
        names
    };

    /// Applies the function to every element.
    ///
    /// # Shapes
    /// - input and output: any, the same
    pub fn forward<const D: usize>(self, x: Tensor<D>) -> Tensor<D> {
        match self {
            Self::Linear => x,
            Self::Sigmoid => activation::sigmoid(x),
            Self::Relu => activation::relu(x),
            Self::Tanh => activation::tanh(x),
            Self::Gelu => activation::gelu(x),
            Self::Silu => activation::silu(x),
            Self::Elu => activation::elu(x, 1.0),
            Self::Selu => activation::selu(x),
            Self::LeakyRelu => activation::leaky_relu(x, 0.2),
            Self::Softplus => activation::softplus(x, 1.0),
            Self::Softsign => activation::softsign(x),
            Self::Mish => activation::mish(x),
        }
    }
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = TABLE.iter().find(|(activation, _)| activation == self);
        f.pad(name.map_or("", |(_, name)| name))
    }
}

impl FromStr for Activation {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<Self, ModelError> {
        let wanted = match name.to_lowercase().as_str() {
            "swish" => "silu".to_owned(),
            other => other.to_owned(),
        };
        TABLE
            .iter()
            .find(|(_, known)| *known == wanted)
            .map(|(activation, _)| *activation)
            .ok_or_else(|| ModelError::UnknownActivation {
                name: name.to_owned(),
                nearest: nearest_name(name, &Self::NAMES),
            })
    }
}

impl TryFrom<String> for Activation {
    type Error = ModelError;

    fn try_from(name: String) -> Result<Self, ModelError> {
        name.parse()
    }
}

impl From<Activation> for String {
    fn from(activation: Activation) -> Self {
        activation.to_string()
    }
}
