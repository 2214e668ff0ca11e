//! The losses, with Keras' names, arguments and defaults.
//!
//! To add a loss: a file with its description and its [`LossFunction`], its two lines here and its
//! entry in the list below. One of your own needs no entry: [`Loss::custom`] takes any
//! [`LossFunction`], and [`register_loss`] gives its type a name.

#![allow(
    clippy::inline_always,
    reason = "a loop is compiled for the instructions of the machine only where it is inlined into the dispatch"
)]

mod axes;
mod binary_crossentropy;
mod binary_focal_crossentropy;
mod bounds;
mod categorical_crossentropy;
mod categorical_focal_crossentropy;
mod categorical_generalized_cross_entropy;
mod categorical_hinge;
mod circle;
mod class_axis;
mod class_weights;
mod contrastive;
mod cosine_similarity;
mod crossentropy_options;
mod ctc;
mod dice;
mod distance_metric;
mod hinge;
mod huber;
mod kl_divergence;
mod label_smoothing;
mod log_cosh;
mod margins;
mod mean_absolute_error;
mod mean_absolute_percentage_error;
mod mean_squared_error;
mod mean_squared_logarithmic_error;
mod on_host;
mod own;
mod pairs;
mod poisson;
mod probabilities;
mod reduction;
mod sparse_categorical_crossentropy;
mod squared_hinge;
mod supervised_contrastive;
mod text_form;
mod triplet_hard;
mod triplet_semi_hard;
mod tversky;
mod unit;

use std::fmt;
use std::sync::Arc;

use burn::tensor::Tensor;
use firebrick_spec::{Spec, registry};

use self::own::{OWN, OwnLoss};
use crate::class_axis::LAST;

pub use crate::output_form::OutputForm;
pub use crate::outputs::Outputs;
pub use crate::target_domain::TargetDomain;
pub use crate::target_form::TargetForm;
pub use binary_crossentropy::BinaryCrossentropy;
pub use binary_focal_crossentropy::BinaryFocalCrossentropy;
pub use categorical_crossentropy::CategoricalCrossentropy;
pub use categorical_focal_crossentropy::CategoricalFocalCrossentropy;
pub use categorical_generalized_cross_entropy::CategoricalGeneralizedCrossEntropy;
pub use categorical_hinge::CategoricalHinge;
pub use circle::Circle;
pub use contrastive::Contrastive;
pub use cosine_similarity::CosineSimilarity;
pub use ctc::{CTC, CtcDecoding, CtcPath, ctc_decode};
pub use dice::Dice;
pub use distance_metric::DistanceMetric;
pub use hinge::Hinge;
pub use huber::Huber;
pub use kl_divergence::KLDivergence;
pub use log_cosh::LogCosh;
pub use mean_absolute_error::MeanAbsoluteError;
pub use mean_absolute_percentage_error::MeanAbsolutePercentageError;
pub use mean_squared_error::MeanSquaredError;
pub use mean_squared_logarithmic_error::MeanSquaredLogarithmicError;
pub(crate) use on_host::both as both_on_host;
pub use on_host::{HostRows, HostValues};
pub use own::register_loss;
pub use poisson::Poisson;
pub use reduction::Reduction;
pub use sparse_categorical_crossentropy::SparseCategoricalCrossentropy;
pub use squared_hinge::SquaredHinge;
pub use supervised_contrastive::SupervisedContrastive;
pub use triplet_hard::TripletHard;
pub use triplet_semi_hard::TripletSemiHard;
pub use tversky::Tversky;

/// What training makes small, for one row of answers at a time.
///
/// ```
/// use firebrick::losses::{Loss, LossFunction, Outputs};
/// use firebrick::prelude::*;
///
/// /// `|output - target|³`
/// #[derive(Debug)]
/// struct CubedError;
///
/// impl LossFunction for CubedError {
///     fn name(&self) -> &str {
///         "cubed_error"
///     }
///
///     fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
///         let errors = (outputs.values() - targets).abs();
///         errors.powi_scalar(3).mean_dim(1).squeeze_dim(1)
///     }
/// }
///
/// let loss = Loss::custom(CubedError);
/// assert_eq!(loss.compute([1.0, 1.0], [3.0, 1.0])?, 4.0);
/// // It trains as any other.
/// let compile = Compile::new(Optimizer::adam(), loss);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
pub trait LossFunction: fmt::Debug + Send + Sync {
    /// Keras' name, e.g. `mean_squared_error`.
    fn name(&self) -> &str;

