//! Keeping all that a training is made of, between two batches or after an epoch, and going on from it.

use std::time::{Duration, Instant};

use burn::data::dataloader::DataLoader;
use firebrick_data::Batch;

use super::best_epoch::BestEpoch;
use super::drawn::Drawn;
use super::run::{Batches, Run};
use super::steering::Place;
use super::unmoved_hint::UnmovedHint;
use crate::checkpoints::{CheckpointWriter, Saved};
use crate::error::TrainError;
use crate::figures::RunningFigures;
use crate::history::History;
use crate::state::State;
use crate::step::Step;

/// What there is to keep of a loop beside the training itself.
pub(super) struct Keeping {
    /// The epoch to begin with, counted from 1.
    pub(super) first_epoch: usize,
    /// How long an epoch had been at work that is gone on with; absent for one that begins.
    within: Option<Duration>,
    /// Where a stop was asked for in the middle of an epoch.
    halted: Option<State>,
    /// After how many steps an epoch ended that was saved.
    pub(super) saved: Option<u64>,
}

impl Keeping {
    /// For a training that begins after this epoch.
    pub(super) fn new(initial_epoch: usize) -> Self {
        Self {
            first_epoch: initial_epoch + 1,
            within: None,
            halted: None,
            saved: None,
        }
    }

    /// Whether the first epoch is one that was broken off in its middle.
    pub(super) fn is_within(&self) -> bool {
        self.within.is_some()
    }

    /// When an epoch began that goes on now, if one does.
    pub(super) fn take_begin(&mut self) -> Option<Instant> {
        let within = self.within.take()?;
        let now = Instant::now();
        Some(now.checked_sub(within).unwrap_or(now))
    }
}

