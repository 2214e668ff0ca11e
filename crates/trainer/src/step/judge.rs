use firebrick_data::Batch;
use firebrick_model::{AnyTensor, Model, ModelError};

use super::output::StepOutput;
use crate::error::TrainError;
use crate::objective::{Assessed, Objective, named};
use crate::outputs::Outputs;

/// The figures of a batch and what the network answers to it.
///
/// # Errors
/// Samples that the network does not take; a network, a loss or a metric that panics.
pub(crate) fn judge<M: Model>(
    model: &M,
    objective: &Objective,
    batch: Batch,
) -> Result<(StepOutput, Outputs), TrainError> {
    let samples = batch.num_samples();
    let Assessed {
        loss,
        sums,
        outputs,
    } = assess(model, objective, batch, |inputs| model.forward(inputs))?;
    Ok((StepOutput::of_sums(samples, loss, sums), outputs))
}

/// What a batch comes to by this forward pass, with what the weights add to the loss.
///
/// # Errors
/// Those of [`judge`].
pub(super) fn assess<M: Model>(
    model: &M,
    objective: &Objective,
    batch: Batch,
    forward: impl FnOnce(AnyTensor) -> Result<AnyTensor, ModelError>,
) -> Result<Assessed, TrainError> {
    let inputs = objective.inputs(batch.inputs.clone())?;
    let part = || "forward pass of the network".to_owned();
    let output = named(part, || forward(inputs))??;
    let mut assessed = objective.assess(output, None, batch)?;
    if let Some(penalty) = model.penalty() {
        assessed.loss = assessed.loss + penalty;
    }
    Ok(assessed)
}
