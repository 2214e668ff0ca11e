use burn::tensor::activation::log_softmax;
use burn::tensor::module::ctc_loss;
use burn::tensor::{Int, Tensor};
use serde::{Deserialize, Serialize};

use super::LossFunction;
use crate::output_form::OutputForm;
use crate::outputs::Outputs;
use crate::target_domain::TargetDomain;
use crate::target_form::TargetForm;

mod decode;

pub use decode::{CtcDecoding, CtcPath, ctc_decode};

/// The class that says nothing.
const BLANK: usize = 0;

/// Connectionist temporal classification: minus the logarithm of the probability that the steps of a sequence say these
/// labels one after the other, whenever they say them: each for one step or several, with blanks (class 0) in between.
///
/// The outputs are logits for every step, `[steps, classes]` a sample; the targets are the labels, from 1 on, filled up
/// with 0, as in Keras, or with -1, as [`ctc_decode`] gives them. A label that follows its like needs a blank in between.
/// Steps that a mask leaves out at the end of a sample are not looked at, which Keras' loss cannot.
///
/// ```
/// use firebrick::losses::{CTC, Loss};
///
/// // Two steps of a blank and one label, all alike: said by three of the four ways, 1 1, 1 0 and 0 1.
/// let logits = || (vec![0.0; 4], [1, 2, 2]);
/// let loss = Loss::from(CTC::new()).compute([[1]], logits())?;
/// assert!((loss + 0.75_f64.ln()).abs() < 1e-6);
/// // More labels than steps cannot be said.
/// let error = Loss::from(CTC::new()).compute([[1, 1]], logits()).unwrap_err();
/// assert!(error.to_string().contains("2 labels, which take 3 steps, for outputs of 2"));
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// Graves et al., "Connectionist Temporal Classification: Labelling Unsegmented Sequence Data with Recurrent Neural
/// Networks", 2006; <https://keras.io/api/losses/probabilistic_losses/#ctc-class>
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CTC {}

impl CTC {
    /// For logits of every step, those of the blank first.
    pub const fn new() -> Self {
        Self {}
    }
}

impl LossFunction for CTC {
    fn name(&self) -> &'static str {
        "ctc"
    }

    fn target_form(&self) -> TargetForm {
        TargetForm::LabelSequence
    }

    fn target_domain(&self) -> TargetDomain {
        TargetDomain::LabelSequence
    }

    fn output_form(&self) -> OutputForm {
        OutputForm::Logits
    }

    fn values(&self, targets: Tensor<2>, outputs: &Outputs) -> Tensor<1> {
        let ([samples, _], steps) = (targets.dims(), outputs.steps());
        let logits = outputs.values();
        let [_, classes] = logits.dims();
        let log_p = log_softmax(logits, 1).reshape([samples, steps, classes]);
        let count: Tensor<1, Int> = targets
            .clone()
            .greater_elem(0.0)
            .int()
            .sum_dim(1)
            .squeeze_dim(1);
        let num_steps = match outputs.mask() {
            Some(mask) => {
                let of_steps: Tensor<2> = mask.reshape([samples, steps]);
                of_steps.sum_dim(1).squeeze_dim::<1>(1).int()
            }
            None => Tensor::full([samples], steps as f64, &targets.device()),
        };
        let labels = targets.clamp_min(0.0).int();
        ctc_loss(log_p.swap_dims(0, 1), labels, num_steps, count, BLANK)
    }
}
