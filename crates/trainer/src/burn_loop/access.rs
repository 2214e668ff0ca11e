use std::path::Path;

use firebrick_scheduler::RateControl;

use super::run::Run;
use crate::callback::{Access, Weights};
use crate::error::TrainError;
use crate::history::FitParams;
use crate::logs::Logs;
use crate::metrics::Direction;
use crate::run_directory::RunDirectory;
use crate::state::State;
use crate::step::Step;

impl<S: Step> Access for Run<'_, S> {
    fn position(&self) -> (usize, usize) {
        (self.epoch, self.tally.batch())
    }

    fn params(&self) -> FitParams {
        self.settings.params
    }

    fn iterations(&self) -> u64 {
        self.step.iterations()
    }

    fn rate_control(&self) -> Option<&RateControl> {
        self.step.rate_control()
    }

    fn rate_control_mut(&mut self) -> Option<&mut RateControl> {
        self.step.rate_control_mut()
    }

    fn logs(&mut self) -> Result<Logs, TrainError> {
        self.read()?;
        self.tally.logs()
    }

    fn direction(&self, figure: &str) -> Direction {
        self.tally.direction(figure)
    }

    fn weights(&self) -> Weights {
        Weights::new(self.step.weights(), S::weights_state)
    }

    fn restore(&mut self, weights: &Weights) -> Result<(), TrainError> {
        match weights.model.downcast_ref::<S::Weights>() {
            Some(weights) => {
                // What the next losses say is about these.
                self.proof.unproven = None;
                self.step.set_weights(weights)
            }
            None => Err(TrainError::ForeignWeights),
        }
    }

    fn averaged(&self) -> Option<Weights> {
        let weights = self.step.averaged_weights()?;
        Some(Weights::new(weights, S::weights_state))
    }

    fn weights_from(&self, state: &State) -> Result<Weights, TrainError> {
        let weights = self.step.weights_from(state)?;
        Ok(Weights::new(weights, S::weights_state))
    }

    fn is_resumed(&self) -> bool {
        self.settings.resumed.is_some()
    }

    fn save(&self, path: &Path) -> Result<(), TrainError> {
        self.step.save(&self.step.weights(), path)
    }

    fn save_weights(&self, path: &Path) -> Result<(), TrainError> {
        self.step.save_weights(&self.step.weights(), path)
    }

    fn run(&self) -> Option<&RunDirectory> {
        self.settings.run.as_ref()
    }

    fn say(&mut self, text: &str) {
        self.pass_on(text);
    }
}
