//! The part of an epoch that judges what was learned.

use std::iter::Take;
use std::time::Instant;

use burn::data::dataloader::DataLoader;
use burn::train::LearnerEvent;
use firebrick_data::Batch;

use super::run::{Batches, Run};
use super::telling::item;
use crate::callback::Flow;
use crate::error::TrainError;
use crate::logs::Logs;
use crate::passes::{self, DataPass, Hook, Phase, Tally};
use crate::rerun::BatchPlace;
use crate::step::{Step, TestStep};

/// What there is of a validation.
pub(super) enum Validated {
    /// The epoch has none.
    Not,
    /// Somebody asked for a stop on the way.
    Interrupted,
    /// The figures without `val_`, of the samples up to where a callback stopped it, if one did.
    Figures(Logs),
}

/// The batches of one validation at work.
struct ValidationPass<'r, 'a, 'v, S: Step> {
    run: &'r mut Run<'a, S>,
    weights: S::Weights,
    prepared: Option<TestStep>,
    batches: Take<Batches<'v>>,
    /// Whether one of its own hooks wants no further batch; those of the training let it be whole.
    is_stopped: bool,
    is_interrupted: bool,
}

impl<S: Step> Run<'_, S> {
    /// Judges the epoch's weights on the validation data, where it is time to.
    ///
    /// # Errors
    /// Samples that cannot be read, a step that fails, a device that fails, an error of a callback.
    pub(super) fn validate(&mut self) -> Result<Validated, TrainError> {
        let is_due = self.epoch.is_multiple_of(self.settings.validation_freq);
        let Some(validation) = self.loaders.validation.clone().filter(|_| is_due) else {
            return Ok(Validated::Not);
        };
        let total = validation.num_items();
        self.telling.validation(LearnerEvent::StartSplit {
            epoch_number: self.epoch,
            total_items: total.max(1),
        });
        let begin = Instant::now();
        self.tally.restart();
        let (weights, is_interrupted) = self.judge(&*validation)?;
        // Told where the epoch's weights are proven; looked at here, where they are those of the validation.
        self.proof.validation_cause = self.tally.take_non_finite().map(|found| {
            let batch = found.batch.saturating_sub(1);
            self.cause(BatchPlace::Validation { batch }, Some(&weights))
        });
        let logs = self.tally.logs()?;
        self.call(&mut |callback, training| callback.on_test_end(training, &logs))?;
        let (sums, rate) = (self.tally.figures(), self.step.learning_rate());
        let item = item(self.epoch, sums, &logs, rate, begin.elapsed(), total);
        self.telling.validation(item);
        self.telling.validation(LearnerEvent::EndSplit(self.epoch));
        Ok(if is_interrupted {
            Validated::Interrupted
        } else {
            Validated::Figures(logs)
        })
    }

    /// Judges the weights of this moment, in the middle of an epoch, whose own figures stay as they are.
    ///
    /// Callbacks see it as they see any other validation, so that those who judge by other weights do so here too; Burn is not
    /// told.
    ///
    /// # Errors
    /// Those of [`validate`](Self::validate).
    pub(super) fn validate_aside(&mut self) -> Result<Validated, TrainError> {
        let Some(validation) = self.loaders.validation.clone() else {
            return Ok(Validated::Not);
        };
        let aside = Tally::new(Some(self.step.measures()));
        let own = std::mem::replace(&mut self.tally, aside);
        let (_, is_interrupted) = self.judge(&*validation)?;
        let logs = self.tally.logs()?;
        self.call(&mut |callback, training| callback.on_test_end(training, &logs))?;
        self.tally = own;
        Ok(if is_interrupted {
            Validated::Interrupted
        } else {
            Validated::Figures(logs)
        })
    }

    /// Judges the weights of this moment, after callbacks have had their say: gives those that were judged, and whether somebody
    /// asked for a stop on the way.
    fn judge(
        &mut self,
        validation: &dyn DataLoader<Batch>,
    ) -> Result<(S::Weights, bool), TrainError> {
        let flow = self.ask(&mut |callback, training| callback.on_test_begin(training))?;
        let steps = self.settings.validation_steps.unwrap_or(usize::MAX);
        // Not before: a callback may evaluate with other weights.
        let weights = self.step.weights();
        let (prepared, watch) = match self.watched_test_step(&weights)? {
            Some((test, watch)) => (Some(test), Some(watch)),
            None => (self.step.prepared_test_step(&weights)?, None),
        };
        let mut pass = ValidationPass {
            prepared,
            weights,
            run: self,
            batches: validation.iter().take(steps),
            is_stopped: flow == Flow::Stop,
            is_interrupted: false,
        };
        passes::run(&mut pass)?;
        let ValidationPass {
            weights,
            is_interrupted,
            ..
        } = pass;
        if let Some(watch) = watch.filter(|_| !is_interrupted) {
            self.tell_samples(watch, &weights);
        }
        Ok((weights, is_interrupted))
    }
}

impl<S: Step> DataPass for ValidationPass<'_, '_, '_, S> {
    type Batch = Batch;
    type Error = TrainError;

    const PHASE: Phase = Phase::Test;

    fn next_batch(&mut self) -> Result<Option<Batch>, TrainError> {
        let epoch = self.run.epoch;
        let batch = self.batches.next().transpose();
        let batch = batch.map_err(|error| TrainError::samples(error).in_epoch(epoch))?;
        if batch.is_some() {
            self.run.tally.begin_batch();
        }
        Ok(batch)
    }

    fn call(&mut self, hook: &mut Hook<'_>) -> Result<(), TrainError> {
        self.is_stopped |= self.run.ask(hook)? == Flow::Stop;
        Ok(())
    }

    fn take(&mut self, batch: Batch) -> Result<(), TrainError> {
        let output = if let Some(test) = &mut self.prepared {
            test(batch)?
        } else {
            let output = self.run.step.test_step(&self.weights, batch)?;
            output.ok_or(TrainError::NoTestStep)?
        };
        self.run.tally.push(output, None)
    }

    fn is_stopped(&mut self) -> bool {
        self.is_interrupted = self.run.telling.wants_stop();
        self.is_stopped || self.is_interrupted
    }

    fn is_due(&self) -> bool {
        self.run.tally.is_due()
    }

    fn look(&mut self) -> Result<(), TrainError> {
        self.run.read()
    }

    fn end(&mut self) -> Result<(), TrainError> {
        self.run.read()
    }
}
