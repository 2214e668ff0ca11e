//! Single batches, for loops of one's own.

use std::collections::BTreeMap;
use std::sync::Arc;

use firebrick_data::{Batch, InputField, TargetField, Targets};
use firebrick_model::{AnyTensor, Model, Signal, Signals};

use super::Trainer;
use super::predicting::only;
use super::samples::find;
use crate::burn_loop::catch_step;
use crate::error::TrainError;
use crate::fit::FitSettings;
use crate::logs::Logs;
use crate::mismatch_error::MismatchError;
use crate::non_finite::cause_in_data;
use crate::objective::{Objective, named};
use crate::passes::Tally;
use crate::sample_place::SamplePlace;
use crate::step::{Measures, Step, StepOutput, judge};

impl<M: Model> Trainer<M> {
    /// Learns one batch; gives loss and metrics of it from before the update. Every call stands for itself, as in Keras, so that
    /// no metrics are to be reset. What layers draw at random has the default seed of a [`Fit`](crate::Fit).
    ///
    /// Several inputs or targets are in the order of the network's; a [`Batch`] has weights of samples too, see
    /// [`train_on`](Self::train_on).
    ///
    /// # Shapes
    /// - inputs: `[batch_size, ...]` each
    /// - targets: `[batch_size, ...]` each; a class is the number of its index
    ///
    /// # Errors
    /// A batch that does not fit network or loss, a loss that is no finite number.
    pub fn train_on_batch(
        &mut self,
        inputs: impl Into<Signals>,
        targets: impl Into<Signals>,
    ) -> Result<Logs, TrainError> {
        self.train_on(&batch_of(inputs.into(), targets.into())?)
    }

