use std::path::Path;

use firebrick_model::{Model, save_model, save_weights};
use firebrick_scheduler::RateControl;

use super::run::Run;
use crate::callback::{Access, Weights};
use crate::error::TrainError;
use crate::history::FitParams;
use crate::logs::Logs;
use crate::metrics::Direction;
use crate::run_directory::RunDirectory;

impl<M: Model> Access for Run<'_, M> {
    fn position(&self) -> (usize, usize) {
        (self.epoch, self.batch)
    }

    fn params(&self) -> FitParams {
        self.settings.params
    }

    fn iterations(&self) -> u64 {
        self.step.rate_control().step()
    }

    fn rate_control(&self) -> Option<&RateControl> {
        Some(self.step.rate_control())
    }

    fn rate_control_mut(&mut self) -> Option<&mut RateControl> {
        Some(self.step.rate_control_mut())
    }

    fn logs(&mut self) -> Result<Logs, TrainError> {
        self.read()?;
        self.current_logs()
    }

    fn direction(&self, figure: &str) -> Direction {
        self.step.objective().direction(figure)
    }

    fn weights(&self) -> Weights {
        Weights {
            model: Box::new(self.step.model()),
        }
    }

    fn restore(&mut self, weights: &Weights) -> Result<(), TrainError> {
        match weights.model.downcast_ref::<M>() {
            Some(model) if self.step.takes(model) => {
                self.step.load(model);
                Ok(())
            }
            _ => Err(TrainError::ForeignWeights),
        }
    }

    fn averaged(&self) -> Option<Weights> {
        let model = self.step.averaged()?;
        Some(Weights {
            model: Box::new(model),
        })
    }

    fn save(&self, path: &Path) -> Result<(), TrainError> {
        Ok(save_model(&self.step.model(), path)?)
    }

    fn save_weights(&self, path: &Path) -> Result<(), TrainError> {
        Ok(save_weights(&self.step.model(), path)?)
    }

    fn run(&self) -> Option<&RunDirectory> {
        self.settings.run.as_ref()
    }

    fn say(&mut self, text: &str) {
        log::info!("{text}");
        self.settings.reporter.say(text);
    }
}
