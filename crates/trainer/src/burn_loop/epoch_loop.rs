//! The epoch loop: one visible place for steps, figures, stopping and what is kept, which is why
//! it is longer than most files here.
//!
//! It trains on one device; data for several would be sharded in [`EpochLoop::fit`].

use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Instant;

use burn::data::dataloader::Progress;
use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::Tensor;
use burn::train::InferenceStep;
use burn::train::{
    EventProcessorTraining, Interrupter, Learner, LearnerEvent, SupervisedLearningStrategy,
    SupervisedTrainingEventProcessor, TrainLoader, TrainingComponents, TrainingItem, ValidLoader,
};
use firebrick_model::Model;

use super::compiled::{Compiled, Output};
use super::dashboard_metrics::DashboardFigures;
use super::outcome::{LoopOutcome, LoopSettings};
use super::pending::{NonFinite, Pending};
use super::{dashboard, panicked};
use crate::displays::{Moment, epoch_line};
use crate::figures::{Figures, RunningMeans};
use crate::{Display, EpochRecord, StopReason, TrainError};

/// What Burn's dashboard stops with.
const DASHBOARD_STOP: &str = "Stopping training from user input.";

/// The training strategy that Burn's `SupervisedTraining` runs.
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

impl<M: Model> SupervisedLearningStrategy<Compiled<M>> for EpochLoop<M> {
    fn fit(
        &self,
        components: TrainingComponents<Compiled<M>>,
        mut learner: Learner<Compiled<M>>,
        train: TrainLoader<Compiled<M>>,
        validation: ValidLoader<Compiled<M>>,
        starting_epoch: usize,
    ) -> (Compiled<M>, SupervisedTrainingEventProcessor<Compiled<M>>) {
        let mut settings = self.settings.borrow_mut();
        let device = settings.device.clone().autodiff();
        let train = train.to_device(&device);
        let validation = self
            .has_validation
            .then(|| validation.to_device(&settings.device));
        learner.fork(&device);

        let mut run = Run {
            learner,
            train,
            validation,
            events: components.event_processor,
            interrupter: components.interrupter,
            settings: &mut settings,
            unproven: None,
            rate_before: None,
        };
        let epochs = starting_epoch..=components.num_epochs;
        let looped = catch_unwind(AssertUnwindSafe(|| run.epochs(epochs, &self.outcome)));
        let error = match looped {
            Ok(ended) => ended.err(),
            Err(payload) => Some(panicked(payload.as_ref())),
        };
        if let Some(error) = error {
            let is_on_dashboard = run.settings.display == Display::Tui;
            if is_on_dashboard && matches!(error, TrainError::Panicked { .. }) {
                dashboard::hold_screen();
            }
            self.outcome.borrow_mut().fail(error);
        }
        run.settings.reporter.train_end();

        let mut outcome = self.outcome.borrow_mut();
        if outcome.error.is_none() {
            let last = run.weights();
            // Proven at the end of an epoch, not where the training was stopped.
            match run.prove(outcome.epoch, &last, None) {
                Ok(()) => outcome.kept = Some(last),
                Err(error) => outcome.fail(error),
            }
        }
        let Run {
            learner, events, ..
        } = run;
        let model = learner.model();
        if outcome.error.is_none() {
            outcome.learner = Some(learner);
        }
        (model, events)
    }
}

/// One call of `fit`, at work.
struct Run<'a, M: Model> {
    learner: Learner<Compiled<M>>,
    train: TrainLoader<Compiled<M>>,
    validation: Option<ValidLoader<Compiled<M>>>,
    events: SupervisedTrainingEventProcessor<Compiled<M>>,
    interrupter: Interrupter,
    settings: &'a mut LoopSettings<M>,
    /// The latest weights, proven good once a loss computed with them is finite.
    unproven: Option<M>,
    /// The rate of the last step whose batch has been read.
    rate_before: Option<f64>,
}

