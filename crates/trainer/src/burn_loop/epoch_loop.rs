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

use super::launched::Launched;
use super::outcome::{LoopOutcome, LoopSettings};
use super::panicked;
use super::run::{Loaders, Run};
use crate::step::Step;

/// The training strategy.
pub(super) struct EpochLoop<S: Step> {
    settings: RefCell<LoopSettings>,
    has_validation: bool,
    outcome: Rc<RefCell<LoopOutcome<S>>>,
}

impl<S: Step> EpochLoop<S> {
    pub(super) fn new(
        settings: LoopSettings,
        has_validation: bool,
        outcome: Rc<RefCell<LoopOutcome<S>>>,
    ) -> Self {
        Self {
            settings: RefCell::new(settings),
            has_validation,
            outcome,
        }
    }
}

impl<S: Step> SupervisedLearningStrategy<Launched> for EpochLoop<S> {
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
        let training = train.to_device(&device);
        let validation = self
            .has_validation
            .then(|| validation.to_device(&settings.device));
        let (mut events, interrupter) = (components.event_processor, components.interrupter);
        let outcome = &mut *self.outcome.borrow_mut();
        let Some(mut step) = outcome.step.take() else {
            return (learner.model(), events);
        };
        let looped = catch_unwind(AssertUnwindSafe(|| {
            let loaders = Loaders {
                training,
                validation,
            };
            let settings = &mut *settings;
            let mut run = Run::new(
                &mut step,
                settings,
                loaders,
                outcome,
                &mut events,
                interrupter,
            );
            run.epochs()
        }));
        outcome.epochs = Some(settings.params.epochs);
        outcome.announcer = std::mem::take(&mut settings.announcer);
        outcome.step = Some(step);
        let error = match looped {
            Ok(ended) => ended.err(),
            Err(payload) => Some(panicked(payload)),
        };
        settings.reporter.train_end();
        if let Some(error) = error {
            outcome.fail(error);
        }
        (learner.model(), events)
    }
}
