use std::path::Path;

use firebrick_model::{Model, save_model, save_weights};
use firebrick_scheduler::RateControl;

use crate::burn_loop::Pending;
use crate::callback::{Access, Callback, Callbacks, HookResult, Training, Weights};
use crate::error::TrainError;
use crate::figures::RunningFigures;
use crate::history::FitParams;
use crate::logs::Logs;
use crate::metrics::Direction;
use crate::run_directory::RunDirectory;
use crate::state::{State, module_state};
use crate::step::Measures;

/// A pass that learns nothing, as its callbacks see it.
pub(super) struct Passing<'a, M: Model> {
    model: &'a M,
    /// Absent where nothing is judged.
    measures: Option<Measures>,
    callbacks: Callbacks,
    params: FitParams,
    iterations: u64,
    /// Counted from 1.
    batch: usize,
    is_stopped: bool,
    pub(super) figures: RunningFigures,
    pub(super) pending: Pending,
}

impl<'a, M: Model> Passing<'a, M> {
    pub(super) fn new(
        model: &'a M,
        measures: Option<Measures>,
        callbacks: &Callbacks,
        (num_samples, batch_size): (usize, usize),
        iterations: u64,
    ) -> Self {
        Self {
            model,
            measures,
            callbacks: callbacks.clone(),
            params: FitParams {
                epochs: 0,
                steps: num_samples.div_ceil(batch_size),
                batch_size,
            },
            iterations,
            batch: 0,
            is_stopped: false,
            figures: RunningFigures::default(),
            pending: Pending::new(),
        }
    }

    /// Calls a hook of every callback.
    pub(super) fn call(
        &mut self,
        mut hook: impl FnMut(&mut dyn Callback, &mut Training<'_>) -> HookResult,
    ) -> Result<(), TrainError> {
        if self.callbacks.is_empty() {
            return Ok(());
        }
        let callbacks = self.callbacks.clone();
        let stopped_by = callbacks.call(|callback| hook(callback, &mut Training::new(self)))?;
        self.is_stopped |= stopped_by.is_some();
        Ok(())
    }

    pub(super) fn begin_batch(&mut self) {
        self.batch += 1;
    }

    /// Whether a callback wants no further batch.
    pub(super) fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// Reads what still lies on the device.
    pub(super) fn read(&mut self) -> Result<(), TrainError> {
        let Some(measures) = &self.measures else {
            return Ok(());
        };
        self.pending.read(&mut self.figures, measures).map(drop)
    }

    /// The figures of what has been read.
    ///
    /// # Errors
    /// A metric that panics.
    pub(super) fn current_logs(&self) -> Result<Logs, TrainError> {
        match &self.measures {
            Some(measures) => measures.logs(&self.figures),
            None => Ok(Logs::new()),
        }
    }
}

impl<M: Model> Access for Passing<'_, M> {
    fn position(&self) -> (usize, usize) {
        (0, self.batch)
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
        self.read()?;
        self.current_logs()
    }

    fn direction(&self, figure: &str) -> Direction {
        let measures = self.measures.as_ref();
        measures.map_or(Direction::Unknown, |measures| measures.direction(figure))
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
