//! The epochs of one `fit`.

use std::path::Path;
use std::time::Instant;

use burn::data::dataloader::DataLoader;
use burn::train::LearnerEvent;
use firebrick_data::Batch;

use super::run::{Batches, Run};
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
        for epoch in self.keeping.first_epoch..=self.settings.params.epochs {
            if self.stopped_by.is_some() {
                break;
            }
            self.epoch = epoch;
            self.outcome.epoch = epoch;
            if !self.settings.is_limited && !self.keeping.is_within() {
                batches = None;
            }
            if self.epoch(&*training, &mut batches)? == Flow::Stop {
                break;
            }
        }
        // Who has stopped it is kept too, so that one that is killed from here on does not go on for another epoch.
        self.keep_end();
        self.note_stop();
        self.end()?;
        self.finish_keeping();
        Ok(())
    }

    /// Trains, validates and records one epoch; stops where somebody asked for it.
    fn epoch<'t>(
        &mut self,
        training: &'t dyn DataLoader<Batch>,
        batches: &mut Option<Batches<'t>>,
    ) -> Result<Flow, TrainError> {
        match self.keeping.take_begin() {
            Some(begin) => self.telling.restart(begin),
            None => self.begin_epoch()?,
        }
        self.train(training, batches)?;
        let batches_done = self.tally.figures().batches();
        self.settings.params.steps.get_or_insert(batches_done);
        self.samples_seen = Some(self.tally.figures().samples());
        self.outcome.steps = self.settings.params.steps;
        if self.outcome.is_spoiled {
            return Ok(Flow::Continue);
        }
        // Should somebody ask for a stop before the epoch is over, the training goes on from here.
        self.halt();
        if self.telling.is_stopped(self.epoch)? {
            return Ok(self.interrupted(batches_done));
        }
        let mut logs = self.tally.logs()?;
        let validation = match self.validate()? {
            Validated::Interrupted => return Ok(self.interrupted(batches_done)),
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

        let is_last = self.epoch >= self.settings.params.epochs;
        if self.telling.is_stopped(self.epoch)? && !is_last {
            return Ok(self.interrupted(batches_done));
        }
        Ok(Flow::Continue)
    }

    /// Begins an epoch that was not broken off.
    fn begin_epoch(&mut self) -> Result<(), TrainError> {
        self.telling.restart(Instant::now());
        self.drawn.begin_epoch();
        self.tally.restart();
        self.hint.begin(self.step.updates().count);
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
        self.outcome.kept = Some(weights);
        self.outcome.history.push(record.clone());
        let steps = self.settings.params.steps.unwrap_or(0);
        self.settings.reporter.epoch_end(record, steps);
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

    /// Writes down who asked for a stop after so many batches of the epoch.
    fn interrupted(&mut self, batches: usize) -> Flow {
        let epoch = self.epoch;
        let by = self.telling.stopped_by();
        log::info!("stopped by {by} in epoch {epoch} after {batches} batches");
        self.outcome.history.stop_reason = StopReason::Interrupted { by, epoch, batches };
        Flow::Stop
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
