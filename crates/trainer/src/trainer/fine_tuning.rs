//! A fit that learns the head of a network first, and then all of it.

use firebrick_model::Model;

use super::Trainer;
use crate::error::TrainError;
use crate::fit::{FineTune, FitSettings};
use crate::objective::Objective;
use crate::step::{AutodiffStep, SecondPart};
use crate::weight_group::WeightGroup;

impl<M: Model> Trainer<M> {
    /// What learns so, as if the model had been compiled anew.
    pub(super) fn fine_tuning_step(
        &self,
        objective: Objective,
        tune: &FineTune,
        (settings, steps_per_epoch): (&FitSettings, usize),
    ) -> Result<AutodiffStep<M>, TrainError> {
        if self.begins_with.is_some() {
            return Err(TrainError::Setting {
                setting: "fine_tune",
                expected: "none where the optimizer goes on from another training, whose layers all learn",
                received: "one".to_owned(),
            });
        }
        let optimizer = &self.compile.optimizer;
        let groups = &self.compile.weight_groups;
        let sliced = WeightGroup::sliced(&self.model, tune.groups(), tune.lowest_factor())?;
        let paths = self.model.weight_paths();
        let [first, second] = tune.cycles(settings, steps_per_epoch)?;
        let frozen = self.model.clone().freeze_to(tune.head())?;
        let schedule = self.compile.schedule(steps_per_epoch)?;
        let at_work = (optimizer.clone(), optimizer.build_for(&paths, groups)?);
        let seed = settings.seed;
        let mut step = AutodiffStep::new(frozen, objective, at_work, schedule, seed, &self.device);
        step.set_kind(settings.step)?;
        if let Some(cycle) = first {
            step.begin_cycle(cycle);
        }
        if let Some(cycle) = second {
            let groups = [groups.clone(), sliced].concat();
            step.begin_second_part_later(SecondPart {
                begins: tune.frozen_steps(settings, steps_per_epoch),
                model: self.model.clone(),
                optimizer: (optimizer.clone(), optimizer.build_for(&paths, &groups)?),
                cycle,
                device: self.device.clone(),
            });
        }
        Ok(step)
    }
}
