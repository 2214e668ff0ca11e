use firebrick_trainer::callbacks::SwapEmaWeights;
use firebrick_trainer::{TrainError, settings};

use super::changes::when;

settings! {
    /// The arguments of a [`SwapEmaWeights`].
    ///
    /// ```
    /// use firebrick::recipes::GivenSwapEmaWeights;
    ///
    /// assert!(GivenSwapEmaWeights { swap_on_epoch: Some(true) }.callback().is_ok());
    /// ```
    pub struct GivenSwapEmaWeights {
        /// Whether the callbacks that follow see the average at the end of an epoch.
        swap_on_epoch: bool;
    }
}

impl GivenSwapEmaWeights {
    /// The callback.
    ///
    /// # Errors
    /// None so far.
    pub fn callback(&self) -> Result<SwapEmaWeights, TrainError> {
        let callback = SwapEmaWeights::new();
        Ok(when(
            callback,
            self.swap_on_epoch,
            SwapEmaWeights::with_swap_on_epoch,
        ))
    }
}
