//! What somebody asks of a training while it goes on, and what is kept of it.

use std::collections::VecDeque;
use std::time::Duration;

use firebrick_session::{Action, PlacedAction, Request, SessionHandle};

use super::best_epoch::BestEpoch;
use super::outcome::LoopSettings;
use crate::checkpoint_error::CheckpointError;
use crate::metrics::Direction;
use crate::session::{ChangedEpochs, actions_from, actions_state};
use crate::state::State;

/// Who does the actions of another run again.
pub(super) const REPLAY: &str = "replay";

/// Where in a training something is done: before the step that comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In the epoch at work, after one of its batches.
    Within,
    /// Before an epoch begins, or after the last one.
    Between,
}

/// What somebody asks of a training while it goes on.
pub(super) struct Steering<W> {
    session: Option<SessionHandle>,
    /// What is to be done again.
    replay: VecDeque<PlacedAction>,
    /// What was done and counts, for a training that is to be repeated from here on.
    done: Vec<PlacedAction>,
    /// The last epoch that the fit asked for.
    asked_epochs: usize,
    /// Who wants it to end with the epoch at work.
    pub(super) ending: Option<String>,
    pub(super) is_paused: bool,
    /// Whether one has asked for the stop that is to come, so that it is told.
    pub(super) is_stopping: bool,
    pub(super) is_discarded: bool,
    /// There where somebody could ask for it.
    pub(super) best: Option<BestEpoch<W>>,
}

impl<W: Clone> Steering<W> {
    /// Of a training with these settings.
    pub(super) fn new(settings: &LoopSettings) -> Self {
        let is_steered = settings.session.is_some() || !settings.replay.is_empty();
        let best = is_steered.then(|| best_of(settings));
        Self {
            session: settings.session.clone(),
            replay: settings.replay.iter().copied().collect(),
            done: Vec::new(),
            asked_epochs: settings.asked_epochs,
            ending: None,
            is_paused: false,
            is_stopping: false,
            is_discarded: false,
            best,
        }
    }

    /// Whether nobody wants anything: one number is looked at.
    pub(super) fn is_quiet(&self) -> bool {
        self.replay.is_empty() && !self.session.as_ref().is_some_and(SessionHandle::is_asked)
    }

    /// The next action to be done again at this epoch and step, or one that should have been done before.
    pub(super) fn due(&mut self, place: (usize, u64)) -> Option<Action> {
        let next = self.replay.front()?;
        let is_due = (next.epoch, next.step) <= place;
        if is_due {
            self.replay.pop_front()
        } else {
            None
        }
        .map(|placed| placed.action)
    }

    /// What somebody asks for.
    pub(super) fn take(&self) -> Option<Request> {
        self.session.as_ref()?.take()
    }

    /// The same in a pause, where it is waited for.
    pub(super) fn wait(&self, at_most: Duration) -> Option<Request> {
        self.session.as_ref()?.wait(at_most)
    }

    /// An action was done.
    pub(super) fn note(&mut self, placed: PlacedAction) {
        // Where a training was stopped, another one goes on.
        if placed.action.is_replayed() && placed.action != Action::Stop {
            self.done.push(placed);
        }
    }

    /// Who wanted the training to end with the epoch that is over; from here on it may go on.
    pub(super) fn take_ending(&mut self) -> Option<String> {
        let by = self.ending.take()?;
        self.done.retain(|placed| placed.action != Action::EndEpoch);
        Some(by)
    }

    /// The last epoch that the fit asked for.
    pub(super) fn asked_epochs(&self) -> usize {
        self.asked_epochs
    }

    /// What there is to keep of it in the state of a training with so many epochs.
    pub(super) fn kept_in(
        &self,
        state: State,
        epochs: usize,
        best: impl FnOnce(&BestEpoch<W>) -> Option<State>,
    ) -> State {
        let changed = ChangedEpochs {
            asked: self.asked_epochs,
            now: epochs,
        };
        let mut state = changed.kept_in(state);
        if !self.done.is_empty() {
            state = state.with("actions", actions_state(&self.done));
        }
        if !self.replay.is_empty() {
            state = state.with("replay", actions_state(&self.replay));
        }
        state
            .with_some("ending", self.ending.clone())
            .with_some("best", self.best.as_ref().and_then(best))
    }

    /// Goes on where it was, less the weights of the best epoch.
    ///
    /// # Errors
    /// The state of something else.
    pub(super) fn restore(&mut self, state: &State) -> Result<(), CheckpointError> {
        let list = |name| {
            let own = state.find::<State>(name)?.unwrap_or_default();
            actions_from(&own)
        };
        self.done = list("actions")?;
        let left = list("replay")?;
        if !left.is_empty() {
            self.replay = left.into();
        }
        self.ending = state.find("ending")?;
        Ok(())
    }
}

/// By what its checkpoints are judged, else by the validation loss, else by the loss.
fn best_of<W: Clone>(settings: &LoopSettings) -> BestEpoch<W> {
    let checkpoints = settings.checkpoints.as_ref();
    if let Some(best) = checkpoints.and_then(|own| own.best()) {
        return BestEpoch::by(best.figure.clone(), best.direction);
    }
    let figure = match settings.rerun.validation {
        Some(_) => "val_loss",
        None => "loss",
    };
    BestEpoch::by(figure.to_owned(), Direction::Down)
}
