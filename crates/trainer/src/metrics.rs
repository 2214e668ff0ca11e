//! The metrics, with Keras' names, arguments and defaults.
//!
//! To add a metric: a file with its description and its [`MetricFunction`], its two lines here and
//! its entry in the list below. One of your own needs no entry: [`Metric::custom`] takes any
//! [`MetricFunction`], and [`register_metric`] gives its type a name.

mod accuracy;
mod area;
mod at_thresholds;
mod auc;
mod binary_accuracy;
mod binary_crossentropy;
mod binary_iou;
mod by_shape;
mod categorical_accuracy;
mod categorical_crossentropy;
mod checked;
mod class_matrix;
mod class_overlap;
mod concordance_correlation;
mod condition_count;
mod confusion_matrix;
mod cosine_similarity;
mod direction;
mod distances;
mod f1_score;
mod f_score;
mod fbeta_score;
mod histogram;
mod iou;
mod mean;
mod mean_iou;
mod mean_of_any_loss;
mod mean_of_loss;
mod one_hot_iou;
mod one_hot_mean_iou;
mod operating_point;
mod own;
mod pearson_correlation;
mod precision;
mod precision_at_recall;
mod r2_score;
mod recall;
mod recall_at_precision;
mod root_mean_squared_error;
mod selection;
mod sensitivity_at_specificity;
mod sparse_categorical_accuracy;
mod sparse_categorical_crossentropy;
mod sparse_top_k_categorical_accuracy;
mod specificity_at_sensitivity;
mod sum;
mod text_form;
mod threshold_list;
mod thresholds;
mod top_k;
mod top_k_categorical_accuracy;
mod tracker;

use std::fmt;
use std::sync::Arc;

use burn::tensor::Tensor;
use firebrick_spec::{Spec, registry};

use self::by_shape::ByShape;
use self::own::{OWN, OwnMetric};
use crate::error::TrainError;
use crate::figure_names;
use crate::losses::HostRows;
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;
use crate::target_form::TargetForm;

pub use accuracy::Accuracy;
pub use area::{AUCCurve, AUCSummationMethod};
pub use auc::AUC;
pub use binary_accuracy::BinaryAccuracy;
pub use binary_crossentropy::BinaryCrossentropy;
pub use binary_iou::BinaryIoU;
pub use categorical_accuracy::CategoricalAccuracy;
pub use categorical_crossentropy::CategoricalCrossentropy;
pub use concordance_correlation::ConcordanceCorrelation;
pub use condition_count::{FalseNegatives, FalsePositives, TrueNegatives, TruePositives};
pub use confusion_matrix::{ConfusionMatrix, ConfusionTable};
pub use cosine_similarity::CosineSimilarity;
pub use direction::Direction;
pub use f_score::Average;
pub use f1_score::F1Score;
pub use fbeta_score::FBetaScore;
pub use iou::IoU;
pub use mean::Mean;
pub use mean_iou::MeanIoU;
pub use mean_of_any_loss::MeanOfLoss;
pub use mean_of_loss::{
    CategoricalHinge, Hinge, KLDivergence, LogCoshError, MeanAbsoluteError,
    MeanAbsolutePercentageError, MeanSquaredError, MeanSquaredLogarithmicError, Poisson,
    SquaredHinge,
};
pub use one_hot_iou::OneHotIoU;
pub use one_hot_mean_iou::OneHotMeanIoU;
pub use own::register_metric;
pub use pearson_correlation::PearsonCorrelation;
pub use precision::Precision;
pub use precision_at_recall::PrecisionAtRecall;
pub use r2_score::{ClassAggregation, R2Score};
pub use recall::Recall;
pub use recall_at_precision::RecallAtPrecision;
pub use root_mean_squared_error::RootMeanSquaredError;
pub use sensitivity_at_specificity::SensitivityAtSpecificity;
pub use sparse_categorical_accuracy::SparseCategoricalAccuracy;
pub use sparse_categorical_crossentropy::SparseCategoricalCrossentropy;
pub use sparse_top_k_categorical_accuracy::SparseTopKCategoricalAccuracy;
pub use specificity_at_sensitivity::SpecificityAtSensitivity;
pub use sum::Sum;
pub use top_k_categorical_accuracy::TopKCategoricalAccuracy;
pub use tracker::{MeanTracker, MetricTracker, SumTracker};

