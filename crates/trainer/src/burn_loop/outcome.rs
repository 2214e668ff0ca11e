use std::path::Path;

use burn::tensor::Device;
use firebrick_session::{PlacedAction, SessionHandle};

use crate::callback::Callbacks;
use crate::checkpoints::CheckpointWriter;
use crate::display::Display;
use crate::displays::Reporter;
use crate::error::TrainError;
use crate::history::{FitParams, History, StopReason};
use crate::rerun::Rerun;
use crate::run_directory::RunDirectory;
use crate::session::{Announcer, spoken};
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
    /// What the classes are called; empty where nobody has said it.
    pub(crate) class_names: Vec<String>,
    pub(crate) reporter: Box<dyn Reporter>,
    pub(crate) epoch_hook: EpochHook,
    /// What a training is beside its state, to be kept with it.
    pub(crate) setup: State,
    /// What writes its state into files.
    pub(crate) checkpoints: Option<CheckpointWriter>,
    /// What a training was that was broken off and goes on.
    pub(crate) resumed: Option<State>,
    /// Who is told what happens.
    pub(crate) announcer: Announcer,
    /// Through which somebody may ask for something.
    pub(crate) session: Option<SessionHandle>,
    /// Actions of another training that are to be done again.
    pub(crate) replay: Vec<PlacedAction>,
    /// The last epoch that the fit asked for, counted from 1; another one may be the last by now.
    pub(crate) asked_epochs: usize,
    /// Whether the rates have a cycle that ends with the epochs.
    pub(crate) has_cycle: bool,
    /// To look at a batch again whose loss is not finite.
    pub(crate) rerun: Rerun,
}

impl LoopSettings {
    /// Warns whoever watches of something, at this step and in this epoch.
    pub(crate) fn warn(&mut self, place: (u64, usize), text: &str) {
        log::warn!("{text}");
        self.reporter.say(text);
        self.announcer.tell(place, spoken(text));
    }
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
    /// The last epoch to be done, where somebody has changed it.
    pub(crate) epochs: Option<usize>,
    /// Who is told what happens, when the epochs are over.
    pub(crate) announcer: Announcer,
    /// Where the loop is, counted from 1.
    pub(crate) epoch: usize,
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
            epochs: None,
            announcer: Announcer::default(),
            epoch: 1,
        }
    }
}
