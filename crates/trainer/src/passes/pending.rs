use std::time::{Duration, Instant};

use burn::tensor::Tensor;

use crate::error::TrainError;
use crate::figures::RunningFigures;
use crate::step::{Figures, Measures, StepOutput};

/// Figures of batches that still lie on the device.
///
/// Reading a number back waits for the device, so it is done a few times a second for many
/// batches at once.
pub(super) struct Pending {
    batches: Vec<PendingBatch>,
    figures: Vec<Figures>,
    /// Numbers in `figures`.
    length: usize,
    last_read: Instant,
}

struct PendingBatch {
    samples: usize,
    /// How many numbers each metric has.
    lengths: Vec<usize>,
    /// How many numbers follow that are no figures.
    num_others: usize,
    /// The learning rate of the last update before the batch, if there was one.
    learning_rate: Option<f64>,
}

/// A batch whose loss is not finite.
#[derive(Debug)]
pub(crate) struct NonFinite {
    /// Counted from 1 within the epoch.
    pub(crate) batch: usize,
    pub(crate) loss: f64,
    /// The rate of the last update before this batch, if there was one.
    pub(crate) learning_rate: Option<f64>,
}

/// How often somebody looks.
const INTERVAL: Duration = Duration::from_millis(200);

/// [`INTERVAL`], but in tests what they say.
fn interval() -> Duration {
    #[cfg(test)]
    if let Some(interval) = tests::INTERVAL.get() {
        return interval;
    }
    INTERVAL
}

/// The most batches to hold back, whatever the interval.
const MOST: usize = 256;

/// The most numbers to hold back; a confusion matrix of many classes has many.
const MOST_NUMBERS: usize = 1 << 20;

impl Pending {
    pub(super) fn new() -> Self {
        Self {
            batches: Vec::new(),
            figures: Vec::new(),
            length: 0,
            last_read: Instant::now(),
        }
    }

    /// Takes the figures of a batch, further numbers that are no figures, and the rate of the last update before it.
    pub(super) fn push(
        &mut self,
        output: StepOutput,
        others: Option<Tensor<1>>,
        learning_rate: Option<f64>,
    ) {
        let StepOutput {
            samples,
            figures,
            lengths,
        } = output;
        let num_others = others.as_ref().map_or(0, |others| others.dims()[0]);
        self.length += figures.len() + num_others;
        self.figures.push(figures);
        self.figures.extend(others.map(Figures::Device));
        self.batches.push(PendingBatch {
            samples,
            lengths,
            num_others,
            learning_rate,
        });
    }

    /// Whether everything has been read.
    pub(super) fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    /// Whether it is time to read.
    pub(super) fn is_due(&self) -> bool {
        self.batches.len() >= MOST
            || self.length >= MOST_NUMBERS
            || self.last_read.elapsed() >= interval()
    }

    /// Reads everything back and adds it to the figures as its measures want it; hands on the numbers of each batch that
    /// are no figures, and names the first batch whose loss is not finite.
    ///
    /// # Errors
    /// A device that failed.
    pub(super) fn read(
        &mut self,
        figures: &mut RunningFigures,
        measures: &Measures,
        mut others: impl FnMut(&[f32]),
    ) -> Result<Option<NonFinite>, TrainError> {
        self.last_read = Instant::now();
        if self.batches.is_empty() {
            return Ok(None);
        }
        self.length = 0;
        let values = Figures::read(std::mem::take(&mut self.figures))?;
        let mut rest = values.as_slice();
        let mut take = |length: usize| {
            let (taken, others) = rest.split_at(length);
            rest = others;
            taken
        };
        let mut non_finite = None;
        for batch in self.batches.drain(..) {
            let loss = f64::from(take(1)[0]);
            let sums: Vec<&[f32]> = batch.lengths.iter().map(|&length| take(length)).collect();
            figures.add(batch.samples, loss, sums, |metric, sums, batch| {
                measures.join(metric, sums, batch);
            });
            others(take(batch.num_others));
            if !loss.is_finite() {
                non_finite.get_or_insert(NonFinite {
                    batch: figures.batches(),
                    loss,
                    learning_rate: batch.learning_rate,
                });
            }
        }
        Ok(non_finite)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    thread_local! {
        pub(super) static INTERVAL: Cell<Option<Duration>> = const { Cell::new(None) };
    }

    /// Runs this with another interval between two looks on this thread.
    pub(crate) fn with_interval<T>(interval: Duration, run: impl FnOnce() -> T) -> T {
        INTERVAL.set(Some(interval));
        let done = run();
        INTERVAL.set(None);
        done
    }
}
