use burn::tensor::Device;
use firebrick_model::Model;

use crate::callback::Callbacks;
use crate::display::Display;
use crate::displays::Reporter;
use crate::error::TrainError;
use crate::history::{FitParams, History, StopReason};
use crate::rerun::Rerun;
use crate::run_directory::RunDirectory;
use crate::step::AutodiffStep;

/// Called after every whole epoch with the history so far and the model; gives what is to be told.
pub(crate) type EpochHook<M> = Box<dyn FnMut(&History, &M) -> Result<Option<String>, TrainError>>;

pub(crate) struct LoopSettings<M: Model> {
    /// Without automatic differentiation.
    pub(crate) device: Device,
    pub(crate) params: FitParams,
    /// Epochs that were done before.
    pub(crate) initial_epoch: usize,
    /// Whether an epoch ends before the data does.
    pub(crate) is_limited: bool,
    pub(crate) validation_steps: Option<usize>,
    pub(crate) validation_freq: usize,
    pub(crate) callbacks: Callbacks,
    /// The names of the figures without those of the validation.
    pub(crate) figures: Vec<String>,
    pub(crate) run: Option<RunDirectory>,
    pub(crate) display: Display,
    pub(crate) label: String,
    pub(crate) reporter: Box<dyn Reporter>,
    pub(crate) epoch_hook: EpochHook<M>,
    /// To look at a batch again whose loss is not finite.
    pub(crate) rerun: Rerun,
}

/// What a training leaves, however it ended.
pub(crate) struct LoopOutcome<M: Model> {
    /// What learned and goes on in the next `fit`; absent after an error or a panic.
    pub(crate) step: Option<AutodiffStep<M>>,
    /// The last weights known to be good; absent as long as nothing was learned.
    pub(crate) kept: Option<M>,
    pub(crate) history: History,
    pub(crate) error: Option<TrainError>,
    /// Where the loop is, counted from 1.
    pub(super) epoch: usize,
}

impl<M: Model> LoopOutcome<M> {
    /// Nothing learned yet.
    pub(super) fn before(step: AutodiffStep<M>) -> Self {
        Self {
            step: Some(step),
            ..Self::default()
        }
    }

    /// Keeps the first error.
    pub(super) fn fail(&mut self, error: TrainError) {
        self.history.stop_reason = StopReason::Failed { epoch: self.epoch };
        self.step = None;
        self.error.get_or_insert(error);
    }
}

impl<M: Model> Default for LoopOutcome<M> {
    fn default() -> Self {
        Self {
            step: None,
            kept: None,
            history: History::default(),
            error: None,
            epoch: 1,
        }
    }
}
