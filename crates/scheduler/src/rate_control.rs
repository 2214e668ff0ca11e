//! Changing the rate of a running training.

use std::fmt;
use std::sync::Arc;

use crate::schedule::Schedule;

/// A hand on the learning rate of a running training: what watches its figures can lower it.
///
/// The rate is `factor · schedule(step)`, or `factor · rate` once a rate was set.
///
/// ```
/// # mod firebrick { pub use firebrick_scheduler as schedules; }
/// use std::sync::Arc;
///
/// use firebrick_scheduler::RateControl;
/// use firebrick::schedules::TimeBased;
///
/// let mut control = RateControl::new(Arc::new(TimeBased::new(4)?));
/// assert_eq!(control.advance(), 4.0);
/// control.scale(0.5);
/// assert_eq!(control.advance(), 1.5);
/// control.set(0.1);
/// assert_eq!(control.advance(), 0.1);
/// assert_eq!(control.step(), 3);
/// # Ok::<(), firebrick::schedules::ScheduleError>(())
/// ```
#[derive(Clone)]
pub struct RateControl {
    schedule: Arc<dyn Schedule>,
    state: RateState,
}

/// All that a [`RateControl`] has beside its schedule: with it, another one goes on in the same place.
///
/// ```
/// # mod firebrick { pub use firebrick_scheduler as schedules; }
/// use std::sync::Arc;
///
/// use firebrick_scheduler::RateControl;
/// use firebrick::schedules::TimeBased;
///
/// let mut whole = RateControl::new(Arc::new(TimeBased::new(4)?));
/// whole.advance();
/// whole.scale(0.5);
/// let mut resumed = RateControl::new(Arc::new(TimeBased::new(4)?));
/// resumed.restore(whole.state());
/// assert_eq!(resumed.advance(), whole.advance());
/// # Ok::<(), firebrick::schedules::ScheduleError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateState {
    /// The step whose rate comes next, which is the number of steps taken so far.
    pub step: u64,
    /// What all rates are multiplied with.
    pub factor: f64,
    /// What replaces the schedule, if anything does.
    pub fixed: Option<f64>,
}

impl RateControl {
    /// Starts `schedule` at step 0, unchanged.
    pub fn new(schedule: Arc<dyn Schedule>) -> Self {
        let state = RateState {
            step: 0,
            factor: 1.0,
            fixed: None,
        };
        Self { schedule, state }
    }

    /// The rate that the next step has.
    pub fn learning_rate(&self) -> f64 {
        let RateState {
            step,
            factor,
            fixed,
        } = self.state;
        factor * fixed.unwrap_or_else(|| self.schedule.learning_rate(step))
    }

    /// The rate of this step; goes on to the next one.
    pub fn advance(&mut self) -> f64 {
        let rate = self.learning_rate();
        self.state.step = self.state.step.saturating_add(1);
        rate
    }

    /// The step whose rate comes next, which is the number of steps taken so far.
    pub fn step(&self) -> u64 {
        self.state.step
    }

    /// Multiplies all rates from now on.
    pub fn scale(&mut self, factor: f64) {
        self.state.factor *= factor;
    }

    /// Replaces the schedule by this rate from now on.
    pub fn set(&mut self, learning_rate: f64) {
        self.state.factor = 1.0;
        self.state.fixed = Some(learning_rate);
    }

    /// What there is to keep of it.
    pub fn state(&self) -> RateState {
        self.state
    }

    /// Goes on where another control of the same schedule was.
    pub fn restore(&mut self, state: RateState) {
        self.state = state;
    }
}

impl fmt::Debug for RateControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateControl")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
