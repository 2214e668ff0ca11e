//! What a batch comes to over plain memory.

use burn::tensor::Device;
use firebrick_data::Batch;
use firebrick_model::HostOutput;

use super::{Objective, OutputObjective};
use crate::error::TrainError;
use crate::outputs::Outputs;

/// What a batch comes to.
#[derive(Debug)]
pub(crate) struct HostAssessed {
    pub(crate) loss: f32,
    /// What the sums of each figure beside the loss are joined with.
    pub(crate) sums: Vec<Vec<f32>>,
    /// Of the loss by the values of each output of the network.
    pub(crate) slopes: Vec<Vec<f32>>,
}

impl Objective {
    /// The weighted sum of the losses, and sums of a batch, as [`assess`](Self::assess) gives them but for rounding, with the
    /// slopes of the loss; `None` where a loss takes tensors. Outputs are what the network gives before its last activations.
    ///
    /// # Errors
    /// A loss or a metric that panics, a device that fails.
    pub(crate) fn assess_on_host(
        &self,
        outputs: &[&[f32]],
        batch: &Batch,
    ) -> Result<Option<HostAssessed>, TrainError> {
        if self.joint.is_some() {
            return Ok(None);
        }
        let (mut total, mut losses, mut sums) = (0.0, Vec::new(), Vec::new());
        let mut slopes = vec![Vec::new(); outputs.len()];
        for own in &self.outputs {
            let place = own.place().output;
            let Some(output) = outputs.get(place) else {
                return Ok(None);
            };
            let Some(mut assessed) = own.assess_on_host(output, batch)? else {
                return Ok(None);
            };
            losses.push(assessed.loss);
            #[allow(
                clippy::cast_possible_truncation,
                reason = "a weight is as precise as a loss"
            )]
            let weight = own.weight() as f32;
            total += assessed.loss * weight;
            if weight.to_bits() != 1.0_f32.to_bits() {
                for slope in &mut assessed.slopes {
                    *slope *= weight;
                }
            }
            sums.extend(assessed.sums);
            slopes[place] = assessed.slopes;
        }
        for (slopes, output) in slopes.iter_mut().zip(outputs) {
            slopes.resize(output.len(), 0.0);
        }
        if losses.len() > 1 {
            let samples = batch.num_samples() as f32;
            let parts = losses.into_iter().map(|loss| vec![loss * samples]);
            sums = parts.chain(sums).collect();
        }
        Ok(Some(HostAssessed {
            loss: total,
            sums,
            slopes,
        }))
    }

    /// What losses and metrics that take tensors see of what the network gives, where
    /// [`assess_on_host`](Self::assess_on_host) found it plain.
    pub(crate) fn outputs_of(&self, mut given: Vec<HostOutput>, device: &Device) -> Vec<Outputs> {
        let outputs = self.outputs.iter();
        let own = |own: &OutputObjective| {
            let values = std::mem::take(&mut given.get_mut(own.place().output)?.values);
            Some(own.outputs_of(values, device))
        };
        outputs.filter_map(own).collect()
    }
}
