//! The metrics, with Keras' names, arguments and defaults.
//!
//! To add a metric: a file with its description and its [`MetricFunction`], its two lines here and
//! its entry in `known_metrics!` below. One of your own needs no entry: [`Metric::custom`] takes any
//! [`MetricFunction`].

mod categorical_accuracy;
mod direction;
mod mean;
mod sparse_categorical_accuracy;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use burn::tensor::Tensor;
use firebrick_model::nearest_name;
use serde::{Deserialize, Serialize};

use crate::losses::TargetForm;
use crate::{Outputs, TrainError};

pub use categorical_accuracy::CategoricalAccuracy;
pub use direction::Direction;
pub use sparse_categorical_accuracy::SparseCategoricalAccuracy;

/// A figure of a whole data set, gathered batch by batch.
///
/// A metric has no state of its own: every batch gives numbers that add up, on the device, and the
/// figure is a function of their sums, on the host.
pub trait MetricFunction: fmt::Debug + Send + Sync {
    /// Keras' name, e.g. `categorical_accuracy`; the column of the history.
    fn name(&self) -> &str;

    /// Which targets it takes.
    fn target_form(&self) -> TargetForm {
        TargetForm::LikeOutputs
    }

    /// Whether more is better.
    fn direction(&self) -> Direction;

    /// What a batch adds to the sums; always as many numbers.
    ///
    /// # Shapes
    /// - targets: `[rows, columns]` as [`target_form`](Self::target_form) says, `[rows, 1]` for a class index
    /// - outputs: `[rows, columns]`
    /// - weights: `[rows]`
    /// - output: `[sums]`
    fn update(
        &self,
        targets: Tensor<2>,
        outputs: &Outputs,
        weights: Option<Tensor<1>>,
    ) -> Tensor<1>;

    /// The figure: one number, or one for each class or threshold.
    fn result(&self, sums: &[f64]) -> Vec<f64>;
}

/// What is measured beside the loss.
///
/// ```
/// use firebrick_trainer::Metric;
/// use firebrick_trainer::metrics::CategoricalAccuracy;
///
/// let metric: Metric = "categorical_accuracy".parse()?;
/// assert_eq!(metric, CategoricalAccuracy::new().into());
/// # Ok::<(), firebrick_trainer::TrainError>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Metric {
    function: Function,
    name: Option<String>,
}

#[derive(Clone, Debug)]
enum Function {
    Known(Known),
    /// `accuracy`: which one is decided by the shapes, as Keras does.
    Accuracy,
    Custom(Arc<dyn MetricFunction>),
}

/// Writes the list below out: the enum, its names and the conversions.
macro_rules! known_metrics {
    ($($metric:ident: $name:literal $(, $alias:literal)*;)+) => {
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "metric")]
        enum Known {
            $(#[serde(rename = $name)] $metric($metric),)+
        }

        impl Known {
            fn by_name(name: &str) -> Option<Self> {
                match name {
                    $($name $(| $alias)* => Some(Self::$metric($metric::default())),)+
                    _ => None,
                }
            }

            fn function(&self) -> &dyn MetricFunction {
                match self {
                    $(Self::$metric(metric) => metric,)+
                }
            }
        }

        impl Metric {
            /// Keras' names of all metrics; [`FromStr`] takes their aliases too.
            pub const NAMES: &'static [&'static str] = &["accuracy", $($name),+];

            /// Every name that [`FromStr`] takes, aliases included.
            pub const ALIASES: &'static [&'static str] = &["accuracy", "acc", $($name $(, $alias)*),+];
        }

        $(
            impl From<$metric> for Metric {
                fn from(metric: $metric) -> Self {
                    Self {
                        function: Function::Known(Known::$metric(metric)),
                        name: None,
                    }
                }
            }
        )+
    };
}

// The list: a new metric is a file of its own and its line here, with the names it goes by.
known_metrics! {
    CategoricalAccuracy: "categorical_accuracy";
    SparseCategoricalAccuracy: "sparse_categorical_accuracy";
}

impl Metric {
    /// The share of right answers, 0 to 1: binary, categorical or by class index, as outputs and targets
    /// demand.
    pub fn accuracy() -> Self {
        Self {
            function: Function::Accuracy,
            name: None,
        }
    }

    /// A metric of your own; it cannot be written into a config file.
    pub fn custom(function: impl MetricFunction + 'static) -> Self {
        Self {
            function: Function::Custom(Arc::new(function)),
            name: None,
        }
    }

    /// Gives the figure a name of your own.
    #[must_use = "returns the changed metric"]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The name of the figure, e.g. `accuracy`.
    pub fn name(&self) -> &str {
        match (&self.name, &self.function) {
            (Some(name), _) => name,
            (None, Function::Known(known)) => known.function().name(),
            (None, Function::Accuracy) => "accuracy",
            (None, Function::Custom(custom)) => custom.name(),
        }
    }

    /// The function behind it, chosen by what the outputs are compared with: targets of this form, and
    /// this many columns of outputs.
    pub fn function(&self, targets: TargetForm, columns: usize) -> &dyn MetricFunction {
        static CATEGORICAL: CategoricalAccuracy = CategoricalAccuracy::new();
        static SPARSE: SparseCategoricalAccuracy = SparseCategoricalAccuracy::new();
        match &self.function {
            Function::Known(known) => known.function(),
            Function::Custom(custom) => custom.as_ref(),
            Function::Accuracy => match (targets, columns) {
                (TargetForm::ClassIndex, _) => &SPARSE,
                (TargetForm::LikeOutputs, _) => &CATEGORICAL,
            },
        }
    }
}

impl PartialEq for Metric {
    /// Metrics of one's own are the same if they are the same object.
    fn eq(&self, other: &Self) -> bool {
        let same = match (&self.function, &other.function) {
            (Function::Known(own), Function::Known(other)) => own == other,
            (Function::Accuracy, Function::Accuracy) => true,
            (Function::Custom(own), Function::Custom(other)) => Arc::ptr_eq(own, other),
            _ => false,
        };
        same && self.name == other.name
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Metric {
    type Err = TrainError;

    fn from_str(name: &str) -> Result<Self, TrainError> {
        let key = crate::names::snake_case(name);
        if matches!(key.as_str(), "accuracy" | "acc") {
            return Ok(Self::accuracy());
        }
        match Known::by_name(&key) {
            Some(known) => Ok(Self {
                function: Function::Known(known),
                name: None,
            }),
            None => Err(TrainError::UnknownMetric {
                name: name.to_owned(),
                nearest: nearest_name(&key, Self::ALIASES),
            }),
        }
    }
}

/// The form in files: a name alone, or a table with the metric and what differs from the defaults.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Name(String),
    Table {
        #[serde(flatten)]
        known: Known,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
}

impl TryFrom<Written> for Metric {
    type Error = TrainError;

    fn try_from(written: Written) -> Result<Self, TrainError> {
        match written {
            Written::Name(name) => name.parse(),
            Written::Table { known, name } => Ok(Self {
                function: Function::Known(known),
                name,
            }),
        }
    }
}

impl From<Metric> for Written {
    fn from(metric: Metric) -> Self {
        match metric.function {
            Function::Known(known) => {
                let name = known.function().name();
                if Known::by_name(name).as_ref() == Some(&known) && metric.name.is_none() {
                    Self::Name(name.to_owned())
                } else {
                    Self::Table {
                        known,
                        name: metric.name,
                    }
                }
            }
            Function::Accuracy => Self::Name("accuracy".to_owned()),
            Function::Custom(custom) => Self::Name(custom.name().to_owned()),
        }
    }
}
