//! The pass over samples that a model answers.

use std::ops::Range;
use std::time::Duration;

use firebrick_data::BatchSource;
use firebrick_model::{Model, Signals};
use firebrick_tensor::AnyTensor;

use super::Trainer;
use super::passing::Passing;
use crate::display::Display;
use crate::displays::{PassBar, PassLines};
use crate::error::TrainError;
use crate::inputs::Inputs;
use crate::logs::Logs;
use crate::memory::check_pass;
use crate::mismatch_error::MismatchError;
use crate::objective::named;
use crate::pass::Pass;
use crate::passes::{self, DataPass, Hook, Phase};

/// How long a prediction takes before its progress is shown.
const LONG: Duration = Duration::from_secs(2);

/// A prediction at work: what gives the inputs of some samples, and what takes the answers.
struct Predicting<'a, M: Model, I, F> {
    passing: Passing<'a, M>,
    inputs: I,
    each: F,
    num_samples: usize,
    batch_size: usize,
    /// The first sample that has not been answered.
    next: usize,
    /// Absent where they have been handed on.
    answers: Option<Signals>,
    lines: PassLines,
    /// Whoever has asked for a line sees it from the start.
    bar: Option<PassBar>,
}

pub(super) fn predict_all<M: Model>(
    trainer: &Trainer<M>,
    inputs: &Signals,
    pass: &Pass,
) -> Result<Signals, TrainError> {
    together(|each| predict_each(trainer, inputs, pass, each))
}

/// The only answers, of a network with one output.
///
/// # Errors
/// Those of several outputs.
pub(super) fn only(answers: Signals) -> Result<AnyTensor, TrainError> {
    let received = answers.len();
    let only = answers.into_values();
    Ok(only.map_err(|_several| MismatchError::NumOutputs { received })?)
}

pub(super) fn predict_each<M: Model, E: From<TrainError>>(
    trainer: &Trainer<M>,
    inputs: &Signals,
    pass: &Pass,
    each: impl FnMut(Signals) -> Result<(), E>,
) -> Result<(), E> {
    let counts: Vec<usize> = inputs.iter().map(|input| input.shape()[0]).collect();
    let num_samples = counts.first().copied().unwrap_or(0);
    if counts.iter().any(|&count| count != num_samples) {
        return Err(TrainError::from(MismatchError::NumSamples { counts }).into());
    }
    let rows = |rows: Range<usize>| {
        if rows.len() == num_samples {
            return Ok(inputs.clone());
        }
        let values = inputs.iter().map(|input| input.values().clone());
        Ok(values.map(|values| values.samples(rows.clone())).collect())
    };
    // What an array is answered to shows no lines, whatever was asked for.
    answered(trainer, pass, Display::Quiet, num_samples, rows, each)
}

pub(super) fn predict_data<M: Model>(
    trainer: &Trainer<M>,
    data: &dyn BatchSource,
    pass: &Pass,
) -> Result<Signals, TrainError> {
    let own = Inputs::new(&data.all_inputs(), &trainer.model.input_names())?;
    let inputs = |rows: Range<usize>| {
        let rows: Vec<usize> = rows.collect();
        let gathered = data.gather(&rows, &trainer.device);
        own.of(&gathered.map_err(TrainError::samples)?)
    };
    let display = trainer.display;
    together(|each| answered(trainer, pass, display, data.num_samples(), inputs, each))
}

/// All answers that `predict` hands on.
fn together(
    predict: impl FnOnce(&mut dyn FnMut(Signals) -> Result<(), TrainError>) -> Result<(), TrainError>,
) -> Result<Signals, TrainError> {
    let mut answers: Vec<Vec<AnyTensor>> = Vec::new();
    predict(&mut |batch| {
        answers.resize_with(batch.len(), Vec::new);
        for (all, output) in answers.iter_mut().zip(batch) {
            all.push(output.into_values());
        }
        Ok(())
    })?;
    let joined = answers.into_iter().map(AnyTensor::concatenate);
    Ok(joined.collect::<Result<_, _>>()?)
}

/// Hands on the answers to so many samples, batch by batch.
fn answered<M: Model, E: From<TrainError>>(
    trainer: &Trainer<M>,
    pass: &Pass,
    display: Display,
    num_samples: usize,
    inputs: impl Fn(Range<usize>) -> Result<Signals, TrainError>,
    each: impl FnMut(Signals) -> Result<(), E>,
) -> Result<(), E> {
    let batch_size = batch_size(trainer, pass, num_samples)?;
    let mut predicting = Predicting {
        passing: Passing::new(trainer, None, &pass.callbacks, num_samples, batch_size),
        inputs,
        each,
        num_samples,
        batch_size,
        next: 0,
        answers: None,
        lines: PassLines::new(display, num_samples.div_ceil(batch_size)),
        bar: (display == Display::Quiet).then(|| PassBar::after(LONG, num_samples)),
    };
    let passing = &mut predicting.passing;
    passing.call(&mut |callback, training| callback.on_predict_begin(training))?;
    passes::run(&mut predicting)?;
    let passing = &mut predicting.passing;
    passing.call(&mut |callback, training| callback.on_predict_end(training))?;
    Ok(())
}

impl<M, E, I, F> DataPass for Predicting<'_, M, I, F>
where
    M: Model,
    E: From<TrainError>,
    I: Fn(Range<usize>) -> Result<Signals, TrainError>,
    F: FnMut(Signals) -> Result<(), E>,
{
    type Batch = Range<usize>;
    type Error = E;

    const PHASE: Phase = Phase::Predict;

    fn next_batch(&mut self) -> Result<Option<Range<usize>>, E> {
        let start = self.next;
        // The answer to no sample is one of no row.
        if start >= self.num_samples && self.passing.tally.batch() > 0 {
            return Ok(None);
        }
        self.next = start.saturating_add(self.batch_size).min(self.num_samples);
        self.passing.tally.begin_batch();
        Ok(Some(start..self.next))
    }

    fn call(&mut self, hook: &mut Hook<'_>) -> Result<(), TrainError> {
        self.passing.call(hook)
    }

    fn take(&mut self, rows: Range<usize>) -> Result<(), E> {
        let start = rows.start;
        let inputs = (self.inputs)(rows)?;
        let part = || "forward pass of the network".to_owned();
        let answers = named(part, || self.passing.model.predict_all(inputs))?;
        let answers = answers
            .map_err(|error| TrainError::from(error.with_sample(|sample| start + sample)))?;
        self.answers = Some(answers);
        Ok(())
    }

    fn is_stopped(&mut self) -> bool {
        self.passing.is_stopped
    }

    /// Every batch is handed on at once.
    fn is_due(&self) -> bool {
        true
    }

    fn look(&mut self) -> Result<(), E> {
        if let Some(answers) = self.answers.take() {
            (self.each)(answers)?;
        }
        self.lines.batch_done();
        self.lines.show(&Logs::new());
        if let Some(bar) = &mut self.bar {
            bar.show(self.next);
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), E> {
        self.lines.end(&Logs::new());
        Ok(())
    }
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
