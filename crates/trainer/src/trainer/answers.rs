//! Passes over data that learn nothing.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use burn::data::dataloader::DataLoader;
use burn::tensor::{Int, Tensor};
use firebrick_data::{BatchLoader, BatchSource};
use firebrick_model::{AnyTensor, Model};

use super::Trainer;
use super::passing::Passing;
use crate::display::Display;
use crate::displays::{PassBar, PassLines};
use crate::error::TrainError;
use crate::evaluation::ClassEvaluation;
use crate::evaluation::Evaluation;
use crate::logs::Logs;
use crate::memory::check_pass;
use crate::objective::{Objective, named};
use crate::outputs::Outputs;
use crate::pass::Pass;
use crate::step::{Measures, judge};

/// How long a pass takes before its progress is shown.
const LONG: Duration = Duration::from_secs(2);

pub(super) fn evaluate<M: Model>(
    trainer: &Trainer<M>,
    data: Arc<dyn BatchSource>,
    objective: Objective,
    pass: &Pass,
    batch_size: usize,
) -> Result<Evaluation, TrainError> {
    let size = (data.num_samples(), batch_size);
    let num_classes = objective.num_told_apart();
    let loader = BatchLoader::new(data, batch_size, &trainer.device)?;
    let objective = Arc::new(objective);
    let measures = Measures::of(&objective);
    let iterations = trainer.iterations();
    let mut passing = Passing::new(
        &trainer.model,
        Some(measures),
        &pass.callbacks,
        size,
        iterations,
    );
    let mut targets = Vec::new();
    let mut predictions = Vec::new();
    let mut lines = PassLines::new(trainer.display, loader.num_batches());
    passing.call(|callback, training| callback.on_test_begin(training))?;
    for batch in loader.iter() {
        let batch = batch.map_err(TrainError::samples)?;
        passing.begin_batch();
        passing.call(|callback, training| callback.on_test_batch_begin(training))?;
        let classes = batch.classes();
        let (output, outputs) = judge(&trainer.model, &objective, batch)?;
        if num_classes.is_some() {
            targets.extend(read_classes(classes)?);
            predictions.extend(read_classes(decided(&outputs))?);
        }
        passing.pending.push(output, None);
        lines.batch_done();
        passing.call(|callback, training| callback.on_test_batch_end(training))?;
        if passing.is_stopped() {
            break;
        }
        if passing.pending.is_due() {
            passing.read()?;
            lines.show(&passing.current_logs()?);
        }
    }
    passing.read()?;
    let figures = passing.current_logs()?;
    lines.end(&figures);
    passing.call(|callback, training| callback.on_test_end(training, &figures))?;
    Ok(Evaluation {
        figures,
        samples: passing.figures.samples(),
        classes: num_classes
            .map(|num_classes| ClassEvaluation::new(num_classes, &targets, predictions)),
    })
}

pub(super) fn predict<M: Model>(
    trainer: &Trainer<M>,
    inputs: &AnyTensor,
    pass: &Pass,
) -> Result<AnyTensor, TrainError> {
    together(|each| predict_each(trainer, inputs, pass, each))
}

pub(super) fn predict_each<M: Model, E: From<TrainError>>(
    trainer: &Trainer<M>,
    inputs: &AnyTensor,
    pass: &Pass,
    each: impl FnMut(AnyTensor) -> Result<(), E>,
) -> Result<(), E> {
    let num_samples = inputs.shape()[0];
    let rows = |rows: Range<usize>| {
        if rows.len() == num_samples {
            return Ok(inputs.clone());
        }
        Ok(inputs.clone().samples(rows))
    };
    answered(trainer, pass, Display::Quiet, (num_samples, rows), each)
}

pub(super) fn predict_data<M: Model>(
    trainer: &Trainer<M>,
    data: &dyn BatchSource,
    pass: &Pass,
) -> Result<AnyTensor, TrainError> {
    let inputs = |rows: Range<usize>| {
        let rows: Vec<usize> = rows.collect();
        let gathered = data.gather(&rows, &trainer.device);
        let batch = gathered.map_err(TrainError::samples)?;
        let mut shape = vec![rows.len()];
        shape.extend(data.input_shape());
        Ok(AnyTensor::from(batch.inputs).reshape(&shape)?)
    };
    let display = trainer.display;
    together(|each| answered(trainer, pass, display, (data.num_samples(), inputs), each))
}

/// All answers that `predict` hands on.
fn together(
    predict: impl FnOnce(&mut dyn FnMut(AnyTensor) -> Result<(), TrainError>) -> Result<(), TrainError>,
) -> Result<AnyTensor, TrainError> {
    let mut answers = Vec::new();
    predict(&mut |batch| {
        answers.push(batch);
        Ok(())
    })?;
    Ok(AnyTensor::concatenate(answers)?)
}

/// Hands on the answers to so many samples, batch by batch, with what gives the inputs of some of them.
fn answered<M: Model, E: From<TrainError>>(
    trainer: &Trainer<M>,
    pass: &Pass,
    display: Display,
    (num_samples, inputs): (
        usize,
        impl Fn(Range<usize>) -> Result<AnyTensor, TrainError>,
    ),
    mut each: impl FnMut(AnyTensor) -> Result<(), E>,
) -> Result<(), E> {
    let model = &trainer.model;
    let batch_size = batch_size(trainer, pass, num_samples)?;
    let size = (num_samples, batch_size);
    let mut passing = Passing::new(model, None, &pass.callbacks, size, trainer.iterations());
    let mut lines = PassLines::new(display, num_samples.div_ceil(batch_size));
    // Whoever has asked for a line sees it from the start.
    let mut bar = (display == Display::Quiet).then(|| PassBar::after(LONG, num_samples));
    let nothing = Logs::new();
    passing.call(|callback, training| callback.on_predict_begin(training))?;
    // The answer to no sample is one of no row.
    for start in (0..num_samples.max(1)).step_by(batch_size) {
        let end = start.saturating_add(batch_size).min(num_samples);
        passing.begin_batch();
        passing.call(|callback, training| callback.on_predict_batch_begin(training))?;
        let inputs = inputs(start..end)?;
        let part = || "forward pass of the network".to_owned();
        let answers = named(part, || model.predict(inputs))?
            .map_err(|error| TrainError::from(error.with_sample(|sample| start + sample)))?;
        passing.call(|callback, training| callback.on_predict_batch_end(training))?;
        each(answers)?;
        lines.batch_done();
        lines.show(&nothing);
        if let Some(bar) = &mut bar {
            bar.show(end);
        }
        if passing.is_stopped() {
            break;
        }
    }
    lines.end(&nothing);
    passing.call(|callback, training| callback.on_predict_end(training))?;
    Ok(())
}

/// Samples a batch, for which there is room.
pub(super) fn batch_size<M: Model>(
    trainer: &Trainer<M>,
    pass: &Pass,
    num_samples: usize,
) -> Result<usize, TrainError> {
    let size = trainer.model.size();
    let batch_size = pass.batch_size(size.as_ref())?;
    if let Some(size) = &size {
        check_pass(size, batch_size.min(num_samples), &trainer.device)?;
    }
    Ok(batch_size)
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

fn read_classes(classes: Tensor<1, Int>) -> Result<Vec<usize>, TrainError> {
    let data = classes
        .try_into_data_as::<i64>()
        .map_err(TrainError::device)?;
    data.iter::<i64>()
        .map(|class| usize::try_from(class).map_err(TrainError::device))
        .collect()
}
