use std::fmt;

use crate::output_form::OutputForm;

/// What is known of why a loss is not finite.
///
/// ```
/// use firebrick::training::NonFiniteCause;
///
/// let cause = NonFiniteCause::Layer { layer: "layer `dense` (Dense, index 0)".to_owned() };
/// assert!(matches!(&cause, NonFiniteCause::Layer { layer } if layer.contains("dense")));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum NonFiniteCause {
    /// A number of the data that is not finite.
    Data {
        /// `input`, `target` or `weight`.
        part: &'static str,
        /// Its sample, counted from 0 in the order of the data before any split.
        sample: usize,
        /// What stands there.
        value: f32,
    },
    /// The weights were not finite before anything was learned.
    Weights,
    /// A part of the network whose output is not finite, for inputs and weights that are.
    Layer {
        /// What it is called, e.g. ``layer `dense` (Dense, index 0)``.
        layer: String,
    },
    /// An output that the loss does not take.
    Outputs {
        /// The loss.
        loss: String,
        /// What it takes.
        expected: OutputForm,
        /// What the network answers.
        value: f32,
    },
    /// The loss itself, of outputs and targets that are finite.
    Loss {
        /// The loss.
        loss: String,
    },
    /// What the regularized weights add.
    Penalty,
    /// The updates: with the weights from before, the same batch has a finite loss.
    Updates,
    /// Nothing more is known.
    Unknown,
}

impl NonFiniteCause {
    /// Of what was found with the latest weights and what is with those from before, what is to blame.
    pub(crate) fn with_earlier(self, earlier: impl FnOnce() -> Self) -> Self {
        match self {
            // True whatever the weights are.
            Self::Data { .. } | Self::Outputs { .. } | Self::Updates => self,
            _ => earlier(),
        }
    }

    /// The same after an update at this rate: without any, chance in the network has a part in what is finite when it is
    /// looked at again.
    pub(crate) fn after(self, learning_rate: Option<f64>) -> Self {
        match (self, learning_rate) {
            (Self::Updates, None) => Self::Unknown,
            (cause, _) => cause,
        }
    }

    /// What to do about it.
    pub(crate) fn advice(&self) -> String {
        let advice = match self {
            Self::Data { .. } => "Fill in or remove the samples where a number is missing",
            Self::Weights => "Build the network anew, or load other weights",
            Self::Layer { .. } => "Look at what it receives, and scale inputs that are large",
            Self::Outputs { expected, .. } => {
                return format!("End the network with {}", expected.endings());
            }
            Self::Loss { .. } => {
                "Look for a logarithm of 0 or a division by 0 in its formula, or scale targets that are large"
            }
            Self::Penalty => "Make the regularization or the weights smaller",
            Self::Updates => "Try a smaller learning rate, a tenth of it first",
            Self::Unknown => "Look at the data, the loss and the learning rate",
        };
        advice.to_owned()
    }
}

impl fmt::Display for NonFiniteCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Data {
                part,
                sample,
                value,
            } => write!(f, "the {part} of sample {sample} (counted from 0) is {value}"),
            Self::Weights => f.write_str("the weights of the network were not finite before"),
            Self::Layer { layer } => write!(
                f,
                "of the network, {layer} is the first whose output is not finite"
            ),
            Self::Outputs {
                loss,
                expected,
                value,
            } => write!(
                f,
                "the loss {loss} takes {expected}, the network answers {value}"
            ),
            Self::Loss { loss } => write!(
                f,
                "inputs, outputs and targets of the batch are finite, the loss {loss} of them is not"
            ),
            Self::Penalty => f.write_str("what the regularized weights add to it is not finite"),
            Self::Updates => f.write_str(
                "with the weights from before, the same batch has a finite loss, so the updates since have brought it there",
            ),
            Self::Unknown => f.write_str("nothing more is known of it"),
        }
    }
}
