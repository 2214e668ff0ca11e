//! What a training takes, by some steps of a copy.

use std::sync::Arc;
use std::time::{Duration, Instant};

use firebrick_data::Samples;
use firebrick_model::Model;

use super::super::loading::Loader;
use super::{Split, Trainer};
use crate::check::Estimate;
use crate::error::TrainError;
use crate::fit::Fit;
use crate::objective::Objective;
use crate::step::{AutodiffStep, Figures, Judge, Step};

/// So long it is measured, at the most by so many steps.
const TIME: Duration = Duration::from_millis(500);
const STEPS: u32 = 50;

impl<M: Model> Trainer<M> {
    /// Memory and time; `None` where nobody knows how many steps an epoch has.
    ///
    /// # Errors
    /// A step that fails.
    pub(super) fn estimate(
        &self,
        (data, validation): &Split,
        objective: Objective,
        fit: &Fit,
    ) -> Result<Option<Estimate>, TrainError> {
        let settings = &fit.settings;
        let steps = settings
            .steps_per_epoch
            .or(data.num_batches(settings.batch_size));
        let Some(steps_per_epoch) = steps else {
            return Ok(None);
        };
        let memory = self.model.size().map(|size| {
            let batch_size = data.batch_size(settings.batch_size);
            let batch_size = batch_size.unwrap_or(settings.batch_size);
            self.compile.least_memory(&size, batch_size)
        });
        let mut own = self.copied_step(objective.clone(), steps_per_epoch, settings.seed)?;
        own.set_kind(settings.step)?;
        let step = self.time_of_steps(&mut own, data, fit)?;
        let validation = match validation {
            Some(validation) => self.time_of_validation(validation, objective, fit)?,
            None => 0.0,
        };
        let epoch = step * steps_per_epoch as f64 + validation;
        let epochs = settings.epochs.saturating_sub(settings.initial_epoch);
        Ok(Some(Estimate {
            memory,
            steps_per_epoch,
            step,
            epoch,
            training: epoch * epochs as f64,
        }))
    }

    /// Seconds of a step, the gathering of its batch included.
    fn time_of_steps(
        &self,
        step: &mut AutodiffStep<M>,
        data: &Samples,
        fit: &Fit,
    ) -> Result<f64, TrainError> {
        let settings = &fit.settings;
        let device = self.device.clone().autodiff();
        // A stream may give each of its batches once: they are left to the training.
        let first = data.first(settings.batch_size, &device);
        let first = first.map_err(TrainError::samples)?;
        let loader = match data {
            Samples::Rows(_) => {
                let order = (settings.batch_size, settings.shuffle_seed());
                let loader = Loader::of_training(data, order, None, &self.device)?;
                Some(loader.shared().to_device(&device))
            }
            Samples::Stream(_) => None,
        };
        let mut batches = loader.as_ref().map(|loader| loader.iter());
        let mut next = || {
            let Some((loader, batches)) = loader.as_ref().zip(batches.as_mut()) else {
                return Ok(first.clone());
            };
            let next = batches.next().or_else(|| {
                *batches = loader.iter();
                batches.next()
            });
            let next = next.unwrap_or_else(|| Ok(first.clone()));
            next.map_err(TrainError::samples)
        };
        let begin = Instant::now();
        let output = step.train_step(next()?)?;
        Figures::read(vec![output.figures])?;
        // The first one allocates, and compiles on some devices.
        let first = begin.elapsed();
        if first >= TIME {
            return Ok(first.as_secs_f64());
        }
        let begin = Instant::now();
        let mut done = 0;
        while done < STEPS && begin.elapsed() < TIME {
            let output = step.train_step(next()?)?;
            // Devices that compute behind one's back are waited for.
            Figures::read(vec![output.figures])?;
            done += 1;
        }
        Ok(begin.elapsed().as_secs_f64() / f64::from(done))
    }

    /// Seconds an epoch, by one batch.
    fn time_of_validation(
        &self,
        data: &Samples,
        objective: Objective,
        fit: &Fit,
    ) -> Result<f64, TrainError> {
        let settings = &fit.settings;
        let batch_size = settings
            .validation_batch_size
            .unwrap_or(settings.batch_size);
        let Some(batches) = data.num_batches(batch_size) else {
            return Ok(0.0);
        };
        let batches = settings
            .validation_steps
            .map_or(batches, |steps| batches.min(steps));
        let judge = Judge::new(
            &self.model,
            Arc::new(objective),
            settings.step,
            &self.device,
        )?;
        let mut own = Duration::MAX;
        for _ in 0..2 {
            let begin = Instant::now();
            let first = data.first(batch_size, &self.device);
            let (output, _) = judge.judge(first.map_err(TrainError::samples)?)?;
            Figures::read(vec![output.figures])?;
            own = own.min(begin.elapsed());
        }
        Ok(own.as_secs_f64() * batches as f64 / settings.validation_freq as f64)
    }
}
