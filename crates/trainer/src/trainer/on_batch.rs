//! Single batches, for loops of one's own.

use std::sync::Arc;

use firebrick_data::{Batch, InputField, TargetField, Targets};
use firebrick_model::{AnyTensor, Model};

use super::Trainer;
use super::samples::find;
use crate::burn_loop::catch_step;
use crate::error::TrainError;
use crate::fit::Fit;
use crate::logs::Logs;
use crate::non_finite::cause_in_data;
use crate::objective::{Objective, named};
use crate::passes::Tally;
use crate::sample_place::SamplePlace;
use crate::step::{Measures, Step, StepOutput, judge};

impl<M: Model> Trainer<M> {
    /// Learns one batch; gives loss and metrics of it from before the update. Unlike Keras, which goes
    /// on adding to its metrics, every call stands for itself. What layers draw at random has the default seed of a
    /// [`Fit`].
    ///
    /// # Shapes
    /// - inputs: `[batch_size, ...]`
    /// - targets: `[batch_size, ...]`; a class is the number of its index
    ///
    /// # Errors
    /// A batch that does not fit network or loss, a loss that is no finite number.
    pub fn train_on_batch(
        &mut self,
        inputs: impl Into<AnyTensor>,
        targets: impl Into<AnyTensor>,
    ) -> Result<Logs, TrainError> {
        let (objective, batch) = self.batch(inputs.into(), targets.into())?;
        let mut step = self.take_step(objective, 1, Fit::SEED)?;
        let device = self.device.clone().autodiff();
        let rate_before = step.updates().last_rate;
        let own = batch.clone();
        let batch = batch.to_device(&device);
        let tried = catch_step(|| {
            let output = step.train_step(batch);
            (step, output)
        });
        let (step, output) = tried?;
        let output = output?;
        let logs = logs(step.measures(), output)?;
        let mean = logs.get("loss").unwrap_or(f64::NAN);
        if !mean.is_finite() {
            return Err(TrainError::NonFiniteLoss {
                epoch: 1,
                batch: 1,
                loss: mean,
                learning_rate: rate_before,
                cause: Box::new(
                    cause_in_data(&own, |row| row)
                        .unwrap_or_else(|| step.non_finite_cause(&self.model, &own)),
                ),
            });
        }
        self.model = step.weights();
        self.step = Some(step);
        Ok(logs)
    }

    /// Loss and metrics of one batch.
    ///
    /// # Shapes
    /// As those of [`train_on_batch`](Self::train_on_batch).
    ///
    /// # Errors
    /// A batch that does not fit network or loss.
    pub fn test_on_batch(
        &self,
        inputs: impl Into<AnyTensor>,
        targets: impl Into<AnyTensor>,
    ) -> Result<Logs, TrainError> {
        let (objective, batch) = self.batch(inputs.into(), targets.into())?;
        let (output, _) = judge(&self.model, &objective, &batch)?;
        logs(Measures::of(&Arc::new(objective)), output)
    }

    /// What the network answers to one batch, its last activation included.
    ///
    /// # Shapes
    /// - inputs: `[batch_size, ...]`
    /// - output: `[batch_size, ...]`
    ///
    /// # Errors
    /// Inputs that the network does not take.
    pub fn predict_on_batch(&self, inputs: impl Into<AnyTensor>) -> Result<AnyTensor, TrainError> {
        let inputs = inputs.into();
        let part = || "forward pass of the network".to_owned();
        Ok(named(part, || self.model.predict(inputs))??)
    }

    fn batch(
        &self,
        inputs: AnyTensor,
        targets: AnyTensor,
    ) -> Result<(Objective, Batch), TrainError> {
        let (input_shape, target_shape) = (inputs.shape(), targets.shape());
        if input_shape[0] != target_shape[0] {
            return Err(TrainError::BatchMismatch {
                inputs: input_shape[0],
                targets: target_shape[0],
            });
        }
        let field = InputField::new(&input_shape[1..]);
        let field = if inputs.is_int() {
            field.of_integers()
        } else {
            field
        };
        let shape = target_shape[1..].to_vec();
        let target = TargetField::new(Targets::Values { shape });
        let objective = self.objective_for(&[field], &[target])?;
        let batch = Batch::new(inputs, targets).to_device(&self.device);
        if let Some((sample, misfit)) = find(&objective, &mut objective.target_scans(), &batch)? {
            return Err(misfit.at(sample, SamplePlace::new()));
        }
        Ok((objective, batch))
    }
}

/// The figures of a single batch.
fn logs(measures: Measures, output: StepOutput) -> Result<Logs, TrainError> {
    let mut tally = Tally::new(Some(measures));
    tally.push(output, None)?;
    tally.read()?;
    tally.logs()
}
