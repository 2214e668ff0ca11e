//! The training strategy that Burn's `SupervisedTraining` runs: around our epochs, what is kept of
//! them however they end.
//!
//! It trains on one device; data for several would be sharded in [`EpochLoop::fit`].

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use burn::train::{
    Learner, SupervisedLearningStrategy, SupervisedTrainingEventProcessor, TrainLoader,
    TrainingComponents, ValidLoader,
};
use firebrick_model::Model;

use super::launched::Launched;
use super::outcome::{LoopOutcome, LoopSettings};
use super::panicked;
use super::run::Run;

/// The training strategy.
pub(super) struct EpochLoop<M: Model> {
    settings: RefCell<LoopSettings<M>>,
    has_validation: bool,
    outcome: Rc<RefCell<LoopOutcome<M>>>,
}

impl<M: Model> EpochLoop<M> {
    pub(super) fn new(
        settings: LoopSettings<M>,
        has_validation: bool,
        outcome: Rc<RefCell<LoopOutcome<M>>>,
    ) -> Self {
        Self {
            settings: RefCell::new(settings),
            has_validation,
            outcome,
        }
    }
}

impl<M: Model> SupervisedLearningStrategy<Launched> for EpochLoop<M> {
    fn fit(
        &self,
        components: TrainingComponents<Launched>,
        learner: Learner<Launched>,
        train: TrainLoader<Launched>,
        validation: ValidLoader<Launched>,
        _: usize,
    ) -> (Launched, SupervisedTrainingEventProcessor<Launched>) {
        let mut settings = self.settings.borrow_mut();
        let device = settings.device.clone().autodiff();
        let train = train.to_device(&device);
        let validation = self
            .has_validation
            .then(|| validation.to_device(&settings.device));
        let events = (components.event_processor, components.interrupter);
        let Some(step) = self.outcome.borrow_mut().step.take() else {
            return (learner.model(), events.0);
        };
        let mut run = Run::new(step, (train, validation), events, &mut settings);
        let looped = catch_unwind(AssertUnwindSafe(|| run.epochs(&self.outcome)));
        let error = match looped {
            Ok(ended) => ended.err(),
            Err(payload) => Some(panicked(payload)),
        };
        let (step, events, is_spoiled) = run.into_parts();
        settings.reporter.train_end();

        let mut outcome = self.outcome.borrow_mut();
        if let Some(error) = error {
            outcome.fail(error);
        }
        if outcome.error.is_none() && !is_spoiled {
            outcome.step = Some(step);
        }
        (learner.model(), events)
    }
}
