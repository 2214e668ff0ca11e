use std::fmt;

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use crate::error::ModelError;
use crate::text_form::named_or_configured;
use firebrick_tensor::Axes;

/// Where a weight is brought back to after every step of the optimizer, with Keras' names, arguments
/// and defaults.
///
/// `axis` are the axes along which a norm `‖w‖ = sqrt(Σ w²)` is taken, counted in the weight's shape
/// as Keras has it: 0 for the kernel `[inputs, units]` of a dense layer holds the incoming weights of
/// every unit, `[0, 1, 2]` those of every filter of a kernel `[height, width, channels, filters]`.
///
/// As text, a name alone has Keras' default arguments, in files
/// `{"class_name": "MaxNorm", "config": {"max_value": 3, "axis": 0}}` gives others.
///
/// ```
/// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::models::{Axes, Constraint};
///
/// let constraint: Constraint = "max_norm".parse()?;
/// assert_eq!(constraint, Constraint::MaxNorm { max_value: 2.0, axis: Axes::One(0) });
/// # Ok::<(), firebrick::models::ModelError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/layers/constraints/>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    remote = "Self",
    tag = "class_name",
    content = "config",
    deny_unknown_fields
)]
pub enum Constraint {
    /// `w · clamp(‖w‖, 0, max_value) / (‖w‖ + 1e-7)`
    MaxNorm {
        /// The largest norm, at least 0; 2 by default.
        #[serde(default = "two")]
        max_value: f64,
        /// 0 by default.
        #[serde(default = "first_axis")]
        axis: Axes,
    },
    /// `max(w, 0)`
    NonNeg,
    /// `w / (‖w‖ + 1e-7)`
    UnitNorm {
        /// 0 by default.
        #[serde(default = "first_axis")]
        axis: Axes,
    },
    /// `w · (rate · clamp(‖w‖, min_value, max_value) + (1 - rate) · ‖w‖) / (‖w‖ + 1e-7)`
    MinMaxNorm {
        /// The smallest norm, at least 0; 0 by default.
        #[serde(default)]
        min_value: f64,
        /// The largest norm, at least `min_value`; 1 by default.
        #[serde(default = "one")]
        max_value: f64,
        /// How much of the way is gone at once, from 0 to 1; 1 by default.
        #[serde(default = "one")]
        rate: f64,
        /// 0 by default.
        #[serde(default = "first_axis")]
        axis: Axes,
    },
}

fn one() -> f64 {
    1.0
}

fn two() -> f64 {
    2.0
}

fn first_axis() -> Axes {
    Axes::One(0)
}

/// Every constraint with its default arguments and its name.
static TABLE: [(Constraint, &str); 4] = [
    (
        Constraint::MaxNorm {
            max_value: 2.0,
            axis: Axes::One(0),
        },
        "max_norm",
    ),
    (Constraint::NonNeg, "non_neg"),
    (Constraint::UnitNorm { axis: Axes::One(0) }, "unit_norm"),
    (
        Constraint::MinMaxNorm {
            min_value: 0.0,
            max_value: 1.0,
            rate: 1.0,
            axis: Axes::One(0),
        },
        "min_max_norm",
    ),
];

impl Constraint {
    /// What is added to a norm before it is divided by.
    const EPSILON: f64 = 1e-7;

    /// The names that [`FromStr`](std::str::FromStr) takes, in any case and with or without the underscores.
    pub const NAMES: [&'static str; 4] = ["max_norm", "non_neg", "unit_norm", "min_max_norm"];

    /// The name without the arguments, e.g. `max_norm`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::MaxNorm { .. } => "max_norm",
            Self::NonNeg => "non_neg",
            Self::UnitNorm { .. } => "unit_norm",
            Self::MinMaxNorm { .. } => "min_max_norm",
        }
    }

    /// The axes of the norm, if there is one.
    pub fn axis(&self) -> Option<&Axes> {
        match self {
            Self::NonNeg => None,
            Self::MaxNorm { axis, .. }
            | Self::UnitNorm { axis }
            | Self::MinMaxNorm { axis, .. } => Some(axis),
        }
    }

    /// Checks the arguments for a weight of `shape`.
    ///
    /// # Errors
    /// A norm that is negative or not finite, a rate beyond 0 to 1, an axis that the weight does not
    /// have; the error names the argument.
    pub fn validate(&self, shape: &[usize]) -> Result<(), ModelError> {
        let number = |argument, received: f64, expected: &str, fits: bool| {
            let fits = fits && received.is_finite();
            self.check(argument, received.to_string(), expected, fits)
        };
        match *self {
            Self::MaxNorm { max_value, .. } => {
                number(
                    "max_value",
                    max_value,
                    "a number from 0 on",
                    max_value >= 0.0,
                )?;
            }
            Self::MinMaxNorm {
                min_value,
                max_value,
                rate,
                ..
            } => {
                number(
                    "min_value",
                    min_value,
                    "a number from 0 on",
                    min_value >= 0.0,
                )?;
                let expected = format!("a number from `min_value` on, which is {min_value}");
                number("max_value", max_value, &expected, max_value >= min_value)?;
                number("rate", rate, "from 0 to 1", (0.0..=1.0).contains(&rate))?;
            }
            Self::NonNeg | Self::UnitNorm { .. } => {}
        }
        let Some(axis) = self.axis() else {
            return Ok(());
        };
        let expected = format!("different axes of the weight's shape {shape:?}, counted from 0");
        let fits = axis.within(shape.len()).is_some();
        self.check("axis", format!("{:?}", axis.as_slice()), &expected, fits)
    }

    fn check(
        &self,
        argument: &'static str,
        received: String,
        expected: &str,
        fits: bool,
    ) -> Result<(), ModelError> {
        if fits {
            return Ok(());
        }
        Err(ModelError::RuleArgument {
            kind: "constraint",
            name: self.name(),
            argument,
            expected: expected.to_owned(),
            received,
        })
    }

    /// The weight where it may be; its axes are those of Keras.
    ///
    /// # Shapes
    /// - weight and output: any, the same
    ///
    /// # Errors
    /// Those of [`validate`](Self::validate).
    pub fn project<const D: usize>(&self, weight: Tensor<D>) -> Result<Tensor<D>, ModelError> {
        self.validate(&weight.dims())?;
        let axes = self.axis().and_then(|axis| axis.within(D));
        Ok(self.project_along(weight, &axes.unwrap_or_default()))
    }

    /// The same for a weight whose axes lie in another order: `axes` are those of the norm.
    pub(crate) fn project_along<const D: usize>(
        &self,
        weight: Tensor<D>,
        axes: &[usize],
    ) -> Tensor<D> {
        let norm = || weight.clone().square().sum_dims(axes).sqrt();
        match *self {
            Self::NonNeg => {
                let is_negative = weight.clone().lower_elem(0.0);
                weight.mask_fill(is_negative, 0.0)
            }
            Self::UnitNorm { .. } => weight.clone() / (norm() + Self::EPSILON),
            Self::MaxNorm { max_value, .. } => {
                let norm = norm();
                let wanted = norm.clone().clamp(0.0, max_value);
                weight.clone() * (wanted / (norm + Self::EPSILON))
            }
            Self::MinMaxNorm {
                min_value,
                max_value,
                rate,
                ..
            } => {
                let norm = norm();
                let held = norm.clone().clamp(min_value, max_value);
                let wanted = held * rate + norm.clone() * (1.0 - rate);
                weight.clone() * (wanted / (norm + Self::EPSILON))
            }
        }
    }
}

/// The [`name`](Constraint::name).
impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

named_or_configured!(Constraint: "constraint");
