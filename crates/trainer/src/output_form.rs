use std::fmt;

/// What a loss takes the outputs for.
///
/// ```
/// use firebrick::losses::{BinaryCrossentropy, LossFunction, MeanSquaredError, OutputForm};
///
/// assert_eq!(MeanSquaredError::new().output_form(), OutputForm::Any);
/// assert_eq!(BinaryCrossentropy::new().output_form(), OutputForm::Probabilities);
/// assert_eq!(BinaryCrossentropy::new().from_logits().output_form(), OutputForm::Logits);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutputForm {
    /// Any numbers.
    Any,
    /// Numbers from 0 to 1, as a softmax or a sigmoid gives them.
    Probabilities,
    /// What a softmax or a sigmoid is yet to be applied to.
    Logits,
    /// Numbers from 0 on, as a softplus, an exponential or a relu gives them.
    NotNegative,
}

impl OutputForm {
    /// Whether it is an output that is taken; a little outside counts as rounding.
    pub(crate) fn takes(self, output: f32) -> bool {
        const ROUNDING: f32 = 1e-6;
        match self {
            Self::Any | Self::Logits => true,
            Self::Probabilities => (-ROUNDING..=1.0 + ROUNDING).contains(&output),
            Self::NotNegative => output >= 0.0,
        }
    }

    /// The activations that a network of such outputs ends with.
    pub(crate) fn endings(self) -> &'static str {
        match self {
            Self::NotNegative => "a softplus, an exponential or a relu",
            _ => "a softmax or a sigmoid",
        }
    }

    /// What a cross-entropy takes.
    pub(crate) fn of(from_logits: bool) -> Self {
        if from_logits {
            Self::Logits
        } else {
            Self::Probabilities
        }
    }
}

impl fmt::Display for OutputForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Any => "any numbers",
            Self::Probabilities => "probabilities",
            Self::Logits => "logits",
            Self::NotNegative => "numbers from 0 on",
        })
    }
}
