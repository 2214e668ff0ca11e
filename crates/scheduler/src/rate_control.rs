//! Changing the rate of a running training.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::schedule::Schedule;

/// A hand on the learning rate of a running training: what watches its figures can lower it.
///
/// The rate is `factor · schedule(step)`, or `factor · rate` once a rate was set. Clones share their state.
///
/// ```
/// # mod firebrick { pub use firebrick_scheduler::{burn, self as schedules}; }
/// use std::sync::Arc;
///
/// use firebrick::burn::lr_scheduler::LrScheduler;
/// use firebrick_scheduler::RateControl;
/// use firebrick::schedules::{ScheduleAdapter, TimeBased};
///
/// let control = RateControl::new(Arc::new(TimeBased::new(4)?));
/// let mut scheduler = ScheduleAdapter::controlled(control.clone());
/// assert_eq!(scheduler.step(), 4.0);
/// control.scale(0.5);
/// assert_eq!(scheduler.step(), 1.5);
/// control.set(0.1);
/// assert_eq!(scheduler.step(), 0.1);
/// # Ok::<(), firebrick::schedules::ScheduleError>(())
/// ```
#[derive(Clone)]
pub struct RateControl {
    schedule: Arc<dyn Schedule>,
    state: Arc<Mutex<State>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct State {
    /// The one that comes next.
    pub(crate) step: u64,
    pub(crate) factor: f64,
    /// What replaces the schedule.
    pub(crate) fixed: Option<f64>,
}

impl RateControl {
    /// Starts `schedule` at step 0, unchanged.
    pub fn new(schedule: Arc<dyn Schedule>) -> Self {
        let state = State {
            step: 0,
            factor: 1.0,
            fixed: None,
        };
        Self {
            schedule,
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// The rate that the next step has.
    pub fn learning_rate(&self) -> f64 {
        let State {
            step,
            factor,
            fixed,
        } = *self.state();
        factor * fixed.unwrap_or_else(|| self.schedule.learning_rate(step))
    }

    /// The step whose rate comes next, which is the number of steps taken so far.
    pub fn step(&self) -> u64 {
        self.state().step
    }

    /// Multiplies all rates from now on.
    pub fn scale(&self, factor: f64) {
        self.state().factor *= factor;
    }

    /// Replaces the schedule by this rate from now on.
    pub fn set(&self, learning_rate: f64) {
        let mut state = self.state();
        state.factor = 1.0;
        state.fixed = Some(learning_rate);
    }

    /// Takes note of the step that comes next.
    pub(crate) fn set_step(&self, step: u64) {
        self.state().step = step;
    }

    /// A state is a plain value, whole at any time: a panic elsewhere cannot have spoilt it.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
