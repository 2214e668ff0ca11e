use std::time::{Duration, Instant};

use burn::tensor::{Int, Tensor};

use super::compiled::StepOutput;
use crate::figures::RunningMeans;

/// Figures of batches that still lie on the device.
///
/// Reading a number back waits for the device, so it is done a few times a second for many
/// batches at once.
pub(crate) struct Pending {
    samples: Vec<usize>,
    losses: Vec<Tensor<1>>,
    correct: Vec<Tensor<1, Int>>,
    /// The learning rate of the step after each batch.
    learning_rates: Vec<f64>,
    last_read: Instant,
}

/// A batch whose loss is not finite.
#[derive(Debug)]
pub(crate) struct NonFinite {
    /// Counted from 1 within the epoch.
    pub(crate) batch: usize,
    pub(crate) loss: f64,
    /// The rate of the step before this batch, if it is among those that were read.
    pub(crate) learning_rate: Option<f64>,
}

/// How often somebody looks.
const INTERVAL: Duration = Duration::from_millis(200);

/// The most batches to hold back, whatever the interval.
const MOST: usize = 256;

impl Pending {
    pub(crate) fn new() -> Self {
        Self {
            samples: Vec::new(),
            losses: Vec::new(),
            correct: Vec::new(),
            learning_rates: Vec::new(),
            last_read: Instant::now(),
        }
    }

    /// Takes the figures of a batch, and the rate of the step that followed it (0 without one).
    pub(crate) fn push(&mut self, output: StepOutput, learning_rate: f64) {
        self.learning_rates.push(learning_rate);
        self.samples.push(output.samples);
        self.losses.push(output.loss);
        self.correct.push(output.correct);
    }

    /// Whether it is time to read.
    pub(crate) fn is_due(&self) -> bool {
        self.losses.len() >= MOST || self.last_read.elapsed() >= INTERVAL
    }

    /// Reads everything back and adds it to the means; names the first batch that is not finite.
    ///
    /// # Errors
    /// The message of a device that failed.
    pub(crate) fn read(&mut self, means: &mut RunningMeans) -> Result<Option<NonFinite>, String> {
        self.last_read = Instant::now();
        if self.losses.is_empty() {
            return Ok(None);
        }
        let losses = Tensor::cat(std::mem::take(&mut self.losses), 0)
            .try_into_data_as::<f32>()
            .map_err(|error| error.to_string())?;
        let correct = Tensor::cat(std::mem::take(&mut self.correct), 0)
            .try_into_data_as::<i64>()
            .map_err(|error| error.to_string())?;
        let losses = losses
            .as_slice::<f32>()
            .map_err(|error| format!("{error:?}"))?;
        let correct = correct
            .as_slice::<i64>()
            .map_err(|error| format!("{error:?}"))?;
        let samples = std::mem::take(&mut self.samples);
        let learning_rates = std::mem::take(&mut self.learning_rates);
        let mut rate_before = None;
        let mut non_finite = None;
        let figures = samples.into_iter().zip(losses).zip(correct);
        for (((samples, &loss), &correct), rate) in figures.zip(learning_rates) {
            let loss = f64::from(loss);
            means.add(samples, loss, correct as f64);
            if !loss.is_finite() {
                non_finite.get_or_insert(NonFinite {
                    batch: means.batches(),
                    loss,
                    learning_rate: rate_before,
                });
            }
            rate_before = Some(rate);
        }
        Ok(non_finite)
    }
}
