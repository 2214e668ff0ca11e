//! The numbers of samples.

use burn::tensor::Device;
use firebrick_data::{Batch, InputField, Samples, StreamFields, Targets};

use super::Depth;
use crate::check::{ColumnScan, InputScan};
use crate::error::TrainError;

/// The most numbers that are gathered together.
const TOGETHER: usize = 1 << 18;

/// The most numbers that are looked at before a training: some milliseconds.
const BRIEF: usize = 1 << 19;

/// The most numbers of targets that are held.
const TARGETS: usize = 1 << 22;

/// What was seen of samples.
pub(super) struct Looked {
    pub(super) fields: StreamFields,
    /// Of each input.
    pub(super) inputs: Vec<InputScan>,
    /// Of each target the numbers of some rows, evenly spread.
    pub(super) targets: Vec<Vec<f32>>,
    /// How many rows were looked at.
    pub(super) rows: usize,
}

impl Looked {
    /// All samples, or some that are evenly spread; of a stream those of the first batch.
    ///
    /// # Errors
    /// Samples that cannot be read.
    pub(super) fn at(data: &Samples, depth: Depth, device: &Device) -> Result<Self, TrainError> {
        let fields = data.fields()?;
        let mut own = Self {
            inputs: vec![InputScan::default(); fields.inputs.len()],
            targets: vec![Vec::new(); fields.targets.len()],
            fields,
            rows: 0,
        };
        let Samples::Rows(source) = data else {
            let first = data.first(1, device).map_err(TrainError::samples)?;
            own.add(&first, 1)?;
            return Ok(own);
        };
        let width = own.width().max(1);
        let num_samples = source.num_samples();
        let most = match depth {
            Depth::Whole => num_samples,
            Depth::Brief => BRIEF / width,
        };
        let rows = spread(num_samples, most.max(1));
        let asked = own.fields.targets.iter();
        let asked: usize = asked.map(|field| field.targets.num_columns()).sum();
        let stride = (rows.len().saturating_mul(asked)).div_ceil(TARGETS).max(1);
        for part in rows.chunks((TOGETHER / width).max(1)) {
            let batch = source.gather(part, device).map_err(TrainError::samples)?;
            own.add(&batch, stride)?;
        }
        Ok(own)
    }

    fn width(&self) -> usize {
        self.fields.inputs.iter().map(InputField::num_columns).sum()
    }

    fn add(&mut self, batch: &Batch, stride: usize) -> Result<(), TrainError> {
        for (scan, input) in self.inputs.iter_mut().zip(batch.all_inputs()) {
            let width = input.shape()[1..].iter().product();
            scan.add(&input.clone().into_floats().into_vec()?, width);
        }
        for (held, target) in self.targets.iter_mut().zip(batch.all_targets()) {
            let width = target.shape()[1..].iter().product::<usize>().max(1);
            let values = target.clone().into_floats().into_vec()?;
            let rows = values.chunks_exact(width).enumerate();
            let first = self.rows;
            let taken = rows.filter(|(row, _)| (first + row).is_multiple_of(stride));
            held.extend(taken.flat_map(|(_, row)| row));
        }
        self.rows += batch.num_samples();
        Ok(())
    }

    /// What is asked of each output.
    pub(super) fn targets_asked(&self) -> Vec<Targets> {
        let targets = self.fields.targets.iter();
        targets.map(|field| field.targets.clone()).collect()
    }

    /// All numbers of the only target.
    pub(super) fn target_range(&self) -> Option<ColumnScan> {
        let [targets] = &self.targets[..] else {
            return None;
        };
        let mut scan = InputScan::default();
        scan.add(targets, 1);
        scan.whole()
    }
}

/// So many rows at the most, evenly spread over all.
pub(super) fn spread(num_rows: usize, most: usize) -> Vec<usize> {
    if num_rows <= most {
        return (0..num_rows).collect();
    }
    (0..most).map(|place| place * num_rows / most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_spread_over_all() {
        assert_eq!(spread(3, 8), [0, 1, 2]);
        assert_eq!(spread(10, 4), [0, 2, 5, 7]);
        assert_eq!(spread(100, 1), [0]);
    }
}
