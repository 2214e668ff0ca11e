//! The losses, with Keras' names, arguments and defaults.
//!
//! To add a loss: a file with its description and its [`LossFunction`], its two lines here and its
//! entry in `known_losses!` below. One of your own needs no entry: [`Loss::custom`] takes any
//! [`LossFunction`].

mod mean_squared_error;
mod reduction;
mod sparse_categorical_crossentropy;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use burn::tensor::Tensor;
use firebrick_model::nearest_name;
use serde::{Deserialize, Serialize};

use crate::{Outputs, TrainError};

pub use mean_squared_error::MeanSquaredError;
pub use reduction::Reduction;
pub use sparse_categorical_crossentropy::SparseCategoricalCrossentropy;

/// Which targets a loss or a metric compares the outputs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetForm {
    /// As many columns as the outputs have; the one of a single column may be left out.
    LikeOutputs,
    /// The index of a class in a single column, counted from 0.
    ClassIndex,
}

/// What training makes small, for one row of answers at a time.
pub trait LossFunction: fmt::Debug + Send + Sync {
    /// Keras' name, e.g. `mean_squared_error`.
    fn name(&self) -> &str;

    /// Which targets it takes.
    fn target_form(&self) -> TargetForm {
        TargetForm::LikeOutputs
    }

    /// The loss of every row, differentiable in the outputs.
    ///
    /// # Shapes
    /// - targets: `[rows, columns]` as [`target_form`](Self::target_form) says, `[rows, 1]` for a class index
    /// - outputs: `[rows, columns]`
    /// - output: `[rows]`; of another length for a loss that takes several rows together
    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1>;

    /// Ones for the rows that count and zeros for those left out; `None` when all count.
    ///
    /// # Shapes
    /// - targets: as in [`values`](Self::values)
    /// - output: `[rows]`
    fn mask(&self, _targets: &Tensor<2>) -> Option<Tensor<1>> {
        None
    }
}

/// A loss function and how its values become one number.
///
/// ```
/// use firebrick_trainer::Loss;
/// use firebrick_trainer::losses::{MeanSquaredError, Reduction};
///
/// let loss: Loss = "mse".parse()?;
/// assert_eq!(loss, MeanSquaredError::new().into());
/// assert_eq!(loss.name(), "mean_squared_error");
/// let sum = loss.with_reduction(Reduction::Sum);
/// # Ok::<(), firebrick_trainer::TrainError>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Loss {
    function: Function,
    reduction: Reduction,
}

#[derive(Clone, Debug)]
enum Function {
    Known(Known),
    Custom(Arc<dyn LossFunction>),
}

/// Writes the list below out: the enum, its names and the conversions.
macro_rules! known_losses {
    ($($loss:ident: $name:literal $(, $alias:literal)*;)+) => {
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "name")]
        enum Known {
            $(#[serde(rename = $name)] $loss($loss),)+
        }

        impl Known {
            fn by_name(name: &str) -> Option<Self> {
                match name {
                    $($name $(| $alias)* => Some(Self::$loss($loss::default())),)+
                    _ => None,
                }
            }

            fn function(&self) -> &dyn LossFunction {
                match self {
                    $(Self::$loss(loss) => loss,)+
                }
            }
        }

        impl Loss {
            /// Keras' names of all losses; [`FromStr`] takes their aliases too.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// Every name that [`FromStr`] takes, aliases included.
            pub const ALIASES: &'static [&'static str] = &[$($name $(, $alias)*),+];
        }

        $(
            impl From<$loss> for Loss {
                fn from(loss: $loss) -> Self {
                    Self {
                        function: Function::Known(Known::$loss(loss)),
                        reduction: Reduction::default(),
                    }
                }
            }
        )+
    };
}

// The list: a new loss is a file of its own and its line here, with the names it goes by.
known_losses! {
    MeanSquaredError: "mean_squared_error", "mse";
    SparseCategoricalCrossentropy: "sparse_categorical_crossentropy", "crossentropy";
}

impl Loss {
    /// A loss function of your own; it cannot be written into a config file.
    pub fn custom(function: impl LossFunction + 'static) -> Self {
        Self {
            function: Function::Custom(Arc::new(function)),
            reduction: Reduction::default(),
        }
    }

    /// Sets how the values of the rows become one number.
    #[must_use = "returns the changed loss"]
    pub fn with_reduction(mut self, reduction: Reduction) -> Self {
        self.reduction = reduction;
        self
    }

    /// Keras' name, e.g. `mean_squared_error`.
    pub fn name(&self) -> &str {
        self.function().name()
    }

    /// The function behind it.
    pub fn function(&self) -> &dyn LossFunction {
        match &self.function {
            Function::Known(known) => known.function(),
            Function::Custom(custom) => custom.as_ref(),
        }
    }

    /// The loss of a batch.
    ///
    /// # Shapes
    /// - targets, outputs: as in [`LossFunction::values`]
    /// - `sample_weights`: `[rows]`
    /// - output: `[1]`
    pub fn forward(
        &self,
        targets: Tensor<2>,
        outputs: &Outputs,
        sample_weights: Option<Tensor<1>>,
    ) -> Tensor<1> {
        let function = self.function();
        let mask = function.mask(&targets);
        let values = function.values(targets, outputs);
        self.reduction.reduce(values, mask, sample_weights)
    }
}

impl PartialEq for Loss {
    /// Losses of one's own are the same if they are the same object.
    fn eq(&self, other: &Self) -> bool {
        let same = match (&self.function, &other.function) {
            (Function::Known(own), Function::Known(other)) => own == other,
            (Function::Custom(own), Function::Custom(other)) => Arc::ptr_eq(own, other),
            _ => false,
        };
        same && self.reduction == other.reduction
    }
}

impl Default for Loss {
    /// The cross-entropy of class indices, for a classifier.
    fn default() -> Self {
        SparseCategoricalCrossentropy::new().into()
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Loss {
    type Err = TrainError;

    fn from_str(name: &str) -> Result<Self, TrainError> {
        let key = crate::names::snake_case(name);
        match Known::by_name(&key) {
            Some(known) => Ok(Self {
                function: Function::Known(known),
                reduction: Reduction::default(),
            }),
            None => Err(TrainError::UnknownLoss {
                name: name.to_owned(),
                nearest: nearest_name(&key, Self::ALIASES),
            }),
        }
    }
}

/// The form in files: a name alone, or a table with the name and what differs from the defaults.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Name(String),
    Table {
        #[serde(flatten)]
        known: Known,
        #[serde(default, skip_serializing_if = "Reduction::is_default")]
        reduction: Reduction,
    },
}

impl TryFrom<Written> for Loss {
    type Error = TrainError;

    fn try_from(written: Written) -> Result<Self, TrainError> {
        match written {
            Written::Name(name) => name.parse(),
            Written::Table { known, reduction } => Ok(Self {
                function: Function::Known(known),
                reduction,
            }),
        }
    }
}

impl From<Loss> for Written {
    fn from(loss: Loss) -> Self {
        match loss.function {
            Function::Known(known) => {
                let name = known.function().name();
                if Known::by_name(name).as_ref() == Some(&known) && loss.reduction.is_default() {
                    Self::Name(name.to_owned())
                } else {
                    Self::Table {
                        known,
                        reduction: loss.reduction,
                    }
                }
            }
            Function::Custom(custom) => Self::Name(custom.name().to_owned()),
        }
    }
}
