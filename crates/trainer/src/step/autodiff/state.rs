//! What is kept of a step, and how one goes on with it.

use burn::optim::ModuleOptimizer;
use burn::store::RecordError;
use firebrick_model::Model;
use firebrick_scheduler::RateState;

use super::super::{Step, Updates};
use super::AutodiffStep;
use crate::checkpoint_error::CheckpointError;
use crate::state::{State, load_module, load_optimizer, module_state, optimizer_state};

impl<M: Model> AutodiffStep<M> {
    /// All that it is made of; what lies on the device is read when the state is written.
    pub(super) fn whole_state(&self) -> State {
        let RateState {
            step,
            factor,
            fixed,
        } = self.rate.state();
        let rate = State::new()
            .with("step", step)
            .with("factor", factor)
            .with_some("fixed", fixed);
        let optimizer = self.optimizer.clone();
        let average = self.average.as_ref();
        let accumulation = self.accumulation.as_ref();
        State::new()
            .with("weights", module_state(&self.weights()))
            .with_deferred("optimizer", move || {
                optimizer_state(&optimizer).map_err(|error| not("kept", &error))
            })
            .with("rate", rate)
            .with_some("average", average.map(|own| own.state(&self.model)))
            .with_some(
                "accumulation",
                accumulation.map(|own| own.state(&self.model)),
            )
            .with("learning_rate", self.learning_rate)
            .with("updates", self.updates.count)
            .with_some("updated_at", self.updates.last_rate)
    }

    /// Goes on where the step was that gave this state.
    ///
    /// # Errors
    /// The state of another network or of another optimizer.
    pub(super) fn restore_whole(&mut self, state: &State) -> Result<(), CheckpointError> {
        let weights = state.find::<State>("weights")?.unwrap_or_default();
        let loaded = load_module(self.model.clone(), &weights);
        // The parameters have the ids from then on by which all that follows is kept.
        self.model = loaded.map_err(|error| CheckpointError::Part {
            part: "the network",
            action: "taken over by this one",
            reason: error.to_string(),
        })?;
        let optimizer = state.find::<State>("optimizer")?.unwrap_or_default();
        self.optimizer = restored(self.optimizer.clone(), &optimizer)?;
        let rate = state.get::<State>("rate")?;
        self.rate.restore(RateState {
            step: rate.get("step")?,
            factor: rate.get("factor")?,
            fixed: rate.find("fixed")?,
        });
        if let Some(average) = &mut self.average {
            average.restore(&state.get("average")?, &self.model)?;
        }
        if let Some(accumulation) = &mut self.accumulation {
            accumulation.restore(&state.get("accumulation")?, &self.model)?;
        }
        self.learning_rate = state.get("learning_rate")?;
        self.updates = Updates {
            count: state.get("updates")?,
            last_rate: state.find("updated_at")?,
        };
        Ok(())
    }
}

fn restored(optimizer: ModuleOptimizer, state: &State) -> Result<ModuleOptimizer, CheckpointError> {
    load_optimizer(optimizer, state).map_err(|error| not("taken over by this one", &error))
}

/// The optimizer's state cannot be this.
fn not(action: &'static str, error: &RecordError) -> CheckpointError {
    CheckpointError::Part {
        part: "the optimizer",
        action,
        reason: error.to_string(),
    }
}
