//! The epochs of one `fit`: one visible place for steps, figures, callbacks and stopping.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use burn::data::dataloader::{DataLoaderIterator, Progress};
use burn::train::{
    EventProcessorTraining, Interrupter, LearnerEvent, SupervisedTrainingEventProcessor,
    TrainLoader, TrainingItem, ValidLoader,
};
use firebrick_data::Batch;

use super::dashboard_metrics::DashboardFigures;
use super::drawn::Drawn;
use super::keeping::Keeping;
use super::launched::Launched;
use super::outcome::{LoopOutcome, LoopSettings};
use super::unmoved_hint::UnmovedHint;
use crate::callback::{Callback, HookResult, Training};
use crate::displays::{Moment, epoch_line};
use crate::error::TrainError;
use crate::figures::RunningFigures;
use crate::history::{EpochRecord, StopReason};
use crate::interrupt::asked_by;
use crate::logs::Logs;
use crate::non_finite_cause::NonFiniteCause;
use crate::passes::{NonFinite, Pending};
use crate::rerun::BatchPlace;
use crate::step::Step;

type Events = SupervisedTrainingEventProcessor<Launched>;
pub(super) type Batches<'a> = Box<dyn DataLoaderIterator<Batch> + 'a>;

/// One call of `fit`, at work.
pub(super) struct Run<'a, S: Step> {
    pub(super) step: &'a mut S,
    pub(super) settings: &'a mut LoopSettings,
    train: TrainLoader<Launched>,
    validation: Option<ValidLoader<Launched>>,
    events: &'a mut Events,
    interrupter: Interrupter,
    /// Counted from 1.
    pub(super) epoch: usize,
    /// Of the epoch or of its validation, counted from 1.
    pub(super) batch: usize,
    /// What the batches so far come to, those of the epoch or of its validation.
    pub(super) figures: RunningFigures,
    pub(super) pending: Pending,
    /// A batch whose loss was found to be no number.
    pub(super) non_finite: Option<NonFinite>,
    /// The callback that wants to stop.
    pub(super) stopped_by: Option<String>,
    /// Whether the weights are no numbers any more, and a callback stopped because of it.
    pub(super) is_spoiled: bool,
    /// The weights before the first step.
    first: S::Weights,
    /// The latest weights, proven good once a loss computed with them is finite.
    unproven: Option<S::Weights>,
    pub(super) drawn: Drawn,
    /// Why the validation loss of this epoch is not finite.
    validation_cause: Option<NonFiniteCause>,
    pub(super) hint: UnmovedHint,
    pub(super) keeping: Keeping,
    /// When the first batch of the epoch was done, since it began.
    first_step: Option<Duration>,
    pub(super) last_logs: Logs,
}

