//! What is kept of a step, and how one goes on with it.

use firebrick_model::Model;
use firebrick_scheduler::RateState;

use super::super::{Step, Updates};
use super::{AutodiffStep, HeldModel};
use crate::checkpoint_error::CheckpointError;
use crate::state::State;

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
            .with_some("fixed", fixed)
            .with_some("cycle", self.cycle.as_ref().map(|cycle| cycle.start));
        let average = self.average.as_ref();
        let accumulation = self.accumulation.as_ref();
        State::new()
            .with_module("network", &self.weights())
            .with_optimizer("optimizer", &self.optimizer)
            .with("rate", rate)
            .with_some("average", average.map(|own| own.state(&*self.model)))
            .with_some(
                "accumulation",
                accumulation.map(|own| own.state(&*self.model)),
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
        let rate = state.get::<State>("rate")?;
        let done: u64 = rate.get("step")?;
        self.begin_second_part_if(|begins| begins < done);
        // The parameters have the ids from then on by which all that follows is kept.
        let network = (*self.model).clone();
        self.model = HeldModel::new(state.load_module("network", network)?);
        self.optimizer = state.load_optimizer("optimizer", self.optimizer.clone())?;
        let own = RateState {
            step: done,
            factor: rate.get("factor")?,
            fixed: rate.find("fixed")?,
        };
        match &mut self.cycle {
            Some(cycle) => {
                cycle.start = rate.get("cycle")?;
                self.rate = cycle.control(own);
            }
            None => self.rate.restore(own),
        }
        if let Some(average) = &mut self.average {
            average.restore(&state.get("average")?, &*self.model)?;
        }
        if let Some(accumulation) = &mut self.accumulation {
            accumulation.restore(&state.get("accumulation")?, &*self.model)?;
        }
        self.learning_rate = state.get("learning_rate")?;
        self.updates = Updates {
            count: state.get("updates")?,
            last_rate: state.find("updated_at")?,
        };
        Ok(())
    }
}
