use crate::callback::{Callback, Flow, HookResult, Training};

/// Stops a training in order whose loss is no finite number any more.
///
/// Without it such a loss is an error, found within a fraction of a second; with it, it is found after its very
/// batch, at the price of waiting for the device after every batch. Either way the model has the last weights
/// that are known to be good; Keras leaves those that are NaN.
///
/// ```
/// use firebrick::callbacks::TerminateOnNan;
/// use firebrick::training::Fit;
///
/// let fit = Fit::new(100).with_callback(TerminateOnNan::new());
/// ```
///
/// # Source
/// <https://keras.io/api/callbacks/terminate_on_nan/>
#[derive(Clone, Copy, Debug, Default)]
pub struct TerminateOnNan;

impl TerminateOnNan {
    /// A callback without settings.
    pub fn new() -> Self {
        Self
    }
}

impl Callback for TerminateOnNan {
    fn name(&self) -> &'static str {
        "TerminateOnNan"
    }

    fn on_train_batch_end(&mut self, training: &mut Training<'_>) -> HookResult {
        let loss = training.logs()?.get("loss");
        if loss.is_none_or(f64::is_finite) {
            return Ok(Flow::Continue);
        }
        let text = format!(
            "Batch {}: Invalid loss, terminating training",
            training.batch()
        );
        training.say(&text);
        Ok(Flow::Stop)
    }
}