impl<'a, S: Step> Run<'a, S> {
    pub(super) fn new(
        step: &'a mut S,
        (train, validation): (TrainLoader<Launched>, Option<ValidLoader<Launched>>),
        (events, interrupter): (&'a mut Events, Interrupter),
        settings: &'a mut LoopSettings,
    ) -> Self {
        Self {
            first: step.weights(),
            keeping: Keeping::new(settings.initial_epoch),
            step,
            settings,
            train,
            validation,
            events,
            interrupter,
            epoch: 0,
            batch: 0,
            figures: RunningFigures::default(),
            pending: Pending::new(),
            non_finite: None,
            stopped_by: None,
            is_spoiled: false,
            unproven: None,
            drawn: Drawn::default(),
            validation_cause: None,
            hint: UnmovedHint::default(),
            first_step: None,
            last_logs: Logs::new(),
        }
    }

    /// All epochs, or those until an error or a stop.
    pub(super) fn epochs(&mut self, outcome: &RefCell<LoopOutcome<S>>) -> Result<(), TrainError> {
        self.call(|callback, training| callback.on_train_begin(training))?;
        let train = self.train.clone();
        let mut batches = None;
        if let Some(state) = self.settings.resumed.clone() {
            batches = self.resume(&state, &*train, outcome)?;
        } else {
            self.keep_begin(outcome);
        }
        for epoch in self.keeping.first_epoch..=self.settings.params.epochs {
            if self.stopped_by.is_some() {
                break;
            }
            outcome.borrow_mut().epoch = epoch;
            self.epoch = epoch;
            if !self.settings.is_limited && !self.keeping.is_within() {
                batches = None;
            }
            self.epoch(&*train, &mut batches, outcome)?;
            if outcome.borrow().history.stop_reason != StopReason::Completed {
                break;
            }
        }
        if let Some(name) = self.stopped_by.take() {
            log::info!("stopped by {name} in epoch {}", self.epoch);
            outcome.borrow_mut().history.stop_reason = StopReason::Callback {
                name,
                epoch: self.epoch,
            };
        }
        self.keep_end(outcome);
        let proven = outcome.borrow().kept.clone();
        if self.is_spoiled {
            let proven = proven.as_ref().unwrap_or(&self.first);
            self.step.set_weights(proven)?;
            outcome.borrow_mut().is_spoiled = true;
        }
        self.step.finish()?;
        let logs = std::mem::take(&mut self.last_logs);
        self.call(|callback, training| callback.on_train_end(training, &logs))?;
        if self.is_spoiled && proven.is_none() {
            return Ok(());
        }
        // Proven at the end of an epoch, not where the training was stopped or weights were put back.
        let last = self.step.weights();
        self.prove(&last, None)?;
        outcome.borrow_mut().kept = Some(last);
        self.finish_keeping();
        Ok(())
    }

    /// Trains, validates and records one epoch.
    fn epoch<'t>(
        &mut self,
        train: &'t dyn burn::data::dataloader::DataLoader<Batch>,
        batches: &mut Option<Batches<'t>>,
        outcome: &RefCell<LoopOutcome<S>>,
    ) -> Result<(), TrainError> {
        let goes_on = self.keeping.take_begin();
        let begin = goes_on.unwrap_or_else(Instant::now);
        if goes_on.is_none() {
            self.drawn.begin_epoch();
            self.batch = 0;
            self.figures = RunningFigures::default();
            self.pending = Pending::new();
            self.hint.begin(self.step.updates().count);
            self.call(|callback, training| callback.on_epoch_begin(training))?;
        }
        self.train_part(train, batches, begin, outcome)?;
        if self.is_spoiled {
            return Ok(());
        }
        let batches_done = self.figures.batches();
        // Should somebody ask for a stop before the epoch is over, the training goes on from here.
        self.halt(begin, outcome);
        if self.should_stop()? {
            outcome.borrow_mut().history.stop_reason = self.stopped(batches_done);
            return Ok(());
        }
        let mut logs = self.current_logs()?;
        let is_due =
            self.epoch.is_multiple_of(self.settings.validation_freq) && self.validation.is_some();
        let validation = if is_due {
            self.validation_part(outcome)?
        } else {
            None
        };
        if self.should_stop()? && is_due && validation.is_none() {
            outcome.borrow_mut().history.stop_reason = self.stopped(batches_done);
            return Ok(());
        }
        self.go_on();
        let end = self
            .events
            .process_train(LearnerEvent::EndEpoch(self.epoch));
        self.interrupter.fail_on_error(end);

        if let Some(validation) = &validation {
            logs.extend("val_", validation);
        }
        let record = EpochRecord {
            epoch: self.epoch,
            learning_rate: self.step.learning_rate(),
            figures: logs.clone(),
            seconds: begin.elapsed().as_secs_f64(),
        };
        log::info!("{}", epoch_line(&record, self.settings.params.epochs));
        let model = self.step.weights();
        self.prove(&model, validation.as_ref())?;
        self.unproven = None;
        outcome.borrow_mut().history.push(record.clone());
        outcome.borrow_mut().kept = Some(model);
        self.settings
            .reporter
            .epoch_end(&record, self.settings.params.steps);
        self.call(|callback, training| callback.on_epoch_end(training, &logs))?;
        if let Some(text) = self.hint.of_epoch(&logs, self.step.learning_rate()) {
            log::warn!("{text}");
            self.settings.reporter.say(&text);
        }
        self.last_logs = logs;
        let step = &*self.step;
        let model = step.weights();
        let told =
            (self.settings.epoch_hook)(&outcome.borrow().history, &|path| step.save(&model, path))?;
        if let Some(text) = told {
            log::warn!("{text}");
            self.settings.reporter.say(&text);
        }
        self.keep_epoch(outcome);
        if self.should_stop()? && self.epoch < self.settings.params.epochs {
            outcome.borrow_mut().history.stop_reason = self.stopped(batches_done);
        }
        Ok(())
    }

