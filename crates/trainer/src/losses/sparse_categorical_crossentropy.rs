use burn::tensor::{Bool, Tensor};
use firebrick_model::Activation;
use serde::{Deserialize, Serialize};

use super::LossFunction;
use super::class_axis::ClassAxis;
use super::crossentropy_options::crossentropy_options;
use super::on_host::{HostRows, HostValues, softmax};
use super::probabilities::log_shares;
use crate::output_form::OutputForm;
use crate::outputs::Outputs;
use crate::target_form::TargetForm;

/// `-ln p[class]` of the probabilities `p` that the outputs are, for targets that are the index of a class.
///
/// `p` is divided by its sum and clipped to `[1e-7, 1 - 1e-7]`. After a softmax or a sigmoid, as with
/// [`from_logits`](Self::from_logits), it is computed from the logits and nothing is clipped.
///
/// ```
/// use firebrick::losses::{Loss, SparseCategoricalCrossentropy};
///
/// let outputs = [[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]];
/// let loss = Loss::from(SparseCategoricalCrossentropy::new());
/// let expected = -(0.5_f64.ln() + 0.8_f64.ln()) / 2.0;
/// assert!((loss.compute([1, 2], outputs)? - expected).abs() < 1e-6);
/// // Rows that nobody has labelled do not count.
/// let loss = Loss::from(SparseCategoricalCrossentropy::new().with_ignore_class(-1));
/// assert!((loss.compute([1, -1], outputs)? + 0.5_f64.ln()).abs() < 1e-6);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/losses/probabilistic_losses/#sparsecategoricalcrossentropy-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SparseCategoricalCrossentropy {
    from_logits: bool,
    ignore_class: Option<i32>,
    axis: ClassAxis,
}

impl SparseCategoricalCrossentropy {
    /// For a network whose outputs are probabilities, a softmax at its end say.
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves out the rows of this class, one that the outputs need not have, such as -1 or 255.
    #[must_use = "returns the changed loss"]
    pub fn with_ignore_class(mut self, ignore_class: i32) -> Self {
        self.ignore_class = Some(ignore_class);
        self
    }

    /// Which rows are left out, `[rows, 1]`.
    fn ignored(&self, targets: &Tensor<2>) -> Option<Tensor<2, Bool>> {
        let class = self.ignore_class?;
        Some(targets.clone().equal_elem(f64::from(class)))
    }
}

crossentropy_options!(SparseCategoricalCrossentropy {
    from_logits: "softmax"
});

impl LossFunction for SparseCategoricalCrossentropy {
    fn name(&self) -> &'static str {
        "sparse_categorical_crossentropy"
    }

    fn target_form(&self) -> TargetForm {
        TargetForm::ClassIndex
    }

    fn output_form(&self) -> OutputForm {
        OutputForm::of(self.from_logits)
    }

    fn class_axis(&self) -> i64 {
        self.axis.number()
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        let log_p = if self.from_logits {
            log_shares(&outputs.followed_by(Activation::Softmax))
        } else {
            log_shares(outputs)
        };
        let of_class = |classes: Tensor<2>| -> Tensor<2> { log_p.gather(1, classes.int()).neg() };
        let values = match self.ignored(&targets) {
            Some(ignored) => {
                // Class 0 is there in any case, unlike an ignored one such as -1 or 255.
                let classes = targets.mask_fill(ignored.clone(), 0.0);
                of_class(classes).mask_fill(ignored, 0.0)
            }
            None => of_class(targets),
        };
        values.squeeze_dim(1)
    }

    fn mask(&self, targets: &Tensor<2>) -> Option<Tensor<1>> {
        let ignored = self.ignored(targets)?;
        Some(ignored.bool_not().float().squeeze_dim(1))
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        clippy::float_cmp,
        reason = "a class is a small whole number, none is below 0"
    )]
    fn on_host(&self, rows: &HostRows<'_>) -> Option<HostValues> {
        let logits = rows.logits(Activation::Softmax, self.from_logits)?;
        let (columns, targets) = (rows.columns(), rows.targets());
        if targets.len() * columns != logits.len() {
            return None;
        }
        let (mut slopes, logs) = softmax(logits, columns);
        let mut values = Vec::with_capacity(targets.len());
        let ignored = self.ignore_class.map(|class| class as f32);
        let all = slopes
            .chunks_exact_mut(columns)
            .zip(logits.chunks_exact(columns));
        for ((slopes, logits), (target, log)) in all.zip(targets.iter().zip(&logs)) {
            if ignored == Some(*target) {
                slopes.fill(0.0);
                values.push(0.0);
                continue;
            }
            if *target < 0.0 {
                return None;
            }
            let class = *target as usize;
            let (slope, logit) = (slopes.get_mut(class)?, logits.get(class)?);
            *slope -= 1.0;
            values.push(log - logit);
        }
        let counts = |class| move |target: &f32| f32::from(u8::from(*target != class));
        let mask = ignored.map(|class| targets.iter().map(counts(class)).collect());
        Some(HostValues {
            values,
            slopes,
            mask,
        })
    }
}
