use crate::callback::{Callback, HookResult, Training};

/// Whose hooks stand around the batches of a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// A training.
    Train,
    /// A validation or an evaluation.
    Test,
    /// A prediction.
    Predict,
}

impl Phase {
    pub(crate) fn batch_begin(
        self,
        callback: &mut dyn Callback,
        training: &mut Training<'_>,
    ) -> HookResult {
        match self {
            Self::Train => callback.on_train_batch_begin(training),
            Self::Test => callback.on_test_batch_begin(training),
            Self::Predict => callback.on_predict_batch_begin(training),
        }
    }

    pub(crate) fn batch_end(
        self,
        callback: &mut dyn Callback,
        training: &mut Training<'_>,
    ) -> HookResult {
        match self {
            Self::Train => callback.on_train_batch_end(training),
            Self::Test => callback.on_test_batch_end(training),
            Self::Predict => callback.on_predict_batch_end(training),
        }
    }
}