    /// Which targets it takes.
    fn target_form(&self) -> TargetForm {
        TargetForm::LikeOutputs
    }

    /// Which numbers the targets may be; others are an error before training.
    fn target_domain(&self) -> TargetDomain {
        TargetDomain::Any
    }

    /// What it takes the outputs for; others are an error before training.
    fn output_form(&self) -> OutputForm {
        OutputForm::Any
    }

    /// The axis of the outputs whose numbers are the columns of a row, as Keras counts: that of the batch is 0, the last one, by
    /// default, -1.
    fn class_axis(&self) -> i64 {
        LAST
    }

    /// The loss of every row, differentiable in the outputs.
    ///
    /// # Shapes
    /// - targets: `[rows, columns]` as [`target_form`](Self::target_form) says, `[rows, 1]` for a class index or a label,
    ///   `[samples, labels]` for a sequence of labels
    /// - outputs: `[rows, columns]`
    /// - output: `[rows]`; `[samples]` for sequences of labels; of another length for a loss that takes several rows together
    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1>;

    /// The same over plain memory, with the slopes and the rows left out; `None`, the default, where tensors are needed.
    ///
    /// A training on the CPU takes it where there is one, and is faster by that. A loss that has one gives the same numbers
    /// both ways but for rounding.
    fn on_host(&self, _rows: &HostRows<'_>) -> Option<HostValues> {
        None
    }

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
/// use firebrick::losses::{Loss, MeanSquaredError, Reduction};
///
/// let loss: Loss = "mse".parse()?;
/// assert_eq!(loss, MeanSquaredError::new().into());
/// assert_eq!(loss.name(), "mean_squared_error");
/// let sum = loss.with_reduction(Reduction::Sum);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Loss {
    function: Function,
    reduction: Reduction,
}

#[derive(Clone, Debug)]
enum Function {
    Known(Known),
    Custom(Arc<dyn OwnLoss>),
}

// The list: a new loss is a file of its own and its line here, with the names it goes by.
registry! {
    /// Any of the losses.
    #[allow(clippy::upper_case_acronyms, reason = "variants are called what their types are")]
    #[derive(Clone, Debug, PartialEq)]
    enum Known: "loss", each_loss => Loss {
        MeanSquaredError: "mean_squared_error", "mse";
        MeanAbsoluteError: "mean_absolute_error", "mae";
        MeanAbsolutePercentageError: "mean_absolute_percentage_error", "mape";
        MeanSquaredLogarithmicError: "mean_squared_logarithmic_error", "msle";
        Huber: "huber", "huber_loss";
        LogCosh: "log_cosh", "logcosh";
        CosineSimilarity: "cosine_similarity";
        Poisson: "poisson";
        KLDivergence: "kl_divergence", "kld", "kullback_leibler_divergence";
        Hinge: "hinge";
        SquaredHinge: "squared_hinge";
        CategoricalHinge: "categorical_hinge";
        BinaryCrossentropy: "binary_crossentropy", "bce";
        BinaryFocalCrossentropy: "binary_focal_crossentropy";
        CategoricalCrossentropy: "categorical_crossentropy";
        CategoricalFocalCrossentropy: "categorical_focal_crossentropy";
        CategoricalGeneralizedCrossEntropy: "categorical_generalized_cross_entropy";
        SparseCategoricalCrossentropy: "sparse_categorical_crossentropy", "crossentropy";
        CTC: "ctc";
        Circle: "circle";
        Contrastive: "contrastive", "contrastive_loss";
        SupervisedContrastive: "supervised_contrastive", "supervised_contrastive_loss";
        TripletHard: "triplet_hard", "triplet_hard_loss";
        TripletSemiHard: "triplet_semi_hard", "triplet_semi_hard_loss";
        Dice: "dice";
        Tversky: "tversky";
    }
}

impl From<Known> for Loss {
    fn from(known: Known) -> Self {
        Self {
            function: Function::Known(known),
            reduction: Reduction::default(),
        }
    }
}

impl Loss {
    const KIND: &'static str = Known::KIND;

