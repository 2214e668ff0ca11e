use firebrick_data::Batch;
use firebrick_model::{Answers, Mode, Model};

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
