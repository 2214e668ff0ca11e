use burn::tensor::Tensor;

use super::pending::{NonFinite, Pending};
use crate::error::TrainError;
use crate::figures::RunningFigures;
use crate::logs::Logs;
use crate::metrics::Direction;
use crate::step::{Measures, StepOutput};

/// What a pass has come to: where it is, the figures that were read, and those that still lie on the device.
pub(crate) struct Tally {
    /// Absent where nothing is judged.
    measures: Option<Measures>,
    /// Counted from 1; 0 before the first.
    batch: usize,
    figures: RunningFigures,
    pending: Pending,
    /// The first batch whose loss was found to be no number.
    non_finite: Option<NonFinite>,
    /// Numbers of the batches that are no figures.
    others: Vec<Vec<f32>>,
}

impl Tally {
    /// Before the first batch; of a pass without measures there are no figures.
    pub(crate) fn new(measures: Option<Measures>) -> Self {
        Self {
            measures,
            batch: 0,
            figures: RunningFigures::default(),
            pending: Pending::new(),
            non_finite: None,
            others: Vec::new(),
        }
    }

    /// The same for another pass.
    pub(crate) fn restart(&mut self) {
        *self = Self::new(self.measures.take());
    }

    /// Goes on after this batch, counted from 1, with the figures of those up to it.
    pub(crate) fn resume(&mut self, batch: usize, figures: RunningFigures) {
        self.restart();
        self.batch = batch;
        self.figures = figures;
    }

    /// Goes on to the next batch.
    pub(crate) fn begin_batch(&mut self) {
        self.batch += 1;
    }

    /// The batch that it is at, counted from 1.
    pub(crate) fn batch(&self) -> usize {
        self.batch
    }

    /// Takes the figures of a batch, and the rate of the last update before it.
    ///
    /// # Errors
    /// Other figures than are measured.
    pub(crate) fn push(
        &mut self,
        output: StepOutput,
        learning_rate: Option<f64>,
    ) -> Result<(), TrainError> {
        if let Some(measures) = &self.measures {
            measures.check(&output)?;
        }
        self.pending.push(output, None, learning_rate);
        Ok(())
    }

    /// Takes the figures of a batch and numbers that are none, to be [taken](Self::take_others) when they are read.
    pub(crate) fn push_with(&mut self, output: StepOutput, others: Tensor<1>) {
        self.pending.push(output, Some(others), None);
    }

    /// Whether it is time to read.
    pub(crate) fn is_due(&self) -> bool {
        self.pending.is_due()
    }

    /// Whether nothing lies on the device any more.
    pub(crate) fn is_read(&self) -> bool {
        self.pending.is_empty()
    }

    /// Reads what still lies on the device.
    ///
    /// # Errors
    /// A device that fails.
    pub(crate) fn read(&mut self) -> Result<(), TrainError> {
        let Some(measures) = &self.measures else {
            return Ok(());
        };
        let others = &mut self.others;
        let keep = |numbers: &[f32]| {
            if !numbers.is_empty() {
                others.push(numbers.to_vec());
            }
        };
        let found = self.pending.read(&mut self.figures, measures, keep)?;
        if let Some(found) = found {
            self.non_finite.get_or_insert(found);
        }
        Ok(())
    }

    /// The figures of what has been read.
    ///
    /// # Errors
    /// A metric that panics.
    pub(crate) fn logs(&self) -> Result<Logs, TrainError> {
        match &self.measures {
            Some(measures) => measures.logs(&self.figures),
            None => Ok(Logs::new()),
        }
    }

    /// Which way a figure gets better.
    pub(crate) fn direction(&self, figure: &str) -> Direction {
        let measures = self.measures.as_ref();
        measures.map_or(Direction::Unknown, |measures| measures.direction(figure))
    }

    /// The sums that have been read.
    pub(crate) fn figures(&self) -> &RunningFigures {
        &self.figures
    }

    /// The first batch that was read whose loss is no number, once.
    pub(crate) fn take_non_finite(&mut self) -> Option<NonFinite> {
        self.non_finite.take()
    }

    /// The numbers that are no figures, of each batch that has been read.
    pub(crate) fn take_others(&mut self) -> Vec<Vec<f32>> {
        std::mem::take(&mut self.others)
    }
}