    /// Keras' names of all losses; [`FromStr`](std::str::FromStr) takes their aliases too.
    pub const NAMES: &'static [&'static str] = Known::NAMES;

    /// Every name that [`FromStr`](std::str::FromStr) takes, aliases included, in any case and with or without underscores.
    pub const ALIASES: &'static [&'static str] = Known::ALIASES;

    /// A loss function of your own; it can be written into a config file if its type is [registered](register_loss).
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
            Function::Known(known) => each_loss!(known, loss => loss),
            Function::Custom(custom) => custom.as_ref(),
        }
    }

    /// Whether it is a mean over rows.
    pub(crate) fn is_mean(&self) -> bool {
        self.reduction != Reduction::Sum
    }

    /// Whether it can be told to take logits by an argument `from_logits`.
    pub(crate) fn has_from_logits(&self) -> bool {
        match &self.function {
            Function::Known(known) => {
                let arguments = Known::arguments_of(known.listed_name());
                arguments.iter().any(|argument| argument == "from_logits")
            }
            Function::Custom(own) => {
                let spec = spec_of(own.as_ref());
                let arguments = spec.map(|spec| OWN.arguments_of(spec.name()));
                arguments.is_some_and(|all| all.iter().any(|argument| argument == "from_logits"))
            }
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
        let Weighed {
            values,
            mask,
            weights,
        } = self.weighed(targets, outputs, sample_weights);
        self.reduction.reduce(values, mask, weights)
    }

    /// The loss of every row and how much it counts, for a mean over batches.
    ///
    /// # Shapes
    /// - targets, outputs: as in [`LossFunction::values`]
    /// - weights: `[rows]`
    /// - output: as many values as weights
    pub(crate) fn weighted_values(
        &self,
        targets: Tensor<2>,
        outputs: &Outputs,
        weights: Option<Tensor<1>>,
    ) -> (Tensor<1>, Option<Tensor<1>>) {
        let Weighed {
            values,
            mask,
            weights,
        } = self.weighed(targets, outputs, weights);
        let weights = both(mask, weights);
        let values = match &weights {
            // One value of all rows.
            Some(weights) if values.dims() == [1] => values.expand(weights.dims()),
            _ => values,
        };
        (values, weights)
    }

    fn weighed(
        &self,
        targets: Tensor<2>,
        outputs: &Outputs,
        weights: Option<Tensor<1>>,
    ) -> Weighed {
        let function = self.function();
        let own = function.mask(&targets);
        let values = function.values(targets, outputs);
        let of_values = |rows| of_values(rows, &values, outputs);
        Weighed {
            mask: both(own, outputs.mask().map(of_values)),
            weights: weights.map(of_values),
            values,
        }
    }
}

/// The values of a loss with what they count, as many of each or one value of all.
struct Weighed {
    values: Tensor<1>,
    /// Ones and zeros.
    mask: Option<Tensor<1>>,
    weights: Option<Tensor<1>>,
}

/// The product of what there is.
fn both(mask: Option<Tensor<1>>, weights: Option<Tensor<1>>) -> Option<Tensor<1>> {
    match (mask, weights) {
        (Some(mask), Some(weights)) => Some(mask * weights),
        (mask, weights) => mask.or(weights),
    }
}

/// What rows count as what their samples do, where the values are of samples: the most of the steps of each.
fn of_values(rows: Tensor<1>, values: &Tensor<1>, outputs: &Outputs) -> Tensor<1> {
    let ([samples], [count], steps) = (values.dims(), rows.dims(), outputs.steps());
    if count == samples || count != samples * steps {
        return rows;
    }
    let of_steps: Tensor<2> = rows.reshape([samples, steps]);
    of_steps.max_dim(1).squeeze_dim(1)
}

impl PartialEq for Loss {
    /// Losses of one's own are the same if they are the same object, or have the same registered name and arguments.
    fn eq(&self, other: &Self) -> bool {
        let same = match (&self.function, &other.function) {
            (Function::Known(own), Function::Known(other)) => own == other,
            (Function::Custom(own), Function::Custom(other)) => {
                let is_same_spec = || {
                    let spec = spec_of(own.as_ref());
                    spec.is_some() && spec == spec_of(other.as_ref())
                };
                Arc::ptr_eq(own, other) || is_same_spec()
            }
            _ => false,
        };
        same && self.reduction == other.reduction
    }
}

/// The spec of a loss of one's own whose type is registered.
fn spec_of(own: &dyn OwnLoss) -> Option<Spec> {
    OWN.short_spec(own)
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
