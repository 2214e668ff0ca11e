use super::voice::Voice;
use crate::callback::{Callback, Flow, HookResult, Training};
use crate::error::TrainError;

/// Sets the learning rate before every epoch, `rate ← schedule(epoch, rate)`.
///
/// It replaces the schedule that the model was compiled with. The epoch is counted from 1, as everywhere here;
/// Keras counts from 0.
///
/// ```
/// # use firebrick::{layers::Dense, prelude::*};
/// use firebrick::callbacks::LearningRateScheduler;
///
/// # let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
/// # let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
/// let mut trainer = Compile::by_name("sgd", "mse", [])?.with_learning_rate(0.02).model(model);
/// let halving = LearningRateScheduler::new(|epoch, rate| if epoch <= 2 { rate } else { 0.5 * rate });
/// let fit = Fit::new(4).with_callback(halving).with_display(Display::Quiet);
/// assert_eq!(trainer.fit(&data, &fit)?["learning_rate"], [0.02, 0.02, 0.01, 0.005]);
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Errors
/// A rate that is negative or no finite number.
///
/// # Source
/// <https://keras.io/api/callbacks/learning_rate_scheduler/>
pub struct LearningRateScheduler {
    schedule: Box<dyn FnMut(usize, f64) -> f64 + Send>,
    voice: Voice,
}

impl LearningRateScheduler {
    const NAME: &'static str = "LearningRateScheduler";

    /// `schedule` gives the rate of an epoch from its number and the rate that it would have.
    pub fn new(schedule: impl FnMut(usize, f64) -> f64 + Send + 'static) -> Self {
        Self {
            schedule: Box::new(schedule),
            voice: Voice::default(),
        }
    }

    /// Says on the screen what it does, not in the log alone.
    #[must_use = "returns the changed callback"]
    pub fn with_verbose(mut self) -> Self {
        self.voice = Voice::Screen;
        self
    }
}

impl Callback for LearningRateScheduler {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn on_epoch_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        let epoch = training.epoch();
        let learning_rate = (self.schedule)(epoch, training.learning_rate());
        if !learning_rate.is_finite() || learning_rate < 0.0 {
            return Err(TrainError::UnusableRate {
                callback: Self::NAME,
                learning_rate,
                epoch,
            });
        }
        training.set_learning_rate(learning_rate);
        let text = format!(
            "Epoch {epoch}: {} setting learning rate to {learning_rate}.",
            Self::NAME
        );
        self.voice.say(training, &text);
        Ok(Flow::Continue)
    }
}
