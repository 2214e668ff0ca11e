//! The epochs of one `fit`.

use std::path::Path;
use std::time::Instant;

use burn::data::dataloader::DataLoader;
use burn::train::LearnerEvent;
use firebrick_data::Batch;
use firebrick_session::{Action, What};

use super::best_epoch::EpochPlace;
use super::run::{Batches, Run};
use super::steering::Place;
use super::validation_pass::Validated;
use crate::callback::Flow;
use crate::displays::epoch_line;
use crate::error::TrainError;
use crate::history::{EpochRecord, StopReason};
use crate::logs::Logs;
use crate::step::Step;

impl<S: Step> Run<'_, S> {
    /// All epochs, or those until an error or a stop.
    pub(super) fn epochs(&mut self) -> Result<(), TrainError> {
        self.call(&mut |callback, training| callback.on_train_begin(training))?;
        let training = self.loaders.training.clone();
        let mut batches = self.keep_begin(&*training)?;
        let mut epoch = self.keeping.first_epoch;
        if !self.keeping.is_within() {
            // Who wants a stop gets it after a batch, as at any other time.
            let _ = self.act(Place::Between)?;
        }
        while !self.is_over(epoch)? {
            self.epoch = epoch;
            self.outcome.epoch = epoch;
            if !self.settings.is_limited && !self.keeping.is_within() {
                batches = None;
            }
            if self.epoch(&*training, &mut batches)? == Flow::Stop {
                break;
            }
            if self.stopped_by.is_none() {
                let _ = self.act(Place::Between)?;
            }
            epoch += 1;
        }
        // Who has stopped it is kept too, so that one that is killed from here on does not go on for another epoch.
        self.keep_end();
        self.note_stop();
        self.end()?;
        self.finish_keeping();
        Ok(())
    }

    /// Whether the epoch that would be next is none any more, or somebody wants no other one.
    ///
    /// # Errors
    /// What Burn's event processing failed with.
    fn is_over(&mut self, next: usize) -> Result<bool, TrainError> {
        if self.stopped_by.is_some() {
            return Ok(true);
        }
        let is_all = next > self.settings.params.epochs;
        let has_ended = self.epoch > 0 && self.epoch < next;
        if has_ended && let Some(by) = self.steering.take_ending() {
            // From the state that is saved at the end the training may go on.
            self.keeping.saved = None;
            if !is_all {
                self.interrupted_by(by);
            }
            return Ok(true);
        }
        if next == self.keeping.first_epoch {
            return Ok(is_all);
        }
        if self.telling.is_stopped(self.epoch)? && (!is_all || self.steering.is_discarded) {
            self.interrupted(Place::Between);
            return Ok(true);
        }
        Ok(is_all)
    }

    /// Trains, validates and records one epoch; stops where somebody asked for it.
    fn epoch<'t>(
        &mut self,
        training: &'t dyn DataLoader<Batch>,
        batches: &mut Option<Batches<'t>>,
    ) -> Result<Flow, TrainError> {
        match self.keeping.take_begin() {
            Some(begin) => {
                self.telling.restart(begin);
                self.emit(What::EpochBegin);
            }
            None => self.begin_epoch()?,
        }
        self.train(training, batches)?;
        self.batches_done = self.tally.figures().batches();
        self.settings.params.steps.get_or_insert(self.batches_done);
        self.samples_seen = Some(self.tally.figures().samples());
        self.outcome.steps = self.settings.params.steps;
        if self.outcome.is_spoiled {
            return Ok(Flow::Continue);
        }
        // Should somebody ask for a stop before the epoch is over, the training goes on from here.
        self.halt();
        if self.telling.is_stopped(self.epoch)? {
            self.interrupted(Place::Within);
            return Ok(Flow::Stop);
        }
        let mut logs = self.tally.logs()?;
        let validation = match self.validate()? {
            Validated::Interrupted => {
                self.interrupted(Place::Within);
                return Ok(Flow::Stop);
            }
            Validated::Not => None,
            Validated::Figures(figures) => Some(figures),
        };
        self.go_on();
        self.telling.training(LearnerEvent::EndEpoch(self.epoch));

        if let Some(figures) = &validation {
            logs.extend("val_", figures);
        }
        let record = EpochRecord {
            epoch: self.epoch,
            learning_rate: self.step.learning_rate(),
            figures: logs,
            seconds: self.telling.begin.elapsed().as_secs_f64(),
        };
        self.prove_epoch(&record, validation.as_ref())?;
        self.call(&mut |callback, training| callback.on_epoch_end(training, &record.figures))?;
        let hint = self.hint.of_epoch(&record.figures, record.learning_rate);
        self.warn(hint);
        self.last_logs = record.figures;
        self.update_files()?;
        self.keep_epoch();
        Ok(Flow::Continue)
    }

    /// Begins an epoch that was not broken off.
    fn begin_epoch(&mut self) -> Result<(), TrainError> {
        self.telling.restart(Instant::now());
        self.drawn.begin_epoch();
        self.tally.restart();
        self.hint.begin(self.step.updates().count);
        self.emit(What::EpochBegin);
        self.call(&mut |callback, training| callback.on_epoch_begin(training))
    }

    /// Keeps the record and the weights of an epoch that are found to be numbers, and shows them.
    fn prove_epoch(
        &mut self,
        record: &EpochRecord,
        validation: Option<&Logs>,
    ) -> Result<(), TrainError> {
        log::info!("{}", epoch_line(record, self.settings.params.epochs));
        let weights = self.step.weights();
        self.prove(&weights, validation)?;
        self.proof.unproven = None;
        if let Some(best) = &mut self.steering.best {
            let place = EpochPlace {
                epoch: self.epoch,
                step: self.step.iterations(),
            };
            best.see(place, &record.figures, &weights);
        }
        self.outcome.kept = Some(weights);
        self.outcome.history.push(record.clone());
        let steps = self.settings.params.steps.unwrap_or(0);
        self.settings.reporter.epoch_end(record, steps);
        self.emit_epoch_end(record);
        Ok(())
    }

    /// Brings the files of the run up to date.
    fn update_files(&mut self) -> Result<(), TrainError> {
        let step = &*self.step;
        let weights = step.weights();
        let save = |path: &Path| step.save(&weights, path);
        let told = (self.settings.epoch_hook)(&self.outcome.history, &save)?;
        self.warn(told);
        Ok(())
    }

    /// Writes down which callback stopped it, if one did.
    fn note_stop(&mut self) {
        if let Some(name) = self.stopped_by.take() {
            let epoch = self.epoch;
            log::info!("stopped by {name} in epoch {epoch}");
            self.outcome.history.stop_reason = StopReason::Callback { name, epoch };
        }
    }

    /// Writes down who asked for a stop; by a signal or a handle it is an action, too.
    fn interrupted(&mut self, place: Place) {
        let by = self.telling.stopped_by();
        if !self.steering.is_stopping {
            self.note_action(place, Action::Stop, &by);
        }
        self.interrupted_by(by);
    }

    /// Writes down who asked for the end, after how many batches.
    fn interrupted_by(&mut self, by: String) {
        let (epoch, batches) = (self.epoch, self.batches_done);
        let reason = if self.steering.is_discarded {
            StopReason::Discarded { by, epoch, batches }
        } else {
            StopReason::Interrupted { by, epoch, batches }
        };
        log::info!("{reason}");
        self.outcome.history.stop_reason = reason;
    }

    /// After the last epoch.
    fn end(&mut self) -> Result<(), TrainError> {
        let has_learned = self.outcome.kept.is_some();
        if self.outcome.is_spoiled {
            let proven = self.outcome.kept.as_ref().unwrap_or(&self.proof.first);
            self.step.set_weights(proven)?;
        }
        self.step.finish()?;
        let logs = std::mem::take(&mut self.last_logs);
        self.call(&mut |callback, training| callback.on_train_end(training, &logs))?;
        if self.outcome.is_spoiled && !has_learned {
            return Ok(());
        }
        // Proven at the end of an epoch, not where the training was stopped or weights were put back.
        let last = self.step.weights();
        self.prove(&last, None)?;
        self.outcome.kept = Some(last);
        Ok(())
    }
}