/// A figure of a whole data set, gathered batch by batch.
///
/// A metric has no state of its own: every batch gives numbers, on the device, that add up on the host
/// (or are [joined](Self::join) otherwise), and the figure is a function of their sums.
///
/// ```
/// use firebrick::metrics::{Direction, Metric, MetricFunction};
/// use firebrick::losses::Outputs;
/// use firebrick::prelude::*;
///
/// /// How many outputs miss their target by more than 1.
/// #[derive(Debug)]
/// struct FarOff;
///
/// impl MetricFunction for FarOff {
///     fn name(&self) -> &str {
///         "far_off"
///     }
///
///     fn direction(&self) -> Direction {
///         Direction::Down
///     }
///
///     fn update(&self, targets: Tensor<2>, outputs: &Outputs, _weights: Option<Tensor<1>>) -> Tensor<1> {
///         (outputs.values() - targets).abs().greater_elem(1.0).float().sum()
///     }
///
///     fn result(&self, sums: &[f64]) -> Vec<f64> {
///         sums.to_vec()
///     }
/// }
///
/// let metric = Metric::custom(FarOff);
/// assert_eq!(metric.compute([1.0, 2.0, 3.0], [1.5, 5.0, 0.0])?, [2.0]);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
pub trait MetricFunction: fmt::Debug + Send + Sync {
    /// Keras' name, e.g. `categorical_accuracy`; the column of the history.
    fn name(&self) -> &str;

    /// Which targets it takes.
    fn target_form(&self) -> TargetForm {
        TargetForm::LikeOutputs
    }

    /// Which numbers the targets may be; others are an error before anything is measured.
    fn target_domain(&self) -> TargetDomain {
        TargetDomain::Any
    }

    /// Whether more is better.
    fn direction(&self) -> Direction;

    /// Refuses outputs of so many columns that its arguments do not go with.
    ///
    /// # Errors
    /// The argument, what it may be, and what it is.
    fn check(&self, _columns: usize) -> Result<(), TrainError> {
        Ok(())
    }

    /// What a batch adds to the sums; always as many numbers for outputs of as many columns.
    ///
    /// # Shapes
    /// - targets: `[rows, columns]` as [`target_form`](Self::target_form) says, `[rows, 1]` for a class index
    /// - outputs: `[rows, columns]`
    /// - weights: `[rows]`
    /// - output: `[sums]`
    ///
    /// # Panics
    /// If the outputs have a number of columns that [`check`](Self::check) refuses.
    fn update(
        &self,
        targets: Tensor<2>,
        outputs: &Outputs,
        weights: Option<Tensor<1>>,
    ) -> Tensor<1>;

    /// The same over plain memory; `None`, the default, where tensors are needed. A training on the CPU takes it where there is
    /// one, and is faster by that.
    ///
    /// # Shapes
    /// - weights: `[rows]`
    fn on_host(&self, _rows: &HostRows<'_>, _weights: Option<&[f32]>) -> Option<Vec<f32>> {
        None
    }

    /// Joins the sums so far with the numbers of another batch, of which there are as many: adds them, unless that
    /// would lose what the figure is made of, as where large numbers that differ by little are squared.
    fn join(&self, sums: &mut [f64], batch: &[f64]) {
        for (sum, value) in sums.iter_mut().zip(batch) {
            *sum += value;
        }
    }

    /// The figure: one number, or one for each class or threshold.
    fn result(&self, sums: &[f64]) -> Vec<f64>;

    /// Whether one of the figures, counted from 0, says anything: not where it is a convention, as the
    /// [`R2Score`] of a single target. What is undefined is shown, but a callback that watches it takes the epoch for one
    /// without the figure, so that nothing is chosen by it.
    fn is_defined(&self, _sums: &[f64], _figure: usize) -> bool {
        true
    }
}

/// What is measured beside the loss.
///
/// ```
/// use firebrick::metrics::{CategoricalAccuracy, Metric};
///
/// let metric: Metric = "categorical_accuracy".parse()?;
/// assert_eq!(metric, CategoricalAccuracy::new().into());
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Metric {
    function: Function,
    name: Option<String>,
}

#[derive(Clone, Debug)]
enum Function {
    Known(Known),
    ByShape(ByShape),
    Custom(Arc<dyn OwnMetric>),
}

