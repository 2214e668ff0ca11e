use firebrick_scheduler::{Schedule, ScheduleSpec};
use firebrick_trainer::callbacks::LearningRateScheduler;
use firebrick_trainer::{TrainError, settings};

settings! {
    /// The arguments of a [`LearningRateScheduler`] whose rates are those of a schedule.
    ///
    /// ```
    /// use firebrick::recipes::GivenLearningRateScheduler;
    ///
    /// let given = GivenLearningRateScheduler { schedule: Some("time-based:3".parse()?) };
    /// assert!(given.callback().is_ok());
    /// # Ok::<(), firebrick::schedules::ScheduleError>(())
    /// ```
    pub struct GivenLearningRateScheduler {
        /// The text of a schedule whose steps are epochs: the first epoch has its rate at step 0. It replaces what the
        /// model was compiled with.
        schedule: ScheduleSpec;
    }
}

impl GivenLearningRateScheduler {
    /// The callback.
    ///
    /// # Errors
    /// No schedule.
    pub fn callback(&self) -> Result<LearningRateScheduler, TrainError> {
        let Some(spec) = &self.schedule else {
            return Err(TrainError::Setting {
                setting: "the schedule of learning_rate_scheduler",
                expected: "the text of a schedule whose steps are epochs, such as \"exponential-decay:0.1:decay_steps=10:decay_rate=0.5\"",
                received: "nothing".to_owned(),
            });
        };
        // Here an epoch is a step.
        let schedule = spec.build(1)?;
        let rate = move |epoch: usize, _| schedule.learning_rate(epoch as u64 - 1);
        Ok(LearningRateScheduler::new(rate).with_verbose())
    }
}
