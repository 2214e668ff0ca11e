use std::sync::Arc;

use firebrick_model::Model;
use firebrick_scheduler::{Schedule, ScheduleError, ScheduleSpec};

use crate::{Loss, Optimizer, Trainer};

/// How a model is to learn: optimizer, learning rate and loss. With a model it becomes a [`Trainer`].
#[derive(Clone)]
pub struct Compile {
    pub(crate) optimizer: Optimizer,
    pub(crate) loss: Loss,
    schedule: LearningRate,
}

#[derive(Clone)]
enum LearningRate {
    Described(ScheduleSpec),
    Custom(Arc<dyn Schedule>),
}

impl Compile {
    /// Optimizer, learning rate schedule, loss.
    pub fn new(
        optimizer: Optimizer,
        schedule: impl Into<ScheduleSpec>,
        loss: impl Into<Loss>,
    ) -> Self {
        Self {
            optimizer,
            loss: loss.into(),
            schedule: LearningRate::Described(schedule.into()),
        }
    }

    /// Replaces the schedule by one of your own, a function of the optimizer step.
    #[must_use = "returns the changed settings"]
    pub fn with_schedule(mut self, schedule: impl Schedule + 'static) -> Self {
        self.schedule = LearningRate::Custom(Arc::new(schedule));
        self
    }

    /// Makes the model trainable, on the device it lies on.
    pub fn model<M: Model>(self, model: M) -> Trainer<M> {
        Trainer::new(self, model)
    }

    /// The schedule as a function of the optimizer step.
    pub(crate) fn schedule(
        &self,
        steps_per_epoch: usize,
    ) -> Result<Arc<dyn Schedule>, ScheduleError> {
        match &self.schedule {
            LearningRate::Described(spec) => spec.build(steps_per_epoch as u64),
            LearningRate::Custom(schedule) => Ok(Arc::clone(schedule)),
        }
    }
}
