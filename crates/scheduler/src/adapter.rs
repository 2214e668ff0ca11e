//! The bridge to Burn's learning rate schedulers.

use std::fmt;
use std::sync::Arc;

use burn::lr_scheduler::{LrScheduler, LrSchedulerRecord};

use crate::rate_control::{RateControl, RateState};
use crate::schedule::Schedule;

/// The keys of a record.
const STEP: &str = "step";
const FACTOR: &str = "factor";
const FIXED: &str = "fixed";

/// Makes any [`Schedule`] one of Burn's [`LrScheduler`]s.
///
/// The first call of [`step`](LrScheduler::step) gives the rate of step 0. A record holds the step and what a
/// [`RateControl`] changed exactly; one without a step leaves the adapter where it was. Clones step on their own.
///
/// ```
/// # mod firebrick { pub use firebrick_scheduler::{burn, self as schedules}; }
/// use std::sync::Arc;
///
/// use firebrick::burn::lr_scheduler::LrScheduler;
/// use firebrick::schedules::{ScheduleAdapter, ScheduleError, TimeBased};
///
/// let mut scheduler = ScheduleAdapter::new(Arc::new(TimeBased::new(3)?));
/// assert_eq!(scheduler.step(), 3.0);
/// assert_eq!(scheduler.step(), 2.0);
/// assert_eq!(scheduler.current_step(), 2);
/// # Ok::<(), ScheduleError>(())
/// ```
#[derive(Clone)]
pub struct ScheduleAdapter {
    control: RateControl,
}

impl ScheduleAdapter {
    /// Starts `schedule` at step 0.
    pub fn new(schedule: Arc<dyn Schedule>) -> Self {
        Self::controlled(RateControl::new(schedule))
    }

    /// Goes on where the control is.
    pub fn controlled(control: RateControl) -> Self {
        Self { control }
    }

    /// What changes the rates to come.
    pub fn control_mut(&mut self) -> &mut RateControl {
        &mut self.control
    }

    /// The step whose rate comes next, which is the number of steps taken so far.
    pub fn current_step(&self) -> u64 {
        self.control.step()
    }
}

impl fmt::Debug for ScheduleAdapter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ScheduleAdapter")
            .field("step", &self.current_step())
            .finish_non_exhaustive()
    }
}

impl LrScheduler for ScheduleAdapter {
    fn step(&mut self) -> f64 {
        self.control.advance()
    }

    fn to_record(&self) -> LrSchedulerRecord {
        let RateState {
            step,
            factor,
            fixed,
        } = self.control.state();
        let record = LrSchedulerRecord::new()
            .with_scalar(STEP, step)
            .with_scalar(FACTOR, factor);
        match fixed {
            Some(rate) => record.with_scalar(FIXED, rate),
            None => record,
        }
    }

    fn load_record(&mut self, record: LrSchedulerRecord) {
        if let Some(step) = record.scalar(STEP) {
            self.control.restore(RateState {
                step,
                factor: record.scalar(FACTOR).unwrap_or(1.0),
                fixed: record.scalar(FIXED),
            });
        }
    }
}
