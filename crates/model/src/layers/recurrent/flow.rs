use firebrick_spec::{Spec, SpecError};
use serde::{Deserialize, Serialize};

use crate::layer_problem::LayerProblem;
use crate::layers::checks::check_positive;

/// How the steps of a recurrent layer follow each other, and what leaves it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "these are Keras' arguments, each of which means something with every other"
)]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Flow {
    #[serde(default)]
    pub(crate) return_sequences: bool,
    #[serde(default)]
    pub(crate) return_state: bool,
    #[serde(default)]
    pub(crate) go_backwards: bool,
    #[serde(default)]
    pub(crate) stateful: bool,
    /// Of a stateful layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) batch_size: Option<usize>,
    /// Keras' hint to its compilers, which changes no number.
    #[serde(default)]
    pub(crate) unroll: bool,
    #[serde(default)]
    pub(crate) zero_output_for_mask: bool,
}

impl Flow {
    /// Takes these arguments out of `spec`.
    pub(crate) fn take(spec: &mut Spec, thing: &str) -> Result<Self, SpecError> {
        let mut flag = |argument: &str| -> Result<bool, SpecError> {
            Ok(spec.take_as(thing, argument)?.unwrap_or_default())
        };
        let flow = Self {
            return_sequences: flag("return_sequences")?,
            return_state: flag("return_state")?,
            go_backwards: flag("go_backwards")?,
            stateful: flag("stateful")?,
            batch_size: None,
            unroll: flag("unroll")?,
            zero_output_for_mask: flag("zero_output_for_mask")?,
        };
        let batch_size: Option<Option<usize>> = spec.take_as(thing, "batch_size")?;
        Ok(Self {
            batch_size: batch_size.flatten(),
            ..flow
        })
    }

    pub(crate) fn check(&self) -> Result<(), LayerProblem> {
        match self.batch_size {
            None if self.stateful => {
                let expected = "given beside `stateful`: the samples of every batch";
                Err(LayerProblem::argument(
                    "batch_size",
                    expected,
                    &self.batch_size,
                ))
            }
            None => Ok(()),
            Some(batch_size) => check_positive("batch_size", batch_size),
        }
    }

    /// The number of samples whose states are kept, if they are.
    pub(crate) fn kept_batch_size(&self) -> Option<usize> {
        self.batch_size.filter(|_| self.stateful)
    }
}

/// Writes the setters of a layer's field `flow`.
macro_rules! flow_setters {
    ($layer:ident) => {
        impl $layer {
            /// Gives the output of every step instead of that of the last one.
            #[must_use = "returns the changed layer"]
            pub fn with_return_sequences(mut self) -> Self {
                self.flow.return_sequences = true;
                self
            }

            /// Gives the last states too, as outputs of their own after the first one.
            #[must_use = "returns the changed layer"]
            pub fn with_return_state(mut self) -> Self {
                self.flow.return_state = true;
                self
            }

            /// Takes the last step first. With [`with_return_sequences`](Self::with_return_sequences) the outputs come in
            /// that order too, while a mask keeps its own, as in Keras.
            #[must_use = "returns the changed layer"]
            pub fn with_go_backwards(mut self) -> Self {
                self.flow.go_backwards = true;
                self
            }

            /// Begins a batch with the states that the one before has left, sample by sample, until
            /// [`reset_states`](crate::Network::reset_states) sets them to 0.
            ///
            /// All batches have to have `batch_size` samples, in training, evaluation and prediction. (Keras takes the number
            /// from the input, whose shapes have no batch axis here; a model file of Keras' gets it as the argument
            /// `batch_size`.) The states are weights that no optimizer moves, and are saved with the others.
            #[must_use = "returns the changed layer"]
            pub fn with_stateful(mut self, batch_size: usize) -> Self {
                self.flow.stateful = true;
                self.flow.batch_size = Some(batch_size);
                self
            }

            /// Gives zeros where the mask says that a step is padding, instead of the output before it.
            #[must_use = "returns the changed layer"]
            pub fn with_zero_output_for_mask(mut self) -> Self {
                self.flow.zero_output_for_mask = true;
                self
            }
        }
    };
}

pub(crate) use flow_setters;
