//! A cycle of rates that a fit has of its own.

use std::sync::Arc;

use firebrick_model::Model;
use firebrick_scheduler::{OneCycle, RateControl, RateState, Schedule};

use super::AutodiffStep;

/// The rates of a fit instead of those that the model was compiled with.
pub(super) struct Cycle {
    schedule: OneCycle,
    /// The first of its steps.
    pub(super) start: u64,
    /// What comes after it.
    before: RateControl,
}

/// A schedule that begins with a later step.
struct Later {
    schedule: OneCycle,
    start: u64,
}

impl Schedule for Later {
    fn learning_rate(&self, step: u64) -> f64 {
        self.schedule.learning_rate(step.saturating_sub(self.start))
    }
}

impl Cycle {
    /// Its rates, where a training is in them.
    pub(super) fn control(&self, state: RateState) -> RateControl {
        let mut control = RateControl::new(Arc::new(Later {
            schedule: self.schedule,
            start: self.start,
        }));
        control.restore(state);
        control
    }
}

impl<M: Model> AutodiffStep<M> {
    /// Gives the steps from here on the rates of a cycle, until it is [ended](Self::end_cycle).
    pub(crate) fn begin_cycle(&mut self, schedule: OneCycle) {
        let step = self.rate.step();
        let cycle = Cycle {
            schedule,
            start: step,
            before: self.rate.clone(),
        };
        self.rate = cycle.control(RateState {
            step,
            factor: 1.0,
            fixed: None,
        });
        self.cycle = Some(cycle);
    }

    /// Goes on with the rates from before, at the step that it is at.
    pub(crate) fn end_cycle(&mut self) {
        if let Some(Cycle { mut before, .. }) = self.cycle.take() {
            let state = before.state();
            before.restore(RateState {
                step: self.rate.step(),
                ..state
            });
            self.rate = before;
        }
    }
}
