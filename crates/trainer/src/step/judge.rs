use std::sync::Arc;

use burn::tensor::Device;
use firebrick_data::Batch;
use firebrick_model::{Answers, HostInference, HostOutput, Mode, Model};

use super::output::StepOutput;
use crate::error::TrainError;
use crate::objective::{Assessed, Objective, named};
use crate::outputs::Outputs;
use crate::read_back::read_back;
use crate::step_kind::StepKind;

/// Judges batch after batch of a pass with the weights that a model had when this was made.
pub(crate) struct Judge<M> {
    objective: Arc<Objective>,
    network: Network<M>,
}

enum Network<M> {
    OverPlainMemory(Box<OnHost>),
    OfTensors(M),
}

/// A network over plain memory, with what is the same for all batches.
struct OnHost {
    inference: HostInference,
    /// What the weights add to the loss.
    penalty: Option<f32>,
    device: Device,
}

impl<M: Model> Judge<M> {
    /// # Errors
    /// A network or a device that cannot run over plain memory, where it is asked for; a device that fails.
    pub(crate) fn new(
        model: &M,
        objective: Arc<Objective>,
        kind: StepKind,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let inference = kind.host_inference(model, device, HostInference::before_activations)?;
        let network = match inference {
            None => Network::OfTensors(model.clone()),
            Some(inference) => {
                let penalty = model.penalty().map(read_back).transpose()?;
                Network::OverPlainMemory(Box::new(OnHost {
                    inference,
                    penalty: penalty.map(|numbers| numbers.iter().sum()),
                    device: device.clone(),
                }))
            }
        };
        Ok(Self { objective, network })
    }

    /// What it judges by.
    pub(crate) fn objective(&self) -> &Objective {
        &self.objective
    }

    /// The figures of a batch and what the network answers to it.
    ///
    /// # Errors
    /// Those of [`judge`].
    pub(crate) fn judge(&self, batch: Batch) -> Result<(StepOutput, Vec<Outputs>), TrainError> {
        match &self.network {
            Network::OverPlainMemory(host) => host.judge(&self.objective, batch),
            Network::OfTensors(model) => judge(model, &self.objective, &batch),
        }
    }
}

impl OnHost {
    /// As [`judge`] does, but for rounding.
    fn judge(
        &self,
        objective: &Objective,
        batch: Batch,
    ) -> Result<(StepOutput, Vec<Outputs>), TrainError> {
        let (inputs, batch) = objective.take_inputs(batch)?;
        let part = || "forward pass of the network".to_owned();
        let outputs = named(part, || self.inference.outputs(inputs))??;
        let samples = batch.num_samples();
        let plain: Vec<&[f32]> = outputs.iter().map(|output| &output.values[..]).collect();
        if let Some(assessed) = objective.assess_on_host(&plain, &batch)? {
            let loss = assessed.loss + self.penalty.unwrap_or(0.0);
            let output = StepOutput::of_numbers(samples, loss, assessed.sums);
            return Ok((output, objective.outputs_of(outputs, &self.device)));
        }
        let signal = |output: HostOutput| output.into_signal(&self.device);
        let signals = outputs.into_iter().map(signal).collect();
        let Assessed {
            mut loss,
            sums,
            outputs,
        } = objective.assess(signals, &batch)?;
        if let Some(penalty) = self.penalty {
            loss = loss.add_scalar(penalty);
        }
        Ok((StepOutput::of_sums(samples, loss, sums), outputs))
    }
}

/// The figures of a batch and what the network answers to it.
///
/// # Errors
/// Samples that the network does not take; a network, a loss or a metric that panics.
pub(crate) fn judge<M: Model>(
    model: &M,
    objective: &Objective,
    batch: &Batch,
) -> Result<(StepOutput, Vec<Outputs>), TrainError> {
    let samples = batch.num_samples();
    let Assessed {
        loss,
        sums,
        outputs,
    } = assess(model, objective, batch, Mode::Inference)?;
    Ok((StepOutput::of_sums(samples, loss, sums), outputs))
}

/// What a batch comes to, with what layers and weights add to the loss.
///
/// # Errors
/// Those of [`judge`].
pub(super) fn assess<M: Model>(
    model: &M,
    objective: &Objective,
    batch: &Batch,
    mode: Mode,
) -> Result<Assessed, TrainError> {
    let inputs = objective.inputs().of(batch)?;
    let part = || "forward pass of the network".to_owned();
    let Answers { outputs, losses } = named(part, || model.call(inputs, mode))??;
    let mut assessed = objective.assess(outputs, batch)?;
    for term in losses.into_iter().chain(model.penalty()) {
        assessed.loss = assessed.loss + term;
    }
    Ok(assessed)
}
