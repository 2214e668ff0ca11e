use burn::tensor::Device;
use burn::train::Learner;
use firebrick_model::Model;

use super::compiled::Compiled;
use crate::displays::Reporter;
use crate::optimizers::Clipping;
use crate::{Display, History, StopReason, TrainError};

/// Called after every whole epoch with the history so far and the model.
pub(crate) type EpochHook<M> = Box<dyn FnMut(&History, &M) -> Result<(), TrainError>>;

pub(crate) struct LoopSettings<M: Model> {
    /// Without automatic differentiation.
    pub(crate) device: Device,
    pub(crate) epochs: usize,
    pub(crate) batches: usize,
    pub(crate) clipping: Option<Clipping>,
    pub(crate) display: Display,
    pub(crate) label: String,
    pub(crate) reporter: Box<dyn Reporter>,
    pub(crate) epoch_hook: EpochHook<M>,
}

/// What a training leaves, however it ended.
pub(crate) struct LoopOutcome<M: Model> {
    /// Weights and the state of optimizer and schedule; absent after an error or a panic.
    pub(crate) learner: Option<Learner<Compiled<M>>>,
    /// The last weights known to be good; absent as long as nothing was learned.
    pub(crate) kept: Option<M>,
    pub(crate) history: History,
    pub(crate) error: Option<TrainError>,
    /// Where the loop is, counted from 1.
    pub(super) epoch: usize,
}

impl<M: Model> LoopOutcome<M> {
    /// Nothing learned yet.
    pub(super) fn empty() -> Self {
        Self {
            learner: None,
            kept: None,
            history: History::default(),
            error: None,
            epoch: 1,
        }
    }

    /// Keeps the first error.
    pub(super) fn fail(&mut self, error: TrainError) {
        self.history.stop_reason = StopReason::Failed { epoch: self.epoch };
        self.learner = None;
        self.error.get_or_insert(error);
    }
}
