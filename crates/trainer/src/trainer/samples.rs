//! Samples looked at before anything is done with them.

use burn::tensor::Tensor;
use firebrick_data::{Batch, InputField, Samples};
use firebrick_model::Model;

use super::Trainer;
use crate::error::TrainError;
use crate::mismatch_error::MismatchError;
use crate::objective::{Misfit, Objective, TargetScan};
use crate::read_back::read_back;
use crate::sample_place::SamplePlace;

/// Samples whose outputs are looked at before a training.
const OUTPUTS_LOOKED_AT: usize = 32;

/// The most samples that are looked at together, and the most numbers of their inputs.
const TOGETHER: usize = 4096;
const NUMBERS_TOGETHER: usize = 1 << 18;

impl<M: Model> Trainer<M> {
    /// Looks at all samples, as far as something about them could be wrong: at the targets, unless loss and metrics take
    /// any; at the inputs, where the network does not have an answer to all; at the weights, until one is above 0.
    pub(super) fn check_samples(
        &self,
        data: &Samples,
        objective: &Objective,
        place: SamplePlace,
    ) -> Result<(), TrainError> {
        // Those of a stream are looked at as they come.
        let Samples::Rows(data) = data else {
            return Ok(());
        };
        let mut scans = objective.target_scans();
        let is_needed = scans.iter().any(TargetScan::is_needed);
        let looks_at_inputs = self.model.has_input_limits();
        let num_samples = data.num_samples();
        let fields = data.all_inputs();
        let width: usize = fields.iter().map(InputField::num_columns).sum();
        let together = (NUMBERS_TOGETHER / width.max(1)).clamp(1, TOGETHER);
        let origin = |sample: usize| {
            let own = data.origin_row(sample);
            let is_elsewhere = own != sample;
            (
                own,
                if is_elsewhere {
                    place.before_split()
                } else {
                    place
                },
            )
        };
        let mut counts = num_samples == 0;
        for start in (0..num_samples).step_by(together) {
            if counts && !looks_at_inputs && !is_needed {
                break;
            }
            let rows: Vec<usize> = (start..num_samples.min(start + together)).collect();
            let gathered = data.gather(&rows, &self.device);
            let batch = gathered.map_err(TrainError::samples)?;
            if let Some((sample, misfit)) = find(objective, &mut scans, &batch)? {
                let (sample, place) = origin(start + sample);
                return Err(misfit.at(sample, place));
            }
            if looks_at_inputs {
                let inputs = objective.inputs().of(&batch)?;
                self.model.check_all_inputs(inputs).map_err(|error| {
                    let source = error.with_sample(|sample| origin(start + sample).0);
                    TrainError::UnusableInputs { place, source }
                })?;
            }
            counts = counts || has_weight(objective, batch)?;
        }
        if counts {
            return Ok(());
        }
        Err(MismatchError::NothingCounts {
            place,
            by_class: objective.weighs_classes(),
        }
        .into())
    }

    /// Looks at the first outputs where only they can tell whether the loss takes them.
    pub(super) fn check_outputs(
        &self,
        data: &Samples,
        objective: &Objective,
    ) -> Result<(), TrainError> {
        let unproven = objective.outputs().iter().filter_map(|output| {
            let expected = output.unproven_outputs()?;
            Some((output, expected))
        });
        let unproven: Vec<_> = unproven.collect();
        if data.num_samples() == Some(0) || unproven.is_empty() {
            return Ok(());
        }
        let first = data.first(OUTPUTS_LOOKED_AT, &self.device);
        let batch = first.map_err(TrainError::samples)?;
        let answers = self.model.predict_all(objective.inputs().of(&batch)?)?;
        for (output, expected) in unproven {
            let Some(answers) = answers.get(output.place().output) else {
                continue;
            };
            let values = answers.values().clone();
            let size = values.shape().iter().product();
            let values: Tensor<1> = values.reshape(&[size])?.into_rank()?;
            let values = read_back(values)?;
            let Some(value) = values.into_iter().find(|&value| !expected.takes(value)) else {
                continue;
            };
            let end = expected.endings();
            let or = if output.loss().has_from_logits() {
                ", or let the loss take logits with `from_logits`"
            } else {
                ""
            };
            return Err(MismatchError::OutputMismatch {
                loss: output.loss().name().to_owned(),
                expected,
                hint: format!(
                    "the network answers {value} to one of the first samples; end it with {end}{or}"
                ),
            }
            .into());
        }
        Ok(())
    }
}

/// The first target that cannot be taken, and the sample of the batch that it is of.
pub(super) fn find(
    objective: &Objective,
    scans: &mut [TargetScan],
    batch: &Batch,
) -> Result<Option<(usize, Misfit)>, TrainError> {
    for (output, scan) in objective.outputs().iter().zip(scans) {
        if !scan.is_needed() {
            continue;
        }
        let targets = output.targets_of(batch);
        let width = targets.dims()[1].max(1);
        if let Some(misfit) = scan.find(&read_back(targets)?) {
            return Ok(Some((misfit.index / width, misfit)));
        }
    }
    Ok(None)
}

/// Whether any sample of a batch counts.
fn has_weight(objective: &Objective, batch: Batch) -> Result<bool, TrainError> {
    let batch = objective.weigh(batch);
    if objective.outputs().is_empty() {
        return Ok(true);
    }
    for output in objective.outputs() {
        let Some(weights) = batch.weights_of(output.place().target) else {
            return Ok(true);
        };
        // What is no number is told where it makes a loss of none.
        if read_back(weights)?.iter().any(|&weight| weight != 0.0) {
            return Ok(true);
        }
    }
    Ok(false)
}
