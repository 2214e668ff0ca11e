use std::time::{Duration, Instant};

use burn::tensor::Tensor;

use crate::error::TrainError;
use crate::figures::RunningFigures;
use crate::step::{Measures, StepOutput};

/// Figures of batches that still lie on the device.
///
/// Reading a number back waits for the device, so it is done a few times a second for many
/// batches at once.
pub(crate) struct Pending {
    batches: Vec<PendingBatch>,
    figures: Vec<Tensor<1>>,
    /// Numbers in `figures`.
    length: usize,
    last_read: Instant,
}

struct PendingBatch {
    samples: usize,
    /// How many numbers each metric has.
    lengths: Vec<usize>,
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

/// The most batches to hold back, whatever the interval.
const MOST: usize = 256;

/// The most numbers to hold back; a confusion matrix of many classes has many.
const MOST_NUMBERS: usize = 1 << 20;

impl Pending {
    pub(crate) fn new() -> Self {
        Self {
            batches: Vec::new(),
            figures: Vec::new(),
            length: 0,
            last_read: Instant::now(),
        }
    }

    /// Takes the figures of a batch, and the rate of the last update before it.
    pub(crate) fn push(&mut self, output: StepOutput, learning_rate: Option<f64>) {
        let StepOutput {
            samples,
            figures,
            lengths,
        } = output;
        self.length += figures.dims()[0];
        self.figures.push(figures);
        self.batches.push(PendingBatch {
            samples,
            lengths,
            learning_rate,
        });
    }

    /// Whether it is time to read.
    pub(crate) fn is_due(&self) -> bool {
        self.batches.len() >= MOST
            || self.length >= MOST_NUMBERS
            || self.last_read.elapsed() >= INTERVAL
    }

    /// Reads everything back and adds it to the figures as its measures want it; names the first batch
    /// whose loss is not finite.
    ///
    /// # Errors
    /// A device that failed.
    pub(crate) fn read(
        &mut self,
        figures: &mut RunningFigures,
        measures: &Measures,
    ) -> Result<Option<NonFinite>, TrainError> {
        self.last_read = Instant::now();
        if self.batches.is_empty() {
            return Ok(None);
        }
        self.length = 0;
        let values = Tensor::cat(std::mem::take(&mut self.figures), 0)
            .try_into_data_as::<f32>()
            .map_err(TrainError::device)?;
        let mut rest = values
            .as_slice::<f32>()
            .map_err(|error| TrainError::device(format!("{error:?}")))?;
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
