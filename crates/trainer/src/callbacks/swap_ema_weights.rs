use crate::callback::{Callback, Flow, HookResult, Training, Weights};
use crate::error::TrainError;
use crate::logs::Logs;
use crate::state::State;

/// Validates with the moving average of the weights instead of the weights, which come back afterwards as they were.
///
/// Once a training has ended its weights are the average, so that an evaluation or a prediction after it has
/// nothing to swap. The optimizer has to keep an average, see [`Optimizer::with_ema`](crate::Optimizer::with_ema).
///
/// ```
/// use firebrick::callbacks::SwapEmaWeights;
/// use firebrick::training::{Fit, Optimizer};
///
/// let optimizer = Optimizer::adam().with_ema(0.99)?;
/// // Callbacks behind it see the average at the end of an epoch: a checkpoint would save it.
/// let fit = Fit::new(10).with_callback(SwapEmaWeights::new().with_swap_on_epoch());
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Source
/// <https://keras.io/api/callbacks/swap_ema_weights/>
#[derive(Default)]
pub struct SwapEmaWeights {
    swaps_on_epoch: bool,
    /// The weights while their average stands in for them.
    kept: Option<Weights>,
}

impl SwapEmaWeights {
    /// Swaps for validations.
    pub fn new() -> Self {
        Self::default()
    }

    /// Swaps at the end of an epoch, too, until the next one begins: callbacks that come after this one see the
    /// average.
    #[must_use = "returns the changed callback"]
    pub fn with_swap_on_epoch(mut self) -> Self {
        self.swaps_on_epoch = true;
        self
    }

    fn swap_in(&mut self, training: &mut Training<'_>) -> HookResult {
        if self.kept.is_none() {
            let Some(average) = training.averaged_weights() else {
                return Err(TrainError::NoAverage {
                    callback: self.name().to_owned(),
                });
            };
            self.kept = Some(training.weights());
            training.restore(&average)?;
        }
        Ok(Flow::Continue)
    }

    fn swap_out(&mut self, training: &mut Training<'_>) -> HookResult {
        if let Some(weights) = self.kept.take() {
            training.restore(&weights)?;
        }
        Ok(Flow::Continue)
    }
}

impl Callback for SwapEmaWeights {
    fn name(&self) -> &'static str {
        "SwapEmaWeights"
    }

    fn state(&self) -> State {
        State::new().with_some("kept", self.kept.as_ref().map(Weights::state))
    }

    fn restore(&mut self, state: &State, training: &mut Training<'_>) -> Result<(), TrainError> {
        let kept = state.find::<State>("kept")?;
        self.kept = kept.map(|kept| training.weights_from(&kept)).transpose()?;
        Ok(())
    }

    fn on_train_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        // What a training that failed left behind.
        self.kept = None;
        match training.averaged_weights() {
            Some(_) => Ok(Flow::Continue),
            None => Err(TrainError::NoAverage {
                callback: self.name().to_owned(),
            }),
        }
    }

    fn on_epoch_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        self.swap_out(training)
    }

    fn on_epoch_end(&mut self, training: &mut Training<'_>, _: &Logs) -> HookResult {
        if self.swaps_on_epoch {
            self.swap_in(training)
        } else {
            Ok(Flow::Continue)
        }
    }

    fn on_train_end(&mut self, _: &mut Training<'_>, _: &Logs) -> HookResult {
        // The weights have become their average for good.
        self.kept = None;
        Ok(Flow::Continue)
    }

    fn on_test_begin(&mut self, training: &mut Training<'_>) -> HookResult {
        if training.epoch() == 0 {
            return Ok(Flow::Continue);
        }
        self.swap_in(training)
    }

    fn on_test_end(&mut self, training: &mut Training<'_>, _: &Logs) -> HookResult {
        self.swap_out(training)
    }
}
