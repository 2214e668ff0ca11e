//! What every schedule is.

use std::sync::Arc;

/// A learning rate as a pure function of the step.
///
/// The same step always gives the same rate, so that a training resumes from the step alone. What depends on
/// metrics, such as a plateau of the loss, is a callback and not a schedule.
///
/// ```
/// # mod firebrick { pub use firebrick_scheduler::{burn, self as schedules}; }
/// use firebrick::schedules::Schedule;
///
/// struct Halving;
///
/// impl Schedule for Halving {
///     fn learning_rate(&self, step: u64) -> f64 {
///         0.1 * 0.5_f64.powf(step as f64)
///     }
/// }
///
/// assert_eq!(Halving.learning_rate(0), 0.1);
/// assert_eq!(Halving.learning_rate(1), 0.05);
/// ```
pub trait Schedule: Send + Sync {
    /// The learning rate of the optimizer step `step`, counted from 0.
    fn learning_rate(&self, step: u64) -> f64;
}

impl<S: Schedule + ?Sized> Schedule for Box<S> {
    fn learning_rate(&self, step: u64) -> f64 {
        (**self).learning_rate(step)
    }
}

impl<S: Schedule + ?Sized> Schedule for Arc<S> {
    fn learning_rate(&self, step: u64) -> f64 {
        (**self).learning_rate(step)
    }
}
