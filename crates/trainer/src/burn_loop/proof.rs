//! Finding out whether weights are good, and why not.

use super::run::Run;
use crate::error::TrainError;
use crate::logs::Logs;
use crate::non_finite_cause::NonFiniteCause;
use crate::rerun::BatchPlace;
use crate::step::Step;

/// What is known of the weights of a training beside those that it keeps.
pub(super) struct Proof<W> {
    /// Those before the first step.
    pub(super) first: W,
    /// The latest, proven good once a loss computed with them is finite.
    pub(super) unproven: Option<W>,
    /// Why the validation loss of this epoch is not finite.
    pub(super) validation_cause: Option<NonFiniteCause>,
}

impl<W> Proof<W> {
    pub(super) fn new(first: W) -> Self {
        Self {
            first,
            unproven: None,
            validation_cause: None,
        }
    }
}

impl<S: Step> Run<'_, S> {
    /// Reads the figures of the batches since the last look; a loss that is no number ends the training.
    ///
    /// # Errors
    /// Such a loss, a device that fails.
    pub(super) fn look(&mut self) -> Result<(), TrainError> {
        self.read()?;
        match self.tally.take_non_finite() {
            None => Ok(()),
            // Whoever stopped at this batch has seen it.
            Some(_) if self.stopped_by.is_some() => {
                self.outcome.is_spoiled = true;
                Ok(())
            }
            Some(found) => {
                let place = self.drawn.place(found.batch);
                let cause = self.cause(place, self.proof.unproven.as_ref());
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

    /// Reads what still lies on the device.
    ///
    /// # Errors
    /// A device that fails.
    pub(super) fn read(&mut self) -> Result<(), TrainError> {
        let read = self.tally.read();
        read.map_err(|error| error.in_epoch(self.epoch))
    }

    /// All losses so far are finite, so that the weights of the last time this was so are good.
    pub(super) fn keep_proven(&mut self) {
        let latest = self.step.weights();
        if let Some(proven) = self.proof.unproven.replace(latest) {
            self.outcome.kept = Some(proven);
        }
    }

    /// Why the loss of a batch is not finite, as far as the latest weights and the last ones known to be good tell.
    pub(super) fn cause(&self, place: BatchPlace, latest: Option<&S::Weights>) -> NonFiniteCause {
        let proven = self.outcome.kept.as_ref().unwrap_or(&self.proof.first);
        let rerun = &self.settings.rerun;
        match latest {
            Some(latest) => rerun
                .cause(self.step, latest, place)
                .with_earlier(|| rerun.cause(self.step, proven, place)),
            None => rerun.cause(self.step, proven, place),
        }
    }

    /// Makes sure that weights no loss has been computed with yet are numbers.
    ///
    /// # Errors
    /// A weight or a validation loss that is none.
    pub(super) fn prove(
        &mut self,
        weights: &S::Weights,
        validation: Option<&Logs>,
    ) -> Result<(), TrainError> {
        let epoch = self.epoch;
        let learning_rate = self.step.updates().last_rate;
        let diverged = |what, cause| TrainError::Diverged {
            what,
            epoch,
            learning_rate,
            cause: Box::new(cause),
        };
        let cause = self.proof.validation_cause.take();
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
}
