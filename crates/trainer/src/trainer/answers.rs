//! Passes over data that learn nothing.

use std::sync::Arc;
use std::time::Duration;

use burn::data::dataloader::DataLoader;
use burn::tensor::{Int, Tensor};
use firebrick_data::{BatchLoader, BatchSource};
use firebrick_model::{AnyTensor, Model};

use super::Trainer;
use crate::burn_loop::{Compiled, Pending};
use crate::displays::{PassBar, PassLines};
use crate::evaluation::ClassEvaluation;
use crate::figures::RunningFigures;
use crate::objective::Objective;
use crate::{Display, Evaluation, Logs, Outputs, TrainError};

/// Samples a batch.
const BATCH_SIZE: usize = 500;

/// How long a pass takes before its progress is shown.
const LONG: Duration = Duration::from_secs(2);

pub(super) fn evaluate<M: Model>(
    trainer: &Trainer<M>,
    data: Arc<dyn BatchSource>,
    objective: Objective,
) -> Result<Evaluation, TrainError> {
    let num_samples = data.num_samples();
    let num_classes = objective.num_told_apart();
    let loader = BatchLoader::new(data, BATCH_SIZE, &trainer.device)?;
    let compiled = Compiled::new(trainer.model.clone(), objective);

    let mut figures = RunningFigures::default();
    let mut targets = Vec::new();
    let mut predictions = Vec::new();
    let mut pending = Pending::new();
    let mut lines = PassLines::new(trainer.display, loader.num_batches());
    for batch in loader.iter() {
        let batch = batch.map_err(|error| failed(&error))?;
        let classes = batch.classes();
        let (output, outputs) = compiled.evaluate(batch)?;
        if num_classes.is_some() {
            targets.extend(read_classes(classes)?);
            predictions.extend(read_classes(decided(&outputs))?);
        }
        pending.push(output, 0.0);
        lines.batch_done();
        if pending.is_due() {
            pending.read(&mut figures).map_err(|error| failed(&error))?;
            lines.show(&compiled.objective().logs(&figures));
        }
    }
    pending.read(&mut figures).map_err(|error| failed(&error))?;
    let figures = compiled.objective().logs(&figures);
    lines.end(&figures);
    Ok(Evaluation {
        figures,
        samples: num_samples,
        classes: num_classes
            .map(|num_classes| ClassEvaluation::new(num_classes, &targets, predictions)),
    })
}

pub(super) fn predict<M: Model>(model: &M, inputs: AnyTensor) -> Result<AnyTensor, TrainError> {
    let num_samples = inputs.shape()[0];
    if num_samples <= BATCH_SIZE {
        return Ok(model.answer(inputs)?);
    }
    let mut bar = PassBar::after(LONG, num_samples);
    let mut answers = Vec::new();
    for start in (0..num_samples).step_by(BATCH_SIZE) {
        let end = (start + BATCH_SIZE).min(num_samples);
        answers.push(model.answer(inputs.clone().samples(start..end))?);
        bar.show(end);
    }
    Ok(AnyTensor::concatenate(answers)?)
}

pub(super) fn predict_data<M: Model>(
    trainer: &Trainer<M>,
    data: &dyn BatchSource,
) -> Result<AnyTensor, TrainError> {
    let num_samples = data.num_samples();
    let mut lines = PassLines::new(trainer.display, num_samples.div_ceil(BATCH_SIZE));
    // Whoever has asked for a line sees it from the start.
    let mut bar = (trainer.display == Display::Quiet).then(|| PassBar::after(LONG, num_samples));
    let nothing = Logs::new();
    let mut answers = Vec::new();
    for start in (0..num_samples).step_by(BATCH_SIZE) {
        let rows: Vec<usize> = (start..(start + BATCH_SIZE).min(num_samples)).collect();
        let batch = data
            .gather(&rows, &trainer.device)
            .map_err(|error| failed(&error))?;
        let mut shape = vec![rows.len()];
        shape.extend(data.input_shape());
        let inputs = AnyTensor::from(batch.inputs).reshape(&shape)?;
        answers.push(trainer.model.answer(inputs)?);
        lines.batch_done();
        lines.show(&nothing);
        if let Some(bar) = &mut bar {
            bar.show(start + rows.len());
        }
    }
    lines.end(&nothing);
    Ok(AnyTensor::concatenate(answers)?)
}

/// The class that each row of outputs stands for; a single column decides between two.
fn decided(outputs: &Outputs) -> Tensor<1, Int> {
    let raw = outputs.raw();
    if raw.dims()[1] == 1 {
        outputs.values().greater_elem(0.5).int().squeeze_dim(1)
    } else {
        raw.argmax(1).squeeze_dim(1)
    }
}

fn failed(error: &impl std::fmt::Display) -> TrainError {
    TrainError::Evaluation {
        message: error.to_string(),
    }
}

fn read_classes(classes: Tensor<1, Int>) -> Result<Vec<usize>, TrainError> {
    let data = classes
        .try_into_data_as::<i64>()
        .map_err(|error| failed(&error))?;
    data.iter::<i64>()
        .map(|class| usize::try_from(class).map_err(|error| failed(&error)))
        .collect()
}
