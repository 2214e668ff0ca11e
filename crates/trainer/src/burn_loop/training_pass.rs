//! The part of an epoch that learns.

use burn::data::dataloader::DataLoader;
use burn::train::LearnerEvent;
use firebrick_data::Batch;

use super::run::{Batches, Run};
use super::steering::Place;
use super::telling::item;
use crate::callback::Flow;
use crate::displays::Moment;
use crate::error::TrainError;
use crate::passes::{self, DataPass, Hook, Phase};
use crate::step::Step;

/// The batches of one epoch at work.
struct TrainingPass<'r, 'a, 't, S: Step> {
    run: &'r mut Run<'a, S>,
    training: &'t dyn DataLoader<Batch>,
    /// What is left of a pass over the data that an earlier epoch began.
    batches: &'r mut Option<Batches<'t>>,
}

impl<S: Step> Run<'_, S> {
    /// Learns the batches of an epoch, or those until a stop.
    ///
    /// # Errors
    /// Samples that cannot be read, a step that fails, a loss that is no number, an error of a callback.
    pub(super) fn train<'t>(
        &mut self,
        training: &'t dyn DataLoader<Batch>,
        batches: &mut Option<Batches<'t>>,
    ) -> Result<(), TrainError> {
        self.telling.training(LearnerEvent::StartSplit {
            epoch_number: self.epoch,
            // Burn shows a share of it.
            total_items: self.samples_an_epoch().max(1),
        });
        passes::run(&mut TrainingPass {
            run: self,
            training,
            batches,
        })?;
        self.telling.training(LearnerEvent::EndSplit(self.epoch));
        Ok(())
    }

    /// Brings the figures so far to the display.
    fn show(&mut self) -> Result<(), TrainError> {
        let figures = self.tally.logs()?;
        let total = self.samples_an_epoch();
        let elapsed = self.telling.begin.elapsed();
        let rate = self.step.learning_rate();
        self.emit_progress(&figures);
        let sums = self.tally.figures();
        let item = item(self.epoch, sums, &figures, rate, elapsed, total);
        self.settings.reporter.progress(&Moment {
            epoch: self.epoch,
            batches_done: sums.batches(),
            batches: self.settings.params.steps,
            elapsed,
            first_step: self.telling.first_step,
            figures,
        });
        self.telling.training(item);
        Ok(())
    }

    /// The samples of an epoch, which may end before the data does; 0 where nobody knows.
    fn samples_an_epoch(&self) -> usize {
        let params = &self.settings.params;
        let known = params.steps.unwrap_or(0).saturating_mul(params.batch_size);
        match self.loaders.training.num_items() {
            // A stream, whose length is known by what was seen of it.
            0 => self.samples_seen.unwrap_or(known),
            samples if self.settings.is_limited => samples.min(known),
            samples => samples,
        }
    }
}

impl<S: Step> DataPass for TrainingPass<'_, '_, '_, S> {
    type Batch = Batch;
    type Error = TrainError;

    const PHASE: Phase = Phase::Train;

    fn next_batch(&mut self) -> Result<Option<Batch>, TrainError> {
        let run = &mut *self.run;
        let done = run.tally.batch();
        // The data ends of itself where it is not limited, after as many batches as it has this time.
        let steps = run
            .settings
            .params
            .steps
            .filter(|_| run.settings.is_limited);
        if steps.is_some_and(|steps| done >= steps) {
            return Ok(None);
        }
        let mut begin_pass = || {
            run.drawn.begin_pass();
            self.training.iter()
        };
        let next = self.batches.get_or_insert_with(&mut begin_pass).next();
        let next = match next {
            // Where the last epoch took all there was, the data begins anew.
            None if done == 0 => self.batches.insert(begin_pass()).next(),
            next => next,
        };
        let Some(batch) = next else {
            if let Some(steps) = steps {
                let epoch = run.epoch;
                log::warn!("the data ran out after {done} of the {steps} batches of epoch {epoch}");
            }
            return Ok(None);
        };
        let batch = batch.map_err(|error| TrainError::samples(error).in_epoch(run.epoch))?;
        run.tally.begin_batch();
        run.drawn.batches += 1;
        Ok(Some(batch))
    }

    fn call(&mut self, hook: &mut Hook<'_>) -> Result<(), TrainError> {
        self.run.call(hook)
    }

    fn take(&mut self, batch: Batch) -> Result<(), TrainError> {
        let run = &mut *self.run;
        let rate_before = run.step.updates().last_rate;
        run.look_before_batch();
        let output = run.step.train_step(batch)?;
        run.look_after_batch();
        run.tally.push(output, rate_before)?;
        if run.tally.batch() == 1 {
            run.telling.first_step = Some(run.telling.begin.elapsed());
        }
        Ok(())
    }

    fn is_stopped(&mut self) -> bool {
        self.run.telling.wants_stop() || self.run.stopped_by.is_some()
    }

    fn is_due(&self) -> bool {
        self.run.tally.is_due()
    }

    fn look(&mut self) -> Result<(), TrainError> {
        self.run.look()?;
        self.run.show()
    }

    fn go_on(&mut self) -> Result<Flow, TrainError> {
        // What is saved knows of what was done before the next step.
        let flow = self.run.act(Place::Within)?;
        self.run.keep_batch()?;
        // By the clock, or by a callback that wants to see every batch.
        if self.run.tally.is_read() {
            self.run.look()?;
            self.run.keep_proven();
        }
        Ok(flow)
    }

    fn end(&mut self) -> Result<(), TrainError> {
        self.run.look()?;
        self.run.show()
    }
}