    fn train_part<'t>(
        &mut self,
        train: &'t dyn burn::data::dataloader::DataLoader<Batch>,
        batches: &mut Option<Batches<'t>>,
        begin: Instant,
        outcome: &RefCell<LoopOutcome<S>>,
    ) -> Result<(), TrainError> {
        self.tell_train(LearnerEvent::StartSplit {
            epoch_number: self.epoch,
            total_items: self.samples_an_epoch(),
        });
        let steps = self.settings.params.steps;
        while self.batch < steps {
            let drawn = &mut self.drawn;
            let mut begin_pass = || {
                drawn.begin_pass();
                train.iter()
            };
            let next = batches.get_or_insert_with(&mut begin_pass).next();
            let next = match next {
                // Where the last epoch took all there was, the data begins anew.
                None if self.batch == 0 => batches.insert(begin_pass()).next(),
                next => next,
            };
            let Some(batch) = next else {
                if self.settings.is_limited {
                    log::warn!(
                        "the data ran out after {} of the {steps} batches of epoch {}",
                        self.batch,
                        self.epoch
                    );
                }
                break;
            };
            let batch = batch.map_err(|error| TrainError::samples(error).in_epoch(self.epoch))?;
            self.batch += 1;
            self.drawn.batches += 1;
            self.call(|callback, training| callback.on_train_batch_begin(training))?;
            let rate_before = self.step.updates().last_rate;
            let output = self.step.train_step(batch)?;
            self.settings.measures.check(&output)?;
            self.pending.push(output, None, rate_before);
            if self.batch == 1 {
                self.first_step = Some(begin.elapsed());
            }
            self.call(|callback, training| callback.on_train_batch_end(training))?;
            let stop = self.interrupter.should_stop() || self.stopped_by.is_some();
            if self.pending.is_due() || stop {
                self.look(outcome)?;
                let latest = self.step.weights();
                if let Some(proven) = self.unproven.replace(latest) {
                    outcome.borrow_mut().kept = Some(proven);
                }
                self.show(begin)?;
            }
            if stop {
                break;
            }
            self.keep_batch(begin, outcome)?;
        }
        self.look(outcome)?;
        self.show(begin)?;
        self.tell_train(LearnerEvent::EndSplit(self.epoch));
        Ok(())
    }

    /// The figures on the validation data; `None` when stopped on the way.
    fn validation_part(
        &mut self,
        outcome: &RefCell<LoopOutcome<S>>,
    ) -> Result<Option<Logs>, TrainError> {
        let Some(validation) = self.validation.clone() else {
            return Ok(None);
        };
        let total = validation.num_items();
        self.tell_validation(LearnerEvent::StartSplit {
            epoch_number: self.epoch,
            total_items: total,
        });
        let begin = Instant::now();
        self.batch = 0;
        self.figures = RunningFigures::default();
        self.pending = Pending::new();
        self.call(|callback, training| callback.on_test_begin(training))?;
        // Not before: a callback may evaluate with other weights.
        let model = self.step.weights();
        let mut is_stopped = false;
        let steps = self.settings.validation_steps.unwrap_or(usize::MAX);
        for batch in validation.iter().take(steps) {
            let batch = batch.map_err(|error| TrainError::samples(error).in_epoch(self.epoch))?;
            self.batch += 1;
            self.call(|callback, training| callback.on_test_batch_begin(training))?;
            let output = self.step.test_step(&model, batch)?;
            let output = output.ok_or(TrainError::NoTestStep)?;
            self.settings.measures.check(&output)?;
            self.pending.push(output, None, None);
            self.call(|callback, training| callback.on_test_batch_end(training))?;
            is_stopped = self.interrupter.should_stop();
            if is_stopped {
                break;
            }
            if self.pending.is_due() {
                self.read()?;
            }
        }
        self.read()?;
        // Told where the epoch's weights are proven; looked at here, where they are those of the validation.
        self.validation_cause = self.non_finite.take().map(|found| {
            let batch = found.batch.saturating_sub(1);
            let place = BatchPlace::Validation { batch };
            self.cause(place, Some(&model), outcome.borrow().kept.as_ref())
        });
        let logs = self.current_logs()?;
        self.call(|callback, training| callback.on_test_end(training, &logs))?;
        let item = self.item(&logs, begin, total);
        self.tell_validation(LearnerEvent::ProcessedItem(item));
        self.tell_validation(LearnerEvent::EndSplit(self.epoch));
        Ok((!is_stopped).then_some(logs))
    }

    /// Calls a hook of every callback.
    fn call(
        &mut self,
        mut hook: impl FnMut(&mut dyn Callback, &mut Training<'_>) -> HookResult,
    ) -> Result<(), TrainError> {
        if self.settings.callbacks.is_empty() {
            return Ok(());
        }
        let callbacks = self.settings.callbacks.clone();
        let stopped_by = callbacks.call(|callback| hook(callback, &mut Training::new(self)))?;
        if let Some(name) = stopped_by {
            self.stopped_by.get_or_insert(name);
        }
        Ok(())
    }

    /// Reads the figures of the batches since the last look; a loss that is no number ends the training.
    pub(super) fn look(&mut self, outcome: &RefCell<LoopOutcome<S>>) -> Result<(), TrainError> {
        self.read()?;
        match self.non_finite.take() {
            None => Ok(()),
            // Whoever stopped at this batch has seen it.
            Some(_) if self.stopped_by.is_some() => {
                self.is_spoiled = true;
                Ok(())
            }
            Some(found) => {
                let place = self.drawn.place(found.batch);
                let latest = self.unproven.as_ref();
                let cause = self.cause(place, latest, outcome.borrow().kept.as_ref());
                Err(TrainError::NonFiniteLoss {
                    epoch: self.epoch,
                    batch: found.batch,
                    loss: found.loss,
                    learning_rate: found.learning_rate,
                    cause: Box::new(cause.after(found.learning_rate)),
                })
            }
        }
    }

    /// Why the loss of a batch is not finite, as far as the latest weights and the last ones known to be good tell.
    fn cause(
        &self,
        place: BatchPlace,
        latest: Option<&S::Weights>,
        kept: Option<&S::Weights>,
    ) -> NonFiniteCause {
        let proven = kept.unwrap_or(&self.first);
        let rerun = &self.settings.rerun;
        match latest {
            Some(latest) => rerun
                .cause(self.step, latest, place)
                .with_earlier(|| rerun.cause(self.step, proven, place)),
            None => rerun.cause(self.step, proven, place),
        }
    }

    /// Reads what still lies on the device.
    pub(super) fn read(&mut self) -> Result<(), TrainError> {
        let found = self
            .pending
            .read(&mut self.figures, &self.settings.measures, |_| {})
            .map_err(|error| error.in_epoch(self.epoch))?;
        if let Some(found) = found {
            self.non_finite.get_or_insert(found);
        }
        Ok(())
    }

    /// The figures of what has been read.
    ///
    /// # Errors
    /// A metric that panics.
    pub(super) fn current_logs(&self) -> Result<Logs, TrainError> {
        self.settings.measures.logs(&self.figures)
    }

    /// Makes sure that weights no loss has been computed with yet are numbers.
    fn prove(&mut self, weights: &S::Weights, validation: Option<&Logs>) -> Result<(), TrainError> {
        let epoch = self.epoch;
        let learning_rate = self.step.updates().last_rate;
        let diverged = |what, cause| TrainError::Diverged {
            what,
            epoch,
            learning_rate,
            cause: Box::new(cause),
        };
        let cause = self.validation_cause.take();
        let is_finite = self.step.is_finite(weights);
        if !is_finite.map_err(|error| error.in_epoch(epoch))? {
            let cause = match learning_rate {
                Some(_) => NonFiniteCause::Updates,
                None => NonFiniteCause::Weights,
            };
            return Err(diverged("a weight", cause));
        }
        let loss = validation.and_then(|logs| logs.get("loss"));
        if loss.is_some_and(|loss| !loss.is_finite()) {
            let cause = cause.unwrap_or(NonFiniteCause::Unknown);
            return Err(diverged("the validation loss", cause.after(learning_rate)));
        }
        Ok(())
    }

    /// Brings the figures so far to the display.
    fn show(&mut self, begin: Instant) -> Result<(), TrainError> {
        let figures = self.current_logs()?;
        let total = self.samples_an_epoch();
        let item = self.item(&figures, begin, total);
        self.settings.reporter.progress(&Moment {
            epoch: self.epoch,
            batches_done: self.figures.batches(),
            batches: self.settings.params.steps,
            elapsed: begin.elapsed(),
            first_step: self.first_step,
            figures,
        });
        self.tell_train(LearnerEvent::ProcessedItem(item));
        Ok(())
    }

    /// The samples of an epoch, which may end before the data does.
    fn samples_an_epoch(&self) -> usize {
        let params = &self.settings.params;
        let samples = self.train.num_items();
        if self.settings.is_limited {
            samples.min(params.steps.saturating_mul(params.batch_size))
        } else {
            samples
        }
    }

    fn item(&self, figures: &Logs, begin: Instant, total: usize) -> TrainingItem<DashboardFigures> {
        let samples = self.figures.samples();
        let learning_rate = self.step.learning_rate();
        TrainingItem::new(
            DashboardFigures {
                figures: figures.clone(),
                learning_rate,
                samples_per_second: samples as f64 / begin.elapsed().as_secs_f64(),
                is_early: DashboardFigures::are_early(self.epoch, samples, total),
            },
            Progress::new(samples.min(total), total, Some("items".to_owned())),
            Some(self.figures.batches()),
            Some(learning_rate.into()),
        )
    }

    fn tell_train(&mut self, event: LearnerEvent<DashboardFigures>) {
        let told = self.events.process_train(event);
        self.interrupter.fail_on_error(told);
    }

    fn tell_validation(&mut self, event: LearnerEvent<DashboardFigures>) {
        let told = self.events.process_valid(event);
        self.interrupter.fail_on_error(told);
    }

    /// Whether somebody asked for a stop.
    ///
    /// # Errors
    /// What Burn's event processing failed with.
    fn should_stop(&self) -> Result<bool, TrainError> {
        match self.interrupter.error() {
            Some(error) => Err(burn_error(self.epoch, &error)),
            None => Ok(self.interrupter.should_stop()),
        }
    }

    fn stopped(&self, batches: usize) -> StopReason {
        let epoch = self.epoch;
        let by = asked_by(&self.interrupter);
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
