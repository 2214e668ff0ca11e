//! The bridge to Burn's learning rate schedulers.

use std::fmt;
use std::sync::Arc;

use burn::lr_scheduler::{LrScheduler, LrSchedulerRecord};

use crate::Schedule;

/// The key of the step in a record.
const STEP: &str = "step";

/// Makes any [`Schedule`] one of Burn's [`LrScheduler`]s.
///
/// The first call of [`step`](LrScheduler::step) gives the rate of step 0. The step is all there is to save: a
/// record holds it exactly, and a record without it leaves the adapter where it was.
///
/// ```
/// use std::sync::Arc;
///
/// use burn::lr_scheduler::LrScheduler;
/// use firebrick_scheduler::{ScheduleAdapter, ScheduleError, TimeBased};
///
/// let mut scheduler = ScheduleAdapter::new(Arc::new(TimeBased::new(3)?));
/// assert_eq!(scheduler.step(), 3.0);
/// assert_eq!(scheduler.step(), 2.0);
/// assert_eq!(scheduler.current_step(), 2);
/// # Ok::<(), ScheduleError>(())
/// ```
#[derive(Clone)]
pub struct ScheduleAdapter {
    schedule: Arc<dyn Schedule>,
    step: u64,
}

impl ScheduleAdapter {
    /// Starts `schedule` at step 0.
    pub fn new(schedule: Arc<dyn Schedule>) -> Self {
        Self { schedule, step: 0 }
    }

    /// The step whose rate comes next, which is the number of steps taken so far.
    pub fn current_step(&self) -> u64 {
        self.step
    }
}

impl fmt::Debug for ScheduleAdapter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ScheduleAdapter")
            .field("step", &self.step)
            .finish_non_exhaustive()
    }
}

impl LrScheduler for ScheduleAdapter {
    fn step(&mut self) -> f64 {
        let rate = self.schedule.learning_rate(self.step);
        self.step = self.step.saturating_add(1);
        rate
    }

    fn to_record(&self) -> LrSchedulerRecord {
        LrSchedulerRecord::new().with_scalar(STEP, self.step)
    }

    fn load_record(&mut self, record: LrSchedulerRecord) {
        if let Some(step) = record.scalar(STEP) {
            self.step = step;
        }
    }
}
