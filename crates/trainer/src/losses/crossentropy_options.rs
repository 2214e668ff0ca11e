//! What several cross-entropies can be told.

/// Writes the setters out that a loss of such fields has: what its network lacks at its end, what label smoothing moves the
/// targets towards, the axis, and `gamma` where it has one.
macro_rules! crossentropy_options {
    ($loss:ident { from_logits: $end:literal $(, label_smoothing: $towards:literal)? $(; $gamma:ident)? }) => {
        impl $loss {
            /// Finds the columns of a row along this axis of the outputs and of targets like them, as Keras counts: that of the
            /// batch is 0, the last one, by default, -1. Metrics look along it too. Where Keras smoothes labels by the size of
            /// the last axis, here the number of classes counts.
            ///
            /// # Errors
            /// The axis of the batch.
            pub fn with_axis(mut self, axis: i64) -> Result<Self, crate::error::TrainError> {
                self.axis = crate::losses::class_axis::ClassAxis::new(axis)?;
                Ok(self)
            }

            #[doc = concat!("For a network without a ", $end, " at its end.")]
            #[must_use = "returns the changed loss"]
            pub fn from_logits(mut self) -> Self {
                self.from_logits = true;
                self
            }

            $(
                #[doc = concat!("Moves the targets towards ", $towards, ".")]
                ///
                /// # Errors
                /// A smoothing outside `[0, 1]`.
                pub fn with_label_smoothing(
                    mut self,
                    label_smoothing: f64,
                ) -> Result<Self, crate::error::TrainError> {
                    self.label_smoothing =
                        crate::losses::label_smoothing::LabelSmoothing::new(label_smoothing)?;
                    Ok(self)
                }
            )?

            $(
                /// Sets how much less what is easy counts; at 0 everything counts alike.
                ///
                /// # Errors
                /// A negative exponent.
                pub fn with_gamma(mut self, gamma: f64) -> Result<Self, crate::error::TrainError> {
                    self.$gamma = crate::losses::bounds::NOT_NEGATIVE.check("gamma", gamma)?;
                    Ok(self)
                }
            )?
        }
    };
}

pub(super) use crossentropy_options;