impl<S: Step> Run<'_, S> {
    /// Goes on with a training that was broken off, or saves what another begins with, and waits until that is written, so
    /// that whatever has begun can go on; gives the batches of a pass in whose middle it was.
    ///
    /// # Errors
    /// Those of [`resume`](Self::resume).
    pub(super) fn keep_begin<'t>(
        &mut self,
        training: &'t dyn DataLoader<Batch>,
    ) -> Result<Option<Batches<'t>>, TrainError> {
        if let Some(state) = self.settings.resumed.clone() {
            return self.resume(&state, training);
        }
        if let Some(state) = self.whole() {
            self.save(state, None);
            self.finish_keeping();
        }
        Ok(None)
    }

    /// Saves the state between two batches of an epoch, if it is time to.
    ///
    /// # Errors
    /// A loss that is no number.
    pub(super) fn keep_batch(&mut self) -> Result<(), TrainError> {
        let step = self.step.iterations();
        self.poll_checkpoints();
        let checkpoints = self.settings.checkpoints.as_ref();
        if checkpoints.is_some_and(|own| own.is_due(step, None, None)) {
            self.look()?;
            if let Some(state) = self.within() {
                self.save(state, None);
            }
        }
        Ok(())
    }

    /// Saves the state after an epoch, if it is time to.
    pub(super) fn keep_epoch(&mut self) {
        let step = self.step.iterations();
        let value = self.best_value();
        let Some(checkpoints) = &mut self.settings.checkpoints else {
            return;
        };
        if checkpoints.is_due(step, Some(self.epoch), value)
            && let Some(state) = self.whole()
        {
            self.keeping.saved = Some(step);
            self.save(state, value);
        }
    }

    /// Takes down where a stop is asked for in the middle of an epoch, if it is.
    pub(super) fn halt(&mut self) {
        if self.settings.checkpoints.is_some() {
            self.keeping.halted = self.within();
        }
    }

    /// The epoch is no more in its middle.
    pub(super) fn go_on(&mut self) {
        self.keeping.halted = None;
    }

    /// Saves what the training ends with, before its weights become their average or callbacks put others in their place.
    pub(super) fn keep_end(&mut self) {
        let step = self.step.iterations();
        if self.outcome.is_spoiled
            || self.settings.checkpoints.is_none()
            || self.steering.is_discarded
        {
            return;
        }
        match self.keeping.halted.take() {
            Some(state) => self.save(state, None),
            None if self.keeping.saved == Some(step) => {}
            None => {
                if let Some(state) = self.whole() {
                    let value = self.best_value();
                    self.save(state, value);
                }
            }
        }
    }

    /// Waits until the last checkpoint is written.
    pub(super) fn finish_keeping(&mut self) {
        let checkpoints = self.settings.checkpoints.as_mut();
        let told = checkpoints.and_then(CheckpointWriter::finish);
        self.warn(told);
        self.emit_saved();
    }

    /// Tells of a checkpoint that is written by now.
    pub(super) fn poll_checkpoints(&mut self) {
        let checkpoints = self.settings.checkpoints.as_mut();
        let told = checkpoints.and_then(CheckpointWriter::poll);
        self.warn(told);
        self.emit_saved();
    }

    /// Saves the state as it is before the next step and waits until that is written; whether it is, if there are checkpoints at
    /// all.
    pub(super) fn keep_now(&mut self, place: Place) -> Option<bool> {
        let state = match place {
            Place::Within => self.within(),
            Place::Between => self.whole(),
        };
        self.save(state?, None);
        let step = self.step.iterations();
        let checkpoints = self.settings.checkpoints.as_mut()?;
        let told = checkpoints.finish();
        let is_there = checkpoints.has(step);
        self.warn(told);
        Some(is_there)
    }

    /// Goes on where the training was that gave this state; gives the batches of a pass in whose middle that was.
    ///
    /// # Errors
    /// A state of another training, an error of a callback.
    fn resume<'t>(
        &mut self,
        state: &State,
        train: &'t dyn DataLoader<Batch>,
    ) -> Result<Option<Batches<'t>>, TrainError> {
        self.epoch = state.get("epoch")?;
        let within = state.find("seconds")?.map(Duration::from_secs_f64);
        self.keeping.first_epoch = match within {
            Some(_) => self.epoch,
            None => self.epoch + 1,
        };
        self.keeping.within = within;
        if within.is_some() {
            let figures = RunningFigures::from_state(&state.get("figures")?)?;
            self.tally.resume(state.get("batch")?, figures);
        }
        self.hint = UnmovedHint::from_state(&state.get("hint")?)?;
        self.stopped_by = state.find("stopped_by")?;
        let history = History::from_state(&state.get("history")?)?;
        if let Some(last) = history.last() {
            self.last_logs = last.figures.clone();
        }
        self.outcome.history = history;
        self.outcome.kept = Some(self.step.weights());
        self.steer_on(state)?;
        let callbacks = state.find("callbacks")?.unwrap_or_default();
        self.settings.callbacks.clone().restore(&callbacks, self)?;
        let drawn = state.get("drawn")?;
        let mut batches = None;
        if state.get("is_within_pass")? {
            let own = Drawn::from_state(&drawn)?;
            let mut rest = train.iter();
            if own.batches > 0 && self.settings.replays {
                // Passed over, not gathered.
                let last = rest.nth(own.batches - 1).transpose();
                last.map_err(|error| TrainError::samples(error).in_epoch(self.epoch))?;
            }
            batches = Some(rest);
        }
        self.drawn = Drawn::from_state(&drawn)?;
        Ok(batches)
    }

    /// Goes on with what somebody has asked for before.
    ///
    /// # Errors
    /// The state of another training.
    fn steer_on(&mut self, state: &State) -> Result<(), TrainError> {
        self.steering.restore(state)?;
        if let (Some(best), Some(kept)) = (&mut self.steering.best, state.find("best")?) {
            let step = &*self.step;
            best.restore(&kept, step.weights(), |own| step.weights_from(own))?;
        }
        Ok(())
    }

    /// The state between two batches of an epoch.
    fn within(&self) -> Option<State> {
        let state = self.common()?;
        Some(
            state
                .with("seconds", self.telling.begin.elapsed().as_secs_f64())
                .with("batch", self.tally.batch())
                .with("figures", self.tally.figures().state())
                .with("is_within_pass", self.drawn.has_begun()),
        )
    }

    /// The state after an epoch, or before the first one.
    fn whole(&self) -> Option<State> {
        let state = self.common()?;
        let goes_on = self.settings.is_limited && self.drawn.has_begun();
        Some(state.with("is_within_pass", goes_on))
    }

    fn common(&self) -> Option<State> {
        self.settings.checkpoints.as_ref()?;
        let state = self.settings.setup.clone();
        // Callbacks may have put others in the place of those that the epoch ended with.
        let is_plain = self.settings.callbacks.is_empty();
        let now = is_plain.then(|| self.step.iterations());
        let epochs = self.settings.params.epochs;
        let best = |best: &BestEpoch<S::Weights>| best.state(now, S::weights_state);
        let state = self.steering.kept_in(state, epochs, best);
        Some(
            state
                .with("step", self.step.state()?)
                .with("epoch", self.epoch.max(self.settings.initial_epoch))
                .with("drawn", self.drawn.state())
                .with("history", self.outcome.history.state())
                .with("callbacks", self.settings.callbacks.state())
                .with("hint", self.hint.state())
                .with_some("stopped_by", self.stopped_by.clone()),
        )
    }

    /// The figure by which the best checkpoint is kept, of the last epoch.
    fn best_value(&self) -> Option<f64> {
        let best = self.settings.checkpoints.as_ref()?.best()?;
        self.last_logs.get_defined(&best.figure)
    }

    fn save(&mut self, state: State, value: Option<f64>) {
        let step = self.step.iterations();
        let checkpoints = self.settings.checkpoints.as_mut();
        let told = checkpoints.and_then(|own| own.begin(state, Saved { step, value }));
        self.warn(told);
    }
}
