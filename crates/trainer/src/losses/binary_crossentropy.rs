use burn::tensor::Tensor;
use firebrick_host::vectorized::{sigmoid, softplus};
use firebrick_model::Activation;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::class_axis::ClassAxis;
use super::crossentropy_options::crossentropy_options;
use super::label_smoothing::LabelSmoothing;
use super::on_host::{HostRows, HostValues};
use super::probabilities::{either, log_yes_and_no};
use crate::output_form::OutputForm;
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;

/// Mean over the columns of `-t · ln p - (1 - t) · ln(1 - p)`, each column a yes or no of its own.
///
/// `p` is clipped to `[1e-7, 1 - 1e-7]`. After a sigmoid, as with [`from_logits`](Self::from_logits),
/// it is computed from the logits and nothing is clipped.
///
/// ```
/// use firebrick::losses::{BinaryCrossentropy, Loss};
///
/// let loss = Loss::from(BinaryCrossentropy::new());
/// let expected = -(0.8_f64.ln() + (1.0 - 0.4_f64).ln()) / 2.0;
/// assert!((loss.compute([1.0, 0.0], [0.8, 0.4])? - expected).abs() < 1e-6);
/// // A logit of 0 is a probability of 0.5.
/// let of_logits = Loss::from(BinaryCrossentropy::new().from_logits());
/// assert!((of_logits.compute([1.0], [0.0])? - 2.0_f64.ln()).abs() < 1e-6);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/losses/probabilistic_losses/#binarycrossentropy-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BinaryCrossentropy {
    from_logits: bool,
    label_smoothing: LabelSmoothing,
    axis: ClassAxis,
}

impl BinaryCrossentropy {
    /// For a network whose outputs are probabilities, sigmoids at its end say.
    pub const fn new() -> Self {
        Self {
            from_logits: false,
            label_smoothing: LabelSmoothing::NONE,
            axis: ClassAxis::LAST,
        }
    }
}

crossentropy_options!(BinaryCrossentropy {
    from_logits: "sigmoid",
    label_smoothing: "a half: `t · (1 - s) + s / 2`"
});

impl LossFunction for BinaryCrossentropy {
    fn name(&self) -> &'static str {
        "binary_crossentropy"
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
        let (yes, no) = if self.from_logits {
            log_yes_and_no(&outputs.followed_by(Activation::Sigmoid))
        } else {
            log_yes_and_no(outputs)
        };
        either(targets, yes, no).mean_dim(1).squeeze_dim(1)
    }

    fn on_host(&self, rows: &HostRows<'_>) -> Option<HostValues> {
        rows.logits(Activation::Sigmoid, self.from_logits)?;
        let smoothing = self.label_smoothing;
        HostValues::of_outputs(
            rows,
            #[inline(always)]
            |logit, target| {
                let target = smoothing.softened(target, 0.5);
                (softplus(logit) - target * logit, sigmoid(logit) - target)
            },
        )
    }
}
