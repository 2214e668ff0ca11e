use std::path::Path;

use firebrick_model::{Model, save_model, save_weights};
use firebrick_scheduler::RateControl;

use super::Trainer;
use crate::callback::{Access, Callbacks, Training, Weights};
use crate::error::TrainError;
use crate::history::FitParams;
use crate::logs::Logs;
use crate::metrics::Direction;
use crate::passes::{Hook, Tally};
use crate::run_directory::RunDirectory;
use crate::state::{State, module_state};
use crate::step::Measures;

/// A pass that learns nothing, as its callbacks see it.
pub(super) struct Passing<'a, M: Model> {
    pub(super) model: &'a M,
    callbacks: Callbacks,
    params: FitParams,
    iterations: u64,
    pub(super) is_stopped: bool,
    pub(super) tally: Tally,
}

impl<'a, M: Model> Passing<'a, M> {
    /// Over so many batches, if it is known; without measures nothing is judged.
    pub(super) fn new(
        trainer: &'a Trainer<M>,
        measures: Option<Measures>,
        callbacks: &Callbacks,
        steps: Option<usize>,
        batch_size: usize,
    ) -> Self {
        Self {
            model: &trainer.model,
            callbacks: callbacks.clone(),
            params: FitParams {
                epochs: 0,
                steps,
                batch_size,
            },
            iterations: trainer.iterations(),
            is_stopped: false,
            tally: Tally::new(measures),
        }
    }

    /// Calls a hook of every callback.
    pub(super) fn call(&mut self, hook: &mut Hook<'_>) -> Result<(), TrainError> {
        if self.callbacks.is_empty() {
            return Ok(());
        }
        let callbacks = self.callbacks.clone();
        let stopped_by = callbacks.call(|callback| hook(callback, &mut Training::new(self)))?;
        self.is_stopped |= stopped_by.is_some();
        Ok(())
    }
}

impl<M: Model> Access for Passing<'_, M> {
    fn position(&self) -> (usize, usize) {
        (0, self.tally.batch())
    }

    fn params(&self) -> FitParams {
        self.params
    }

    fn iterations(&self) -> u64 {
        self.iterations
    }

    fn rate_control(&self) -> Option<&RateControl> {
        None
    }

    fn rate_control_mut(&mut self) -> Option<&mut RateControl> {
        None
    }

    fn logs(&mut self) -> Result<Logs, TrainError> {
        self.tally.read()?;
        self.tally.logs()
    }

    fn direction(&self, figure: &str) -> Direction {
        self.tally.direction(figure)
    }

    fn weights(&self) -> Weights {
        Weights::new(self.model.clone(), module_state)
    }

    fn restore(&mut self, _: &Weights) -> Result<(), TrainError> {
        Err(TrainError::NothingLearned)
    }

    fn averaged(&self) -> Option<Weights> {
        None
    }

    fn weights_from(&self, _: &State) -> Result<Weights, TrainError> {
        Err(TrainError::NothingLearned)
    }

    fn is_resumed(&self) -> bool {
        false
    }

    fn save(&self, path: &Path) -> Result<(), TrainError> {
        Ok(save_model(self.model, path)?)
    }

    fn save_weights(&self, path: &Path) -> Result<(), TrainError> {
        Ok(save_weights(self.model, path)?)
    }

    fn run(&self) -> Option<&RunDirectory> {
        None
    }

    fn say(&mut self, text: &str) {
        log::info!("{text}");
    }
}