impl<M: Model> Run<'_, M> {
    /// All epochs, or those until an error or a stop.
    fn epochs(
        &mut self,
        epochs: RangeInclusive<usize>,
        outcome: &RefCell<LoopOutcome<M>>,
    ) -> Result<(), TrainError> {
        for epoch in epochs {
            outcome.borrow_mut().epoch = epoch;
            self.epoch(epoch, outcome)?;
            if outcome.borrow().history.stop_reason != StopReason::Completed {
                break;
            }
        }
        Ok(())
    }

    /// Trains, validates and records one epoch.
    fn epoch(&mut self, epoch: usize, outcome: &RefCell<LoopOutcome<M>>) -> Result<(), TrainError> {
        let begin = Instant::now();
        let means = self.train_part(epoch, begin, outcome)?;
        if self.should_stop(epoch)? {
            outcome.borrow_mut().history.stop_reason = self.stopped(epoch, means.batches());
            return Ok(());
        }
        let validation = self.validation_part(epoch)?;
        if self.should_stop(epoch)? && validation.is_none() && self.validation.is_some() {
            outcome.borrow_mut().history.stop_reason = self.stopped(epoch, means.batches());
            return Ok(());
        }
        let end = self.events.process_train(LearnerEvent::EndEpoch(epoch));
        self.interrupter.fail_on_error(end);

        let Figures { loss, accuracy } = means.figures();
        let record = EpochRecord {
            epoch,
            learning_rate: self.learner.lr_current().base(),
            loss,
            accuracy,
            val_loss: validation.map(|figures| figures.loss),
            val_accuracy: validation.map(|figures| figures.accuracy),
            seconds: begin.elapsed().as_secs_f64(),
        };
        log::info!("{}", epoch_line(&record, self.settings.epochs));
        let model = self.weights();
        self.prove(epoch, &model, validation)?;
        self.unproven = None;
        let mut outcome = outcome.borrow_mut();
        outcome.history.epochs.push(record);
        outcome.kept = Some(model.clone());
        self.settings
            .reporter
            .epoch_end(&record, self.settings.batches);
        (self.settings.epoch_hook)(&outcome.history, &model)?;
        if self.should_stop(epoch)? && epoch < self.settings.epochs {
            outcome.history.stop_reason = self.stopped(epoch, means.batches());
        }
        Ok(())
    }

    fn train_part(
        &mut self,
        epoch: usize,
        begin: Instant,
        outcome: &RefCell<LoopOutcome<M>>,
    ) -> Result<RunningMeans, TrainError> {
        let train = self.train.clone();
        self.tell_train(LearnerEvent::StartSplit {
            epoch_number: epoch,
            total_items: train.num_items(),
        });
        let mut means = RunningMeans::default();
        let mut pending = Pending::new();
        for batch in train.iter() {
            let batch = batch.map_err(|error| burn_error(epoch, &error))?;
            let output = self.learner.train_step(batch);
            self.learner.lr_step();
            let gradients = match self.settings.clipping {
                Some(clipping) => clipping.clip(&self.learner.model(), output.grads),
                None => output.grads,
            };
            self.learner.optimizer_step(gradients);
            if let Output::Step(output) = output.item {
                pending.push(*output, self.learner.lr_current().base());
            }
            let stop = self.interrupter.should_stop();
            if pending.is_due() || stop {
                self.look(epoch, &mut pending, &mut means)?;
                let latest = self.weights();
                if let Some(proven) = self.unproven.replace(latest) {
                    outcome.borrow_mut().kept = Some(proven);
                }
                self.show(epoch, begin, &means);
            }
            if stop {
                break;
            }
        }
        self.look(epoch, &mut pending, &mut means)?;
        self.show(epoch, begin, &means);
        self.tell_train(LearnerEvent::EndSplit(epoch));
        Ok(means)
    }

    /// Reads the figures of the batches since the last look.
    fn look(
        &mut self,
        epoch: usize,
        pending: &mut Pending,
        means: &mut RunningMeans,
    ) -> Result<(), TrainError> {
        let rate_before = self.rate_before.replace(self.learner.lr_current().base());
        match Self::read(epoch, pending, means)? {
            None => Ok(()),
            Some(found) => Err(TrainError::NonFiniteLoss {
                epoch,
                batch: found.batch,
                loss: found.loss,
                learning_rate: found.learning_rate.or(rate_before).unwrap_or(0.0),
            }),
        }
    }

    /// Makes sure that weights no loss has been computed with yet are numbers.
    fn prove(
        &self,
        epoch: usize,
        weights: &M,
        validation: Option<Figures>,
    ) -> Result<(), TrainError> {
        let learning_rate = self.learner.lr_current().base();
        let diverged = |what| TrainError::Diverged {
            what,
            epoch,
            learning_rate,
        };
        if validation.is_some_and(|figures| !figures.loss.is_finite()) {
            return Err(diverged("the validation loss"));
        }
        if are_finite(weights).map_err(|message| TrainError::Device { epoch, message })? {
            Ok(())
        } else {
            Err(diverged("a weight"))
        }
    }

    fn read(
        epoch: usize,
        pending: &mut Pending,
        means: &mut RunningMeans,
    ) -> Result<Option<NonFinite>, TrainError> {
        pending
            .read(means)
            .map_err(|message| TrainError::Device { epoch, message })
    }

    /// Brings the means so far to the display.
    fn show(&mut self, epoch: usize, begin: Instant, means: &RunningMeans) {
        let elapsed = begin.elapsed();
        let figures = means.figures();
        self.settings.reporter.progress(&Moment {
            epoch,
            batches_done: means.batches(),
            batches: self.settings.batches,
            elapsed,
            figures,
        });
        let learning_rate = self.learner.lr_current();
        let item = TrainingItem::new(
            Output::Figures(DashboardFigures {
                means: figures,
                learning_rate: learning_rate.base(),
                samples_per_second: means.samples() as f64 / elapsed.as_secs_f64(),
            }),
            Progress::new(
                means.samples(),
                self.train.num_items(),
                Some("items".to_owned()),
            ),
            Some(means.batches()),
            Some(learning_rate),
        );
        self.tell_train(LearnerEvent::ProcessedItem(item));
    }

    /// The figures on the validation data; `None` without any, or when stopped on the way.
    fn validation_part(&mut self, epoch: usize) -> Result<Option<Figures>, TrainError> {
        let Some(validation) = self.validation.clone() else {
            return Ok(None);
        };
        let total = validation.num_items();
        self.tell_validation(LearnerEvent::StartSplit {
            epoch_number: epoch,
            total_items: total,
        });
        let begin = Instant::now();
        let model = self.learner.model().valid();
        let mut means = RunningMeans::default();
        let mut pending = Pending::new();
        let mut is_stopped = false;
        for batch in validation.iter() {
            let batch = batch.map_err(|error| burn_error(epoch, &error))?;
            if let Output::Step(output) = model.step(batch) {
                pending.push(*output, 0.0);
            }
            is_stopped = self.interrupter.should_stop();
            if is_stopped {
                break;
            }
            if pending.is_due() {
                Self::read(epoch, &mut pending, &mut means)?;
            }
        }
        Self::read(epoch, &mut pending, &mut means)?;
        let figures = means.figures();
        let item = TrainingItem::new(
            Output::Figures(DashboardFigures {
                means: figures,
                learning_rate: self.learner.lr_current().base(),
                samples_per_second: means.samples() as f64 / begin.elapsed().as_secs_f64(),
            }),
            Progress::new(means.samples(), total, Some("items".to_owned())),
            Some(means.batches()),
            None,
        );
        self.tell_validation(LearnerEvent::ProcessedItem(item));
        self.tell_validation(LearnerEvent::EndSplit(epoch));
        Ok((!is_stopped).then_some(figures))
    }

    /// The model as it is now, without automatic differentiation.
    fn weights(&self) -> M {
        self.learner.model().valid().into_inner()
    }

    fn tell_train(&mut self, event: LearnerEvent<Output>) {
        let told = self.events.process_train(event);
        self.interrupter.fail_on_error(told);
    }

    fn tell_validation(&mut self, event: LearnerEvent<Output>) {
        let told = self.events.process_valid(event);
        self.interrupter.fail_on_error(told);
    }

    /// Whether somebody asked for a stop.
    ///
    /// # Errors
    /// What Burn's event processing failed with.
    fn should_stop(&self, epoch: usize) -> Result<bool, TrainError> {
        match self.interrupter.error() {
            Some(error) => Err(burn_error(epoch, &error)),
            None => Ok(self.interrupter.should_stop()),
        }
    }

    fn stopped(&self, epoch: usize, batches: usize) -> StopReason {
        let by = match self.interrupter.get_message() {
            Some(message) if message == DASHBOARD_STOP => "`q` in the dashboard".to_owned(),
            Some(message) => message,
            None => "a stop handle".to_owned(),
        };
        log::info!("stopped by {by} in epoch {epoch} after {batches} batches");
        StopReason::Interrupted { by, epoch, batches }
    }
}

fn burn_error(epoch: usize, error: &impl std::fmt::Display) -> TrainError {
    TrainError::Burn {
        epoch,
        message: error.to_string(),
    }
}

/// Whether all weights of a module are numbers.
fn are_finite(module: &impl Module) -> Result<bool, String> {
    struct Sums(Vec<Tensor<1>>);
    impl ModuleVisitor for Sums {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            // Not a number as soon as one of them is none.
            self.0.push(param.val().sum());
        }
    }
    let mut sums = Sums(Vec::new());
    module.visit(&mut sums);
    if sums.0.is_empty() {
        return Ok(true);
    }
    let sums = Tensor::cat(sums.0, 0).try_into_data_as::<f32>();
    let sums = sums.map_err(|error| error.to_string())?;
    Ok(sums.iter::<f32>().all(f32::is_finite))
}
