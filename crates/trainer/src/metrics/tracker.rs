//! Metrics as values that gather batch after batch, for loops of one's own.

mod mean_tracker;
mod metric_tracker;
mod sum_tracker;

use burn::tensor::Tensor;

pub use mean_tracker::MeanTracker;
pub use metric_tracker::MetricTracker;
pub use sum_tracker::SumTracker;

use crate::error::TrainError;
use crate::read_back::read_back;

/// Numbers of so many batches wait on the device before they are read back.
const MOST_WAITING: usize = 256;

/// Sums of what batches give, on the device until somebody asks.
#[derive(Clone, Debug, Default)]
struct Sums {
    /// `None` before the first batch.
    read: Option<Vec<f64>>,
    waiting: Vec<Tensor<1>>,
}

impl Sums {
    /// Adds the numbers of a batch, of which there are always as many, without a way back to the weights.
    fn add(
        &mut self,
        numbers: Tensor<1>,
        join: impl Fn(&mut [f64], &[f64]),
    ) -> Result<(), TrainError> {
        self.waiting.push(numbers.inner());
        if self.waiting.len() >= MOST_WAITING {
            self.read(join)?;
        }
        Ok(())
    }

    /// The sums so far, `None` without a batch; waits for the device.
    fn read(&mut self, join: impl Fn(&mut [f64], &[f64])) -> Result<Option<&[f64]>, TrainError> {
        let waiting = std::mem::take(&mut self.waiting);
        if let Some(first) = waiting.first() {
            let length = first.dims()[0].max(1);
            let numbers = read_back(Tensor::cat(waiting, 0))?;
            for batch in numbers.chunks(length) {
                let batch: Vec<f64> = batch.iter().copied().map(f64::from).collect();
                match &mut self.read {
                    Some(sums) => join(sums, &batch),
                    None => self.read = Some(batch),
                }
            }
        }
        Ok(self.read.as_deref())
    }
}

/// Adds number by number.
fn plus(sums: &mut [f64], batch: &[f64]) {
    for (sum, number) in sums.iter_mut().zip(batch) {
        *sum += number;
    }
}