// The list: a new metric is a file of its own and its line here, with the names it goes by.
registry! {
    /// Any of the metrics but those that are chosen by the shape of the outputs.
    #[allow(clippy::upper_case_acronyms, reason = "variants are called what their types are")]
    #[derive(Clone, Debug, PartialEq)]
    enum Known: "metric", each_metric => Metric {
        Accuracy: "exact_accuracy";
        AUC: "auc";
        BinaryAccuracy: "binary_accuracy";
        BinaryCrossentropy: "binary_crossentropy", "bce";
        BinaryIoU: "binary_io_u";
        CategoricalAccuracy: "categorical_accuracy";
        CategoricalCrossentropy: "categorical_crossentropy";
        CategoricalHinge: "categorical_hinge";
        ConcordanceCorrelation: "concordance_correlation";
        ConfusionMatrix: "confusion_matrix";
        CosineSimilarity: "cosine_similarity";
        F1Score: "f1_score";
        FBetaScore: "fbeta_score", "f_beta_score";
        FalseNegatives: "false_negatives";
        FalsePositives: "false_positives";
        Hinge: "hinge";
        IoU: "io_u";
        KLDivergence: "kl_divergence";
        LogCoshError: "logcosh", "log_cosh_error";
        Mean: "mean";
        MeanAbsoluteError: "mean_absolute_error", "mae";
        MeanAbsolutePercentageError: "mean_absolute_percentage_error", "mape";
        MeanIoU: "mean_io_u";
        MeanOfLoss: "mean_of_loss";
        MeanSquaredError: "mean_squared_error", "mse";
        MeanSquaredLogarithmicError: "mean_squared_logarithmic_error", "msle";
        OneHotIoU: "one_hot_io_u";
        OneHotMeanIoU: "one_hot_mean_io_u";
        PearsonCorrelation: "pearson_correlation";
        Poisson: "poisson";
        Precision: "precision";
        PrecisionAtRecall: "precision_at_recall";
        R2Score: "r2_score";
        Recall: "recall";
        RecallAtPrecision: "recall_at_precision";
        RootMeanSquaredError: "root_mean_squared_error";
        SensitivityAtSpecificity: "sensitivity_at_specificity";
        SparseCategoricalAccuracy: "sparse_categorical_accuracy";
        SparseCategoricalCrossentropy: "sparse_categorical_crossentropy";
        SparseTopKCategoricalAccuracy: "sparse_top_k_categorical_accuracy";
        SpecificityAtSensitivity: "specificity_at_sensitivity";
        SquaredHinge: "squared_hinge";
        Sum: "sum";
        TopKCategoricalAccuracy: "top_k_categorical_accuracy";
        TrueNegatives: "true_negatives";
        TruePositives: "true_positives";
    }
}

impl From<Known> for Metric {
    fn from(known: Known) -> Self {
        Self {
            function: Function::Known(known),
            name: None,
        }
    }
}

impl Function {
    /// The name of the figure unless it is given another one.
    fn name(&self) -> &str {
        match self {
            Self::Known(known) => each_metric!(known, metric => metric.name()),
            Self::ByShape(by_shape) => by_shape.name(),
            Self::Custom(custom) => custom.name(),
        }
    }

    /// The name it was asked for by, where that is another one: as in Keras, `mse` is also what the
    /// figure is called.
    fn alias(&self, key: &str) -> Option<String> {
        let names_itself = match self {
            Self::Known(known) => key == known.listed_name(),
            Self::ByShape(_) | Self::Custom(_) => key == self.name(),
        };
        (!names_itself).then(|| key.to_owned())
    }
}

impl Metric {
    /// The share of right answers, 0 to 1: binary, categorical or by class index, as outputs and targets
    /// demand.
    pub fn accuracy() -> Self {
        Self {
            function: Function::ByShape(ByShape::Accuracy),
            name: None,
        }
    }

    /// The cross-entropy: binary, categorical or by class index, as outputs and targets demand. Keras
    /// knows the name for losses alone.
    pub fn crossentropy() -> Self {
        Self {
            function: Function::ByShape(ByShape::Crossentropy),
            name: None,
        }
    }

    /// A metric of your own; it can be written into a config file if its type is [registered](register_metric).
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
        self.name.as_deref().unwrap_or(self.function.name())
    }

    /// Makes sure that the [`name`](Self::name) can be that of a figure beside the others.
    ///
    /// # Errors
    /// No name, a control character, the name of another column of the history.
    pub fn check_name(&self) -> Result<(), TrainError> {
        figure_names::check_name(self.name())
    }

    /// The function behind it, chosen by what the outputs are compared with: targets of this form, and
    /// this many columns of outputs.
    pub fn function(&self, targets: TargetForm, columns: usize) -> &dyn MetricFunction {
        match &self.function {
            Function::Known(known) => each_metric!(known, metric => metric),
            Function::ByShape(by_shape) => by_shape.function(targets, columns),
            Function::Custom(custom) => custom.as_ref(),
        }
    }
}

impl PartialEq for Metric {
    /// Metrics of one's own are the same if they are the same object, or have the same registered name and arguments.
    fn eq(&self, other: &Self) -> bool {
        let same = match (&self.function, &other.function) {
            (Function::Known(own), Function::Known(other)) => own == other,
            (Function::ByShape(own), Function::ByShape(other)) => own == other,
            (Function::Custom(own), Function::Custom(other)) => {
                let is_same_spec = || {
                    let spec = spec_of(own.as_ref());
                    spec.is_some() && spec == spec_of(other.as_ref())
                };
                Arc::ptr_eq(own, other) || is_same_spec()
            }
            _ => false,
        };
        same && self.name == other.name
    }
}

/// The spec of a metric of one's own whose type is registered.
fn spec_of(own: &dyn OwnMetric) -> Option<Spec> {
    OWN.short_spec(own)
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
