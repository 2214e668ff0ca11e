//! The pass over samples that a model answers.

use std::ops::Range;
use std::time::Duration;

use burn::data::dataloader::DataLoader;
use burn::data::dataset::DatasetError;
use firebrick_data::{Batch, DataError, Samples, StreamLoader};
use firebrick_model::{HostInference, Model, Signals};
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
use crate::step_kind::StepKind;

/// How long a prediction takes before its progress is shown.
const LONG: Duration = Duration::from_secs(2);

/// Samples for which it is worth it to copy all weights to plain memory.
const WORTH_IT: usize = 16;

/// A prediction at work: what gives the inputs of a batch after the other, and what takes the answers.
struct Predicting<'a, M: Model, I, F> {
    passing: Passing<'a, M>,
    /// Where it runs over plain memory.
    host: Option<HostInference>,
    inputs: I,
    each: F,
    /// Batches to take at most.
    steps: usize,
    /// Samples before the batch that is at work, and with it.
    before: usize,
    done: usize,
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
    let batch_size = size_for(trainer, pass, num_samples)?;
    let inputs = ranges(num_samples, batch_size).map(rows);
    let total = Total {
        samples: Some(num_samples),
        batches: Some(num_samples.div_ceil(batch_size)),
        batch_size,
    };
    // What an array is answered to shows no lines, whatever was asked for.
    answered(trainer, pass, (Display::Quiet, total), inputs, each)
}

/// The rows of one batch after the other. The answer to no sample is one of no row.
fn ranges(num_samples: usize, batch_size: usize) -> impl Iterator<Item = Range<usize>> {
    let starts = (0..num_samples.max(1)).step_by(batch_size);
    starts.map(move |start| start..start.saturating_add(batch_size).min(num_samples))
}

pub(super) fn predict_data<M: Model>(
    trainer: &Trainer<M>,
    data: &Samples,
    pass: &Pass,
) -> Result<Signals, TrainError> {
    let own = Inputs::new(&data.fields()?.inputs, &trainer.model.input_names())?;
    let batch_size = batch_size(trainer, pass, data)?;
    let of_batch = |batch: Result<Batch, DatasetError>| -> Result<Signals, TrainError> {
        own.of(&batch.map_err(TrainError::samples)?)
    };
    let total = Total {
        samples: data.num_samples(),
        batches: data.num_batches(batch_size),
        batch_size,
    };
    let shown = (trainer.display, total);
    match data {
        Samples::Rows(rows) => {
            let gathered = ranges(rows.num_samples(), batch_size).map(|range| {
                let range: Vec<usize> = range.collect();
                of_batch(rows.gather(&range, &trainer.device))
            });
            together(|each| answered(trainer, pass, shown, gathered, each))
        }
        Samples::Stream(stream) => {
            let loader = StreamLoader::new(stream, &trainer.device).map_err(DataError::from)?;
            together(|each| answered(trainer, pass, shown, loader.iter().map(of_batch), each))
        }
    }
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

/// How much there is to answer, as far as it is known.
#[derive(Clone, Copy)]
struct Total {
    samples: Option<usize>,
    batches: Option<usize>,
    batch_size: usize,
}

/// Hands on the answers to these inputs, batch by batch.
fn answered<M: Model, E: From<TrainError>>(
    trainer: &Trainer<M>,
    pass: &Pass,
    (display, total): (Display, Total),
    inputs: impl Iterator<Item = Result<Signals, TrainError>>,
    each: impl FnMut(Signals) -> Result<(), E>,
) -> Result<(), E> {
    let batches = steps(pass, total.batches)?;
    let mut predicting = Predicting {
        passing: Passing::new(trainer, None, &pass.callbacks, batches, total.batch_size),
        host: host(trainer, pass, total)?,
        inputs,
        each,
        steps: pass.steps()?.unwrap_or(usize::MAX),
        before: 0,
        done: 0,
        answers: None,
        lines: PassLines::new(display, batches),
        bar: (display == Display::Quiet).then(|| PassBar::after(LONG, total.samples)),
    };
    let passing = &mut predicting.passing;
    passing.call(&mut |callback, training| callback.on_predict_begin(training))?;
    passes::run(&mut predicting)?;
    let passing = &mut predicting.passing;
    passing.call(&mut |callback, training| callback.on_predict_end(training))?;
    Ok(())
}

/// The network over plain memory, where it is worth it to bring its weights there.
///
/// # Errors
/// A network or a device that cannot, where it is asked for.
fn host<M: Model>(
    trainer: &Trainer<M>,
    pass: &Pass,
    total: Total,
) -> Result<Option<HostInference>, TrainError> {
    if pass.step == StepKind::Auto && total.samples.is_some_and(|samples| samples < WORTH_IT) {
        return Ok(None);
    }
    pass.step
        .host_inference(&trainer.model, &trainer.device, HostInference::new)
}

impl<M, E, I, F> DataPass for Predicting<'_, M, I, F>
where
    M: Model,
    E: From<TrainError>,
    I: Iterator<Item = Result<Signals, TrainError>>,
    F: FnMut(Signals) -> Result<(), E>,
{
    type Batch = Signals;
    type Error = E;

    const PHASE: Phase = Phase::Predict;

    fn next_batch(&mut self) -> Result<Option<Signals>, E> {
        if self.passing.tally.batch() >= self.steps {
            return Ok(None);
        }
        let Some(inputs) = self.inputs.next().transpose()? else {
            return Ok(None);
        };
        self.before = self.done;
        let samples = inputs.iter().next().map_or(0, |input| input.shape()[0]);
        self.done = self.before.saturating_add(samples);
        self.passing.tally.begin_batch();
        Ok(Some(inputs))
    }

    fn call(&mut self, hook: &mut Hook<'_>) -> Result<(), TrainError> {
        self.passing.call(hook)
    }

    fn take(&mut self, inputs: Signals) -> Result<(), E> {
        let start = self.before;
        let part = || "forward pass of the network".to_owned();
        let model = self.passing.model;
        let answers = named(part, || match &self.host {
            Some(host) if host.takes(&inputs) => host.predict(inputs),
            _ => model.predict_all(inputs),
        })?;
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
            bar.show(self.done);
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), E> {
        self.lines.end(&Logs::new());
        Ok(())
    }
}

/// Batches of a pass, if they are known.
///
/// # Errors
/// A pass that takes none.
pub(super) fn steps(pass: &Pass, batches: Option<usize>) -> Result<Option<usize>, TrainError> {
    Ok(match (pass.steps()?, batches) {
        (Some(steps), Some(batches)) => Some(steps.min(batches)),
        (steps, batches) => steps.or(batches),
    })
}

/// Samples a batch, for which there is room; of a stream as many as it gives.
pub(super) fn batch_size<M: Model>(
    trainer: &Trainer<M>,
    pass: &Pass,
    data: &Samples,
) -> Result<usize, TrainError> {
    if let Some(num_samples) = data.num_samples() {
        return size_for(trainer, pass, num_samples);
    }
    let size = data.batch_size(0)?;
    size_for(trainer, &pass.clone().with_batch_size(size.max(1)), size)
}

fn size_for<M: Model>(
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
