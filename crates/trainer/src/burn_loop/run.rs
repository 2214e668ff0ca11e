//! One `fit` at work: what its epochs are made of.

use burn::data::dataloader::DataLoaderIterator;
use burn::train::{Interrupter, TrainLoader, ValidLoader};
use firebrick_data::Batch;

use super::drawn::Drawn;
use super::insight::Insight;
use super::keeping::Keeping;
use super::launched::Launched;
use super::outcome::{LoopOutcome, LoopSettings};
use super::proof::Proof;
use super::steering::Steering;
use super::telling::{Events, Telling};
use super::unmoved_hint::UnmovedHint;
use crate::callback::{Flow, Training};
use crate::error::TrainError;
use crate::logs::Logs;
use crate::passes::{Hook, Tally};
use crate::step::Step;

pub(super) type Batches<'a> = Box<dyn DataLoaderIterator<Batch> + 'a>;

/// The data of a fit, on the device.
pub(super) struct Loaders {
    pub(super) training: TrainLoader<Launched>,
    pub(super) validation: Option<ValidLoader<Launched>>,
}

/// One call of `fit`, at work.
pub(super) struct Run<'a, S: Step> {
    pub(super) step: &'a mut S,
    pub(super) settings: &'a mut LoopSettings,
    pub(super) loaders: Loaders,
    /// What it leaves, up to date after every epoch.
    pub(super) outcome: &'a mut LoopOutcome<S>,
    pub(super) telling: Telling<'a>,
    /// Counted from 1.
    pub(super) epoch: usize,
    /// Of the epoch, or of its validation.
    pub(super) tally: Tally,
    pub(super) proof: Proof<S::Weights>,
    pub(super) drawn: Drawn,
    /// The callback that wants to stop.
    pub(super) stopped_by: Option<String>,
    pub(super) hint: UnmovedHint,
    pub(super) insight: Insight,
    pub(super) keeping: Keeping,
    pub(super) steering: Steering<S::Weights>,
    pub(super) last_logs: Logs,
    /// Samples of the last epoch.
    pub(super) samples_seen: Option<usize>,
    /// Batches of the last epoch, or of the one at work once they are done.
    pub(super) batches_done: usize,
}

impl<'a, S: Step> Run<'a, S> {
    pub(super) fn new(
        step: &'a mut S,
        settings: &'a mut LoopSettings,
        loaders: Loaders,
        outcome: &'a mut LoopOutcome<S>,
        events: &'a mut Events,
        interrupter: Interrupter,
    ) -> Self {
        Self {
            steering: Steering::new(settings),
            insight: Insight::new(settings),
            proof: Proof::new(step.weights()),
            keeping: Keeping::new(settings.initial_epoch),
            tally: Tally::new(Some(step.measures())),
            batches_done: settings.params.steps.unwrap_or(0),
            step,
            settings,
            loaders,
            outcome,
            telling: Telling::new(events, interrupter),
            epoch: 0,
            drawn: Drawn::default(),
            stopped_by: None,
            hint: UnmovedHint::default(),
            last_logs: Logs::new(),
            samples_seen: None,
        }
    }

    /// Calls a hook of every callback; what wants the training to stop is written down.
    ///
    /// # Errors
    /// An error or a panic of a callback.
    pub(super) fn call(&mut self, hook: &mut Hook<'_>) -> Result<(), TrainError> {
        self.ask(hook).map(drop)
    }

    /// The same; says whether a callback wants to stop.
    ///
    /// # Errors
    /// Those of [`call`](Self::call).
    pub(super) fn ask(&mut self, hook: &mut Hook<'_>) -> Result<Flow, TrainError> {
        if self.settings.callbacks.is_empty() {
            return Ok(Flow::Continue);
        }
        let callbacks = self.settings.callbacks.clone();
        let stopped_by = callbacks.call(|callback| hook(callback, &mut Training::new(self)))?;
        match stopped_by {
            Some(name) => {
                self.stopped_by.get_or_insert(name);
                Ok(Flow::Stop)
            }
            None => Ok(Flow::Continue),
        }
    }
}
