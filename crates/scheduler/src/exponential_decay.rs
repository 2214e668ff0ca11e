//! A rate that is multiplied by the same factor again and again.

use crate::staircase::staircase;

staircase! {
    /// Falls by a factor, `learning_rate(step) = initial_learning_rate · decay_rate^(step / decay_steps)`.
    ///
    /// A `decay_rate` above 1 makes it grow, up to the largest finite number. Its text form is
    /// `exponential-decay:INITIAL:decay_steps=STEPS:decay_rate=RATE[:staircase][:unit=step|epoch]`.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_scheduler::{burn, self as schedules}; }
    /// use firebrick::schedules::{ExponentialDecay, Schedule, ScheduleError};
    ///
    /// let schedule = ExponentialDecay::new(0.5, 10, 0.5)?;
    /// assert_eq!(schedule.learning_rate(0), 0.5);
    /// assert_eq!(schedule.learning_rate(10), 0.25);
    /// assert_eq!(schedule.in_stairs().learning_rate(19), 0.25);
    /// # Ok::<(), ScheduleError>(())
    /// ```
    ///
    /// # Source
    /// `keras.optimizers.schedules.ExponentialDecay` of Keras 3.15.
    pub struct ExponentialDecay: "exponential-decay", decayed;
}

fn decayed(initial_learning_rate: f64, decay_rate: f64, decays: f64) -> f64 {
    // What shrinks below the smallest number is 0.
    let rate = initial_learning_rate * decay_rate.powf(decays);
    rate.min(f64::MAX)
}
