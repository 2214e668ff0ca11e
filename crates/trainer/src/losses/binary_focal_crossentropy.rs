use burn::tensor::Tensor;
use firebrick_model::Activation;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::bounds::{self, SHARE};
use super::class_axis::ClassAxis;
use super::crossentropy_options::crossentropy_options;
use super::label_smoothing::LabelSmoothing;
use super::probabilities::{either, log_yes_and_no};
use crate::error::TrainError;
use crate::output_form::OutputForm;
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;

/// Binary cross-entropy that passes over what is easy: mean over the columns of
/// `(1 - q)^gamma · (-t · ln p - (1 - t) · ln(1 - p))`, `q = t · p + (1 - t) · (1 - p)`; with class
/// balancing times `t · alpha + (1 - t) · (1 - alpha)`.
///
/// In the logarithms `p` is clipped to `[1e-7, 1 - 1e-7]`, as in Keras also with
/// [`from_logits`](Self::from_logits). After a sigmoid it is computed from the logits and nothing is
/// clipped.
///
/// ```
/// use firebrick::losses::{BinaryCrossentropy, BinaryFocalCrossentropy, Loss};
///
/// // What is nearly right counts (1 - 0.8)² as much as in a cross-entropy.
/// let focal = Loss::from(BinaryFocalCrossentropy::new()).compute([1.0], [0.8])?;
/// let plain = Loss::from(BinaryCrossentropy::new()).compute([1.0], [0.8])?;
/// assert!((focal - 0.04 * plain).abs() < 1e-6);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// Lin et al., "Focal Loss for Dense Object Detection", 2017;
/// <https://keras.io/api/losses/probabilistic_losses/#binaryfocalcrossentropy-class>
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BinaryFocalCrossentropy {
    apply_class_balancing: bool,
    #[serde(deserialize_with = "bounds::share")]
    alpha: f64,
    #[serde(deserialize_with = "bounds::not_negative")]
    gamma: f64,
    from_logits: bool,
    label_smoothing: LabelSmoothing,
    axis: ClassAxis,
}

impl BinaryFocalCrossentropy {
    /// Without class balancing, with a `gamma` of 2.
    pub fn new() -> Self {
        Self::default()
    }

    /// Weighs yes by `alpha` and no by `1 - alpha`.
    #[must_use = "returns the changed loss"]
    pub fn with_class_balancing(mut self) -> Self {
        self.apply_class_balancing = true;
        self
    }

    /// Sets the weight that class balancing gives to yes, 0.25 by default.
    ///
    /// # Errors
    /// A weight outside `[0, 1]`.
    pub fn with_alpha(mut self, alpha: f64) -> Result<Self, TrainError> {
        self.alpha = SHARE.check("alpha", alpha)?;
        Ok(self)
    }
}

crossentropy_options!(BinaryFocalCrossentropy {
    from_logits: "sigmoid",
    label_smoothing: "a half: `t · (1 - s) + s / 2`";
    gamma
});

impl Default for BinaryFocalCrossentropy {
    fn default() -> Self {
        Self {
            apply_class_balancing: false,
            alpha: 0.25,
            gamma: 2.0,
            from_logits: false,
            label_smoothing: LabelSmoothing::default(),
            axis: ClassAxis::LAST,
        }
    }
}

impl LossFunction for BinaryFocalCrossentropy {
    fn name(&self) -> &'static str {
        "binary_focal_crossentropy"
    }

    fn target_domain(&self) -> TargetDomain {
        TargetDomain::ZeroToOne
    }

    fn output_form(&self) -> OutputForm {
        OutputForm::of(self.from_logits)
    }

    fn class_axis(&self) -> i64 {
        self.axis.number()
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        let targets = self.label_smoothing.soften_binary(targets);
        let outputs = if self.from_logits {
            let p = Activation::Sigmoid.forward(outputs.values());
            &Outputs::new(p, Activation::Linear)
        } else {
            outputs
        };
        let p = outputs.values();
        let (yes, no) = log_yes_and_no(outputs);
        let missing = targets.clone() + p.clone() - targets.clone() * p * 2.0;
        // Above 0, where any power has a finite slope.
        let factor = missing.clamp_min(f32::MIN_POSITIVE).powf_scalar(self.gamma);
        let mut values = factor * either(targets.clone(), yes, no);
        if self.apply_class_balancing {
            values = values * (targets * (2.0 * self.alpha - 1.0) + (1.0 - self.alpha));
        }
        values.mean_dim(1).squeeze_dim(1)
    }
}
