use std::fmt;

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use crate::error::ModelError;
use crate::text_form::named_or_configured;

/// What a weight adds to the loss, with Keras' names, arguments and defaults.
///
/// As text, a name alone has Keras' default arguments, in files
/// `{"class_name": "L2", "config": {"l2": 0.001}}` gives others.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::models::Regularizer;
///
/// assert_eq!("l2".parse::<Regularizer>()?, Regularizer::L2 { l2: 0.01 });
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/layers/regularizers/>
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    remote = "Self",
    tag = "class_name",
    content = "config",
    deny_unknown_fields
)]
pub enum Regularizer {
    /// `l1 · Σ |w|`
    L1 {
        /// At least 0; 0.01 by default.
        #[serde(default = "hundredth")]
        l1: f64,
    },
    /// `l2 · Σ w²`
    L2 {
        /// At least 0; 0.01 by default.
        #[serde(default = "hundredth")]
        l2: f64,
    },
    /// `l1 · Σ |w| + l2 · Σ w²`
    L1L2 {
        /// At least 0; 0 by default.
        #[serde(default)]
        l1: f64,
        /// At least 0; 0 by default.
        #[serde(default)]
        l2: f64,
    },
}

fn hundredth() -> f64 {
    0.01
}

/// Every regularizer with its default arguments and its name.
const TABLE: [(Regularizer, &str); 3] = [
    (Regularizer::L1 { l1: 0.01 }, "l1"),
    (Regularizer::L2 { l2: 0.01 }, "l2"),
    (Regularizer::L1L2 { l1: 0.0, l2: 0.0 }, "l1_l2"),
];

impl Regularizer {
    /// The names that [`FromStr`](std::str::FromStr) takes, in any case and with or without the underscore.
    pub const NAMES: [&'static str; 3] = [TABLE[0].1, TABLE[1].1, TABLE[2].1];

    /// The name without the arguments, e.g. `l2`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::L1 { .. } => "l1",
            Self::L2 { .. } => "l2",
            Self::L1L2 { .. } => "l1_l2",
        }
    }

    /// Checks the arguments.
    ///
    /// # Errors
    /// A factor that is negative or not finite; the error names the argument.
    pub fn validate(&self) -> Result<(), ModelError> {
        let factors = match *self {
            Self::L1 { l1 } => [("l1", l1), ("l2", 0.0)],
            Self::L2 { l2 } => [("l1", 0.0), ("l2", l2)],
            Self::L1L2 { l1, l2 } => [("l1", l1), ("l2", l2)],
        };
        for (argument, received) in factors {
            if !received.is_finite() || received < 0.0 {
                return Err(ModelError::RuleArgument {
                    kind: "regularizer",
                    name: self.name(),
                    argument,
                    expected: "a number from 0 on".to_owned(),
                    received: received.to_string(),
                });
            }
        }
        Ok(())
    }

    /// The term of one weight, differentiable.
    ///
    /// # Shapes
    /// - weight: any
    /// - output: `[1]`
    pub fn penalty<const D: usize>(&self, weight: Tensor<D>) -> Tensor<1> {
        let absolute = |weight: Tensor<D>, l1: f64| weight.abs().sum() * l1;
        let squared = |weight: Tensor<D>, l2: f64| weight.square().sum() * l2;
        match *self {
            Self::L1 { l1 } => absolute(weight, l1),
            Self::L2 { l2 } => squared(weight, l2),
            Self::L1L2 { l1, l2 } => absolute(weight.clone(), l1) + squared(weight, l2),
        }
    }
}

/// The [`name`](Regularizer::name).
impl fmt::Display for Regularizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

named_or_configured!(Regularizer: "regularizer");
