use std::path::Path;

use burn::tensor::Device;

use crate::callback::Callbacks;
use crate::checkpoints::CheckpointWriter;
use crate::display::Display;
use crate::displays::Reporter;
use crate::error::TrainError;
use crate::history::{FitParams, History, StopReason};
use crate::rerun::Rerun;
use crate::run_directory::RunDirectory;
use crate::state::State;
use crate::step::{Measures, Step};

/// Writes a model into a file, whole or not at all.
pub(crate) type SaveModel<'a> = dyn Fn(&Path) -> Result<(), TrainError> + 'a;

/// Called after every whole epoch with the history so far and what saves the model; gives what is to be told.
pub(crate) type EpochHook =
    Box<dyn FnMut(&History, &SaveModel<'_>) -> Result<Option<String>, TrainError>>;

pub(crate) struct LoopSettings {
    /// Without automatic differentiation.
    pub(crate) device: Device,
    pub(crate) params: FitParams,
    /// Epochs that were done before.
    pub(crate) initial_epoch: usize,
    /// Whether an epoch ends before the data does.
    pub(crate) is_limited: bool,
    /// Whether a pass over the data has the same batches when it is asked for again.
    pub(crate) replays: bool,
    pub(crate) validation_steps: Option<usize>,
    pub(crate) validation_freq: usize,
    pub(crate) callbacks: Callbacks,
    pub(crate) measures: Measures,
    /// The names of the figures without those of the validation.
    pub(crate) figures: Vec<String>,
    pub(crate) run: Option<RunDirectory>,
    pub(crate) display: Display,
    pub(crate) label: String,
    pub(crate) reporter: Box<dyn Reporter>,
    pub(crate) epoch_hook: EpochHook,
    /// What a training is beside its state, to be kept with it.
    pub(crate) setup: State,
    /// What writes its state into files.
    pub(crate) checkpoints: Option<CheckpointWriter>,
    /// What a training was that was broken off and goes on.
    pub(crate) resumed: Option<State>,
    /// To look at a batch again whose loss is not finite.
    pub(crate) rerun: Rerun,
}

/// What a training leaves, however it ended.
pub(crate) struct LoopOutcome<S: Step> {
    /// What learned; absent while it does.
    pub(crate) step: Option<S>,
    /// Whether the weights are no numbers any more, and a callback stopped because of it.
    pub(crate) is_spoiled: bool,
    /// The last weights known to be good; absent as long as nothing was learned.
    pub(crate) kept: Option<S::Weights>,
    pub(crate) history: History,
    pub(crate) error: Option<TrainError>,
    /// Batches of an epoch, where they are known.
    pub(crate) steps: Option<usize>,
    /// Where the loop is, counted from 1.
    pub(super) epoch: usize,
}

impl<S: Step> LoopOutcome<S> {
    /// Nothing learned yet.
    pub(super) fn before(step: S) -> Self {
        Self {
            step: Some(step),
            ..Self::default()
        }
    }

    /// Keeps the first error.
    pub(super) fn fail(&mut self, error: TrainError) {
        self.history.stop_reason = StopReason::Failed { epoch: self.epoch };
        self.error.get_or_insert(error);
    }
}

impl<S: Step> Default for LoopOutcome<S> {
    fn default() -> Self {
        Self {
            step: None,
            is_spoiled: false,
            kept: None,
            history: History::default(),
            error: None,
            steps: None,
            epoch: 1,
        }
    }
}
