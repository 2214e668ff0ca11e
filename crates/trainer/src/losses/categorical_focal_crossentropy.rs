use burn::tensor::Tensor;
use firebrick_model::Activation;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::bounds;
use super::class_axis::ClassAxis;
use super::class_weights::ClassWeights;
use super::crossentropy_options::crossentropy_options;
use super::label_smoothing::LabelSmoothing;
use super::probabilities::{EPSILON, log_shares_of_logits, shares};
use crate::error::TrainError;
use crate::output_form::OutputForm;
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;

/// Categorical cross-entropy that passes over what is easy: `-Σ alpha · (1 - p)^gamma · t · ln p` over
/// the columns.
///
/// `p` is divided by its sum and clipped to `[1e-7, 1 - 1e-7]`, as in Keras also with
/// [`from_logits`](Self::from_logits). After a softmax or a sigmoid it is computed from the logits and
/// `ln p` is not clipped.
///
/// ```
/// use firebrick::losses::{CategoricalFocalCrossentropy, Loss};
///
/// // alpha · (1 - p)^gamma of the cross-entropy, with 0.25 and 2.
/// let loss = Loss::from(CategoricalFocalCrossentropy::new());
/// let value = loss.compute([[0.0, 1.0]], [[0.5, 0.5]])?;
/// assert!((value - 0.25 * 0.25 * 2.0_f64.ln()).abs() < 1e-6);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// Lin et al., "Focal Loss for Dense Object Detection", 2017;
/// <https://keras.io/api/losses/probabilistic_losses/#categoricalfocalcrossentropy-class>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CategoricalFocalCrossentropy {
    alpha: ClassWeights,
    #[serde(deserialize_with = "bounds::not_negative")]
    gamma: f64,
    from_logits: bool,
    label_smoothing: LabelSmoothing,
    axis: ClassAxis,
}

impl CategoricalFocalCrossentropy {
    /// With an `alpha` of 0.25 for every class and a `gamma` of 2.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the weight of every class.
    ///
    /// # Errors
    /// A negative weight.
    pub fn with_alpha(self, alpha: f64) -> Result<Self, TrainError> {
        self.with_alphas([alpha])
    }

    /// Sets a weight for each class, as many as there are columns.
    ///
    /// # Errors
    /// No weight at all, or a negative one.
    pub fn with_alphas(mut self, alphas: impl Into<Vec<f64>>) -> Result<Self, TrainError> {
        self.alpha = ClassWeights::new(alphas.into())?;
        Ok(self)
    }
}

crossentropy_options!(CategoricalFocalCrossentropy {
    from_logits: "softmax",
    label_smoothing: "one another: `t · (1 - s) + s / classes`";
    gamma
});

impl Default for CategoricalFocalCrossentropy {
    fn default() -> Self {
        Self {
            alpha: ClassWeights::alike(0.25),
            gamma: 2.0,
            from_logits: false,
            label_smoothing: LabelSmoothing::default(),
            axis: ClassAxis::LAST,
        }
    }
}

impl LossFunction for CategoricalFocalCrossentropy {
    fn name(&self) -> &'static str {
        "categorical_focal_crossentropy"
    }

    fn target_domain(&self) -> TargetDomain {
        TargetDomain::Distribution
    }

    fn output_form(&self) -> OutputForm {
        OutputForm::of(self.from_logits)
    }

    fn class_axis(&self) -> i64 {
        self.axis.number()
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        let targets = self.label_smoothing.soften_classes(targets);
        let outputs = if self.from_logits {
            let p = Activation::Softmax.forward(outputs.values());
            &Outputs::new(p, Activation::Linear)
        } else {
            outputs
        };
        let (p, log_p) = if let Some(log_p) = log_shares_of_logits(outputs) {
            (log_p.clone().exp(), log_p)
        } else {
            let p = shares(outputs.values());
            (p.clone(), p.log())
        };
        // Above 0, where any power has a finite slope.
        let factor = (-p + 1.0).clamp_min(EPSILON).powf_scalar(self.gamma);
        self.alpha
            .weigh(factor * targets * log_p)
            .sum_dim(1)
            .squeeze_dim(1)
            .neg()
    }
}
