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
    /// `factor · mean |a · b|` over all pairs of rows `a` and `b`, each of length 1: it makes them orthogonal to one another.
    /// For weights with two axes.
    OrthogonalRegularizer {
        /// At least 0; 0.01 by default.
        #[serde(default = "hundredth")]
        factor: f64,
        /// What is to be orthogonal; the rows by default.
        #[serde(default)]
        mode: OrthogonalMode,
    },
}

/// What [`Regularizer::OrthogonalRegularizer`] makes orthogonal.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::models::{OrthogonalMode, Regularizer};
///
/// let (factor, mode) = (0.1, OrthogonalMode::Columns);
/// let expected = Regularizer::OrthogonalRegularizer { factor, mode };
/// assert_eq!("orthogonal_regularizer:factor=0.1:mode=columns".parse::<Regularizer>()?, expected);
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrthogonalMode {
    /// The rows: of a `Dense` layer's kernel what each input is weighed by.
    #[default]
    Rows,
    /// The columns: of a `Dense` layer's kernel what each unit weighs by.
    Columns,
}

fn hundredth() -> f64 {
    0.01
}

/// Every regularizer with its default arguments and its name.
const TABLE: [(Regularizer, &str); 4] = [
    (Regularizer::L1 { l1: 0.01 }, "l1"),
    (Regularizer::L2 { l2: 0.01 }, "l2"),
    (Regularizer::L1L2 { l1: 0.0, l2: 0.0 }, "l1_l2"),
    (
        Regularizer::OrthogonalRegularizer {
            factor: 0.01,
            mode: OrthogonalMode::Rows,
        },
        "orthogonal_regularizer",
    ),
];

impl Regularizer {
    /// The names that [`FromStr`](std::str::FromStr) takes, in any case and with or without the underscore.
    pub const NAMES: [&'static str; 4] = [TABLE[0].1, TABLE[1].1, TABLE[2].1, TABLE[3].1];

    /// The name without the arguments, e.g. `l2`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::L1 { .. } => "l1",
            Self::L2 { .. } => "l2",
            Self::L1L2 { .. } => "l1_l2",
            Self::OrthogonalRegularizer { .. } => "orthogonal_regularizer",
        }
    }

    /// Checks the arguments, and that a weight of this shape can be regularized so.
    ///
    /// # Errors
    /// A factor that is negative or not finite; the error names the argument. Another number of axes than two, if rows are to
    /// be orthogonal.
    pub fn validate(&self, shape: &[usize]) -> Result<(), ModelError> {
        let problem = |argument, expected: &str, received| {
            Err(ModelError::RuleArgument {
                kind: "regularizer",
                name: self.name(),
                argument,
                expected: expected.to_owned(),
                received,
            })
        };
        let factors = match *self {
            Self::L1 { l1 } => [("l1", l1), ("l2", 0.0)],
            Self::L2 { l2 } => [("l1", 0.0), ("l2", l2)],
            Self::L1L2 { l1, l2 } => [("l1", l1), ("l2", l2)],
            Self::OrthogonalRegularizer { factor, .. } => [("factor", factor), ("l2", 0.0)],
        };
        for (argument, received) in factors {
            if !received.is_finite() || received < 0.0 {
                return problem(argument, "a number from 0 on", received.to_string());
            }
        }
        match self {
            Self::OrthogonalRegularizer { .. } if shape.len() != 2 => {
                let expected = "that of a weight with two axes, such as the kernel of a `Dense`";
                problem("shape", expected, format!("{shape:?}"))
            }
            _ => Ok(()),
        }
    }

    /// The term of one weight, differentiable.
    ///
    /// # Shapes
    /// - weight: any; rows to be made orthogonal are what lies along the first axis
    /// - output: `[1]`
    pub fn penalty<const D: usize>(&self, weight: Tensor<D>) -> Tensor<1> {
        let absolute = |weight: Tensor<D>, l1: f64| weight.abs().sum() * l1;
        let squared = |weight: Tensor<D>, l2: f64| weight.square().sum() * l2;
        match *self {
            Self::L1 { l1 } => absolute(weight, l1),
            Self::L2 { l2 } => squared(weight, l2),
            Self::L1L2 { l1, l2 } => absolute(weight.clone(), l1) + squared(weight, l2),
            Self::OrthogonalRegularizer { factor, mode } => {
                let [rows, numbers] = [weight.dims()[0], weight.shape().num_elements()];
                let matrix: Tensor<2> = weight.reshape([rows, numbers / rows.max(1)]);
                likeness(match mode {
                    OrthogonalMode::Rows => matrix,
                    OrthogonalMode::Columns => matrix.transpose(),
                }) * factor
            }
        }
    }
}

/// The mean of what rows of length 1 have in common, over all pairs of them; nothing where there are none.
fn likeness(rows: Tensor<2>) -> Tensor<1> {
    const EPSILON: f64 = 1e-7;
    let count = rows.dims()[0];
    let length = rows.clone().square().sum_dim(1).sqrt();
    let rows = rows / length.clamp_min(EPSILON);
    let products = rows.clone().matmul(rows.transpose());
    let others = Tensor::<2>::eye(count, &products.device())
        .neg()
        .add_scalar(1.0);
    let pairs = (count as f64 * (count as f64 - 1.0)).max(1.0);
    (products * others).abs().sum() / pairs
}

/// The [`name`](Regularizer::name).
impl fmt::Display for Regularizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

named_or_configured!(Regularizer: "regularizer");
