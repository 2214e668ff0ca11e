//! A rate that falls as one over the time.

use crate::staircase::staircase;

staircase! {
    /// Falls as one over the step, `learning_rate(step) = initial_learning_rate / (1 + decay_rate · step / decay_steps)`.
    ///
    /// After `decay_steps / decay_rate` steps half of it is left. Its text form is
    /// `inverse-time-decay:INITIAL:decay_steps=STEPS:decay_rate=RATE[:staircase][:unit=step|epoch]`.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_scheduler::{burn, self as schedules}; }
    /// use firebrick::schedules::{InverseTimeDecay, Schedule, ScheduleError};
    ///
    /// let schedule = InverseTimeDecay::new(0.5, 10, 1.0)?;
    /// assert_eq!(schedule.learning_rate(0), 0.5);
    /// assert_eq!(schedule.learning_rate(10), 0.25);
    /// assert_eq!(schedule.in_stairs().learning_rate(19), 0.25);
    /// # Ok::<(), ScheduleError>(())
    /// ```
    ///
    /// # Source
    /// `keras.optimizers.schedules.InverseTimeDecay` of Keras 3.15.
    pub struct InverseTimeDecay: "inverse-time-decay", decayed;
}

fn decayed(initial_learning_rate: f64, decay_rate: f64, decays: f64) -> f64 {
    initial_learning_rate / (1.0 + decay_rate * decays)
}