    /// As [`train_on_batch`](Self::train_on_batch), for a batch with how much its samples count for each target. Its inputs and
    /// targets are in the order of the network's.
    ///
    /// ```
    /// use firebrick::datasets::Batch;
    /// use firebrick::{layers::Dense, prelude::*};
    ///
    /// let device = Device::flex();
    /// let column = |x: [f32; 2]| Tensor::<2>::from_floats([[x[0]], [x[1]]], &device);
    /// let batch = Batch::new(column([0.0, 1.0]), column([1.0, 3.0]));
    /// let weighted = batch.with_sample_weights(Tensor::<1>::from_floats([1.0, 0.0], &device));
    /// let model = Sequential::new([1]).add(Dense::new(1)).build(1, &device)?;
    /// let mut trainer = Compile::by_name("sgd", "mse", [])?.model(model);
    /// // An error of 1 in the first sample, the second one does not count.
    /// assert_eq!(trainer.train_on(&weighted)?.get("loss"), Some(0.5));
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`train_on_batch`](Self::train_on_batch).
    pub fn train_on(&mut self, batch: &Batch) -> Result<Logs, TrainError> {
        let (objective, batch) = self.fitting_batch(batch)?;
        let mut step = self.take_step(objective, 1, &FitSettings::default())?;
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
        inputs: impl Into<Signals>,
        targets: impl Into<Signals>,
    ) -> Result<Logs, TrainError> {
        self.test_on(&batch_of(inputs.into(), targets.into())?)
    }

    /// As [`test_on_batch`](Self::test_on_batch), for a batch as [`train_on`](Self::train_on) takes it.
    ///
    /// # Errors
    /// A batch that does not fit network or loss.
    pub fn test_on(&self, batch: &Batch) -> Result<Logs, TrainError> {
        let (objective, batch) = self.fitting_batch(batch)?;
        let (output, _) = judge(&self.model, &objective, &batch)?;
        logs(Measures::of(&Arc::new(objective)), output)
    }

    /// What the network answers to one batch, its last activation included.
    ///
    /// # Shapes
    /// - inputs: `[batch_size, ...]` each, in the order of the network's
    /// - output: `[batch_size, ...]`
    ///
    /// # Errors
    /// Inputs that the network does not take, a network of several outputs.
    pub fn predict_on_batch(&self, inputs: impl Into<Signals>) -> Result<AnyTensor, TrainError> {
        only(self.predict_all_on_batch(inputs)?)
    }

    /// The same of a network of several outputs, in its order.
    ///
    /// # Errors
    /// Inputs that the network does not take.
    pub fn predict_all_on_batch(&self, inputs: impl Into<Signals>) -> Result<Signals, TrainError> {
        let inputs = inputs.into();
        let part = || "forward pass of the network".to_owned();
        Ok(named(part, || self.model.predict_all(inputs))??)
    }

    /// The answers of several outputs by their names, as a dictionary of Keras' `predict`.
    ///
    /// ```
    /// use firebrick::layers::{Dense, Layer};
    /// use firebrick::models::{Graph, input};
    /// use firebrick::prelude::*;
    ///
    /// let device = Device::flex();
    /// let x = input([2]);
    /// let outputs = [Dense::new(1).named("age").on(&x), Dense::new(3).named("place").on(&x)];
    /// let trainer = Compile::by_name("adam", "mse", [])?.model(Graph::new([x], outputs).build(1, &device)?);
    /// let answers = trainer.predict_all_on_batch(Tensor::<2>::ones([5, 2], &device))?;
    /// assert_eq!(trainer.answers_by_name(answers)["place"].shape(), [5, 3]);
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    pub fn answers_by_name(&self, answers: Signals) -> BTreeMap<String, AnyTensor> {
        let names = self.model.output_names().into_iter();
        names
            .zip(answers.into_iter().map(Signal::into_values))
            .collect()
    }

    /// A batch on the device, and what it is judged by.
    fn fitting_batch(&self, batch: &Batch) -> Result<(Objective, Batch), TrainError> {
        let samples = |tensor: &AnyTensor| tensor.shape()[0];
        let inputs = batch.all_inputs().iter().map(samples);
        let targets = batch.all_targets().iter().map(samples);
        let expected = inputs.clone().next().unwrap_or(0);
        if let Some(received) = inputs.chain(targets).find(|&count| count != expected) {
            return Err(TrainError::BatchMismatch {
                inputs: expected,
                targets: received,
            });
        }
        let (inputs, targets) = fields_of(batch);
        let objective = self.objective_for(&inputs, &targets)?;
        let batch = batch.to_device(&self.device);
        let mut scans = objective.target_scans();
        if let Some((sample, misfit)) = find(&objective, &mut scans, &batch)? {
            return Err(misfit.at(sample, SamplePlace::new()));
        }
        Ok((objective, batch))
    }
}

/// Without the masks of signals, which a batch does not have.
fn batch_of(inputs: Signals, targets: Signals) -> Result<Batch, TrainError> {
    if inputs.is_empty() {
        return Err(MismatchError::BatchInputs { received: 0 }.into());
    }
    let values = |signals: Signals| signals.into_iter().map(Signal::into_values);
    Ok(Batch::of(values(inputs), values(targets)))
}

fn fields_of(batch: &Batch) -> (Vec<InputField>, Vec<TargetField>) {
    let input = |tensor: &AnyTensor| {
        let field = InputField::new(&tensor.shape()[1..]);
        if tensor.is_int() {
            field.of_integers()
        } else {
            field
        }
    };
    let target = |tensor: &AnyTensor| {
        let shape = tensor.shape()[1..].to_vec();
        TargetField::new(Targets::Values { shape })
    };
    (
        batch.all_inputs().iter().map(input).collect(),
        batch.all_targets().iter().map(target).collect(),
    )
}

/// The figures of a single batch.
fn logs(measures: Measures, output: StepOutput) -> Result<Logs, TrainError> {
    let mut tally = Tally::new(Some(measures));
    tally.push(output, None)?;
    tally.read()?;
    tally.logs()
}
