use burn::tensor::Tensor;
use firebrick_model::Activation;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::class_axis::ClassAxis;
use super::crossentropy_options::crossentropy_options;
use super::label_smoothing::LabelSmoothing;
use super::on_host::{HostRows, HostValues, softmax};
use super::probabilities::log_shares;
use crate::output_form::OutputForm;
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;

/// `-Σ t · ln p` over the columns, of targets `t` that are probabilities, those of one class say.
///
/// `p` is divided by its sum and clipped to `[1e-7, 1 - 1e-7]`. After a softmax or a sigmoid, as with
/// [`from_logits`](Self::from_logits), it is computed from the logits and nothing is clipped.
///
/// ```
/// use firebrick::losses::{CategoricalCrossentropy, Loss};
///
/// let loss = Loss::from(CategoricalCrossentropy::new());
/// let value = loss.compute([[0.0, 1.0, 0.0]], [[0.2, 0.5, 0.3]])?;
/// assert!((value - 2.0_f64.ln()).abs() < 1e-6);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/losses/probabilistic_losses/#categoricalcrossentropy-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CategoricalCrossentropy {
    from_logits: bool,
    label_smoothing: LabelSmoothing,
    axis: ClassAxis,
}

impl CategoricalCrossentropy {
    /// For a network whose outputs are probabilities, a softmax at its end say.
    pub const fn new() -> Self {
        Self {
            from_logits: false,
            label_smoothing: LabelSmoothing::NONE,
            axis: ClassAxis::LAST,
        }
    }
}

crossentropy_options!(CategoricalCrossentropy {
    from_logits: "softmax",
    label_smoothing: "one another: `t · (1 - s) + s / classes`"
});

impl LossFunction for CategoricalCrossentropy {
    fn name(&self) -> &'static str {
        "categorical_crossentropy"
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
        let log_p = if self.from_logits {
            log_shares(&outputs.followed_by(Activation::Softmax))
        } else {
            log_shares(outputs)
        };
        (targets * log_p).sum_dim(1).squeeze_dim(1).neg()
    }

    fn on_host(&self, rows: &HostRows<'_>) -> Option<HostValues> {
        let logits = rows.logits(Activation::Softmax, self.from_logits)?;
        let columns = rows.columns();
        if rows.targets().len() != logits.len() {
            return None;
        }
        let (mut slopes, logs) = softmax(logits, columns);
        let even = 1.0 / columns as f64;
        let logits = logits.chunks_exact(columns);
        let targets = rows.targets().chunks_exact(columns);
        let all = slopes.chunks_exact_mut(columns).zip(&logs);
        let values = all
            .zip(logits.zip(targets))
            .map(|((slopes, log), (logits, targets))| {
                let soften = |target: &f32| self.label_smoothing.softened(*target, even);
                let total: f32 = targets.iter().map(soften).sum();
                let mut value = 0.0;
                for ((slope, logit), target) in slopes.iter_mut().zip(logits).zip(targets) {
                    let target = soften(target);
                    value += target * (log - logit);
                    *slope = *slope * total - target;
                }
                value
            });
        let values = values.collect();
        Some(HostValues::new(values, slopes))
    }
}
