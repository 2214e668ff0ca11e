use burn::tensor::Device;
use firebrick_data::{Batch, BatchSource, Samples, ShuffleState};

use crate::non_finite::cause_in_data;
use crate::non_finite_cause::NonFiniteCause;
use crate::step::Step;

/// Where a batch stood, all counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BatchPlace {
    /// In a pass over the training data, of all passes of the fit.
    Training {
        /// The pass.
        pass: u64,
        /// The batch of the pass.
        batch: usize,
    },
    /// In the validation data.
    Validation {
        /// The batch.
        batch: usize,
    },
}

/// The data of a fit, to look at one of its batches again.
pub(crate) struct Rerun {
    pub(crate) training: Part,
    pub(crate) validation: Option<Part>,
    /// The order of the first pass over the training data; that of the data if absent.
    pub(crate) shuffle: Option<ShuffleState>,
    pub(crate) device: Device,
}

/// Data in batches.
pub(crate) struct Part {
    pub(crate) data: Samples,
    pub(crate) batch_size: usize,
}

impl Rerun {
    /// Why the loss of a batch is not finite with these weights.
    pub(crate) fn cause<S: Step>(
        &self,
        step: &S,
        weights: &S::Weights,
        place: BatchPlace,
    ) -> NonFiniteCause {
        let Some((batch, data, rows)) = self.batch(place) else {
            return NonFiniteCause::Unknown;
        };
        let batch = match place {
            BatchPlace::Training { .. } => step.weighed(batch),
            BatchPlace::Validation { .. } => batch,
        };
        let number = |sample: usize| {
            let row = rows.get(sample).copied().unwrap_or(sample);
            data.origin_row(row)
        };
        cause_in_data(&batch, number).unwrap_or_else(|| step.non_finite_cause(weights, &batch))
    }

    /// Absent for a stream, whose batches are gone.
    fn batch(&self, place: BatchPlace) -> Option<(Batch, &dyn BatchSource, Vec<usize>)> {
        let (part, order, index) = match place {
            BatchPlace::Training { pass, batch } => {
                let part = &self.training;
                let num_samples = part.data.num_samples()?;
                let order = match self.shuffle {
                    Some(first) => {
                        let epoch = first.epoch.wrapping_add(pass);
                        ShuffleState { epoch, ..first }.permutation(num_samples)
                    }
                    None => (0..num_samples).collect(),
                };
                (part, order, batch)
            }
            BatchPlace::Validation { batch } => {
                let part = self.validation.as_ref()?;
                (part, (0..part.data.num_samples()?).collect(), batch)
            }
        };
        let rows = order.chunks(part.batch_size.max(1)).nth(index)?.to_vec();
        let Samples::Rows(data) = &part.data else {
            return None;
        };
        let batch = data.gather(&rows, &self.device).ok()?;
        Some((batch, data.as_ref(), rows))
    }
}
