use std::ops::ControlFlow;
use std::time::Instant;

use crate::element::Element;
use crate::epoch_order::epoch_order;
use crate::error::ScratchError;
use crate::figures::Figures;
use crate::network::Network;
use crate::samples::Samples;
use crate::training::{check_batch_size, checked_rate};

/// How to train.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// How often every sample is seen, at least once.
    pub epochs: usize,
    /// Samples an update, at least 1.
    pub batch_size: usize,
    /// What the gradient is multiplied by, above 0.
    pub learning_rate: f64,
    /// Decides the [order](epoch_order) of the samples.
    pub seed: u64,
}

/// What an epoch did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EpochFigures {
    /// Counted from 1.
    pub epoch: usize,
    /// Over the training samples, each batch from before its own update.
    pub training: Figures,
    /// Over the validation samples after the epoch, if there are any.
    pub validation: Option<Figures>,
    /// Wall time of the training, without the validation.
    pub seconds: f64,
}

impl<T: Element> Network<T> {
    /// Trains for some epochs, in an order of its own each, and hands the figures of every epoch to `each_epoch`, which
    /// may break to end the training.
    ///
    /// # Errors
    /// Settings out of range, no samples, samples that do not fit the network, all before anything is learned; a loss
    /// that is not finite, where the error names epoch and batch.
    pub fn fit(
        &mut self,
        samples: &Samples<T>,
        validation: Option<&Samples<T>>,
        fit: &Fit,
        mut each_epoch: impl FnMut(&EpochFigures) -> ControlFlow<()>,
    ) -> Result<(), ScratchError> {
        self.check_samples(samples)?;
        if let Some(validation) = validation {
            self.check_samples(validation)?;
        }
        fit.check::<T>()?;
        for epoch in 1..=fit.epochs {
            let start = Instant::now();
            let order = epoch_order(fit.seed, epoch as u64 - 1, samples.len());
            let training = self
                .train_epoch(samples, &order, fit.batch_size, fit.learning_rate, |_| {
                    ControlFlow::Continue(())
                })
                .map_err(|error| error.in_epoch(epoch))?;
            let seconds = start.elapsed().as_secs_f64();
            let validation = validation
                .map(|validation| self.evaluate(validation))
                .transpose()
                .map_err(|error| error.in_epoch(epoch))?;
            let figures = EpochFigures {
                epoch,
                training,
                validation,
                seconds,
            };
            if each_epoch(&figures).is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl Fit {
    fn check<T: Element>(&self) -> Result<(), ScratchError> {
        if self.epochs == 0 {
            return Err(ScratchError::Setting {
                setting: "epochs",
                received: self.epochs.to_string(),
                expected: "at least 1",
            });
        }
        check_batch_size(self.batch_size)?;
        checked_rate::<T>(self.learning_rate).map(drop)
    }
}
