//! Gradients over plain memory: the network's own pass, and the loss's own slopes; where it has none, or weights are penalized,
//! the loss by automatic differentiation of the outputs alone.

use burn::module::ParamId;
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor, TensorData};
use firebrick_data::Batch;
use firebrick_model::{AnyTensor, GradientSink, HostPass, Mode, Model, Signal, Signals};

use super::super::output::StepOutput;
use crate::error::TrainError;
use crate::objective::{Assessed, HostAssessed, Objective, named};

/// The figures of a batch and the gradients of the weights, as those of the plain step but for rounding.
///
/// # Errors
/// A batch that does not fit; a loss or a metric that panics.
pub(super) fn learn<M: Model>(
    host: &mut HostPass,
    (model, device): (&M, &Device),
    objective: &Objective,
    batch: Batch,
    mode: Mode,
) -> Result<(StepOutput, GradientsParams), TrainError> {
    let (inputs, batch) = objective.take_inputs(batch)?;
    let batch = &batch;
    let part = || "forward pass of the network".to_owned();
    let outputs = named(part, || host.forward(model, inputs, mode))??;
    let penalty = model.penalty();
    if penalty.is_none() {
        let plain: Vec<&[f32]> = outputs.iter().map(|output| &output.values[..]).collect();
        if let Some(assessed) = objective.assess_on_host(&plain, batch)? {
            let HostAssessed { loss, sums, slopes } = assessed;
            let slopes = slopes.into_iter().map(|own| {
                let len = own.len();
                TensorData::new(own, [len])
            });
            let slopes: Vec<TensorData> = slopes.collect();
            let mut gathered = Gathered(GradientsParams::new());
            host.backward(model, &slopes, &mut gathered);
            let output = StepOutput::of_numbers(batch.num_samples(), loss, sums);
            return Ok((output, gathered.0));
        }
    }
    let leaves: Vec<(Tensor<1>, Vec<usize>)> = outputs
        .into_iter()
        .map(|output| {
            let len = output.values.len();
            let values = TensorData::new(output.values, [len]);
            (
                Tensor::from_data(values, device).require_grad(),
                output.shape,
            )
        })
        .collect();
    let signals: Signals = leaves
        .iter()
        .map(|(leaf, shape)| Signal::from(AnyTensor::from(leaf.clone()).reshaped(shape)))
        .collect();
    let Assessed { mut loss, sums, .. } = objective.assess(signals, batch)?;
    let is_penalized = penalty.is_some();
    if let Some(penalty) = penalty {
        loss = loss + penalty;
    }
    let output = StepOutput::of_sums(batch.num_samples(), loss.clone().inner(), sums);
    let mut gradients = loss.backward();
    let by_outputs: Vec<TensorData> = leaves
        .into_iter()
        .map(|(leaf, _)| match leaf.grad_remove(&mut gradients) {
            Some(gradient) => gradient.into_data(),
            None => leaf.inner().zeros_like().into_data(),
        })
        .collect();
    let by_penalty = if is_penalized {
        GradientsParams::from_grads(gradients, model)
    } else {
        GradientsParams::new()
    };
    let mut gathered = Gathered(by_penalty);
    host.backward(model, &by_outputs, &mut gathered);
    Ok((output, gathered.0))
}

/// Gradients by the parameters that they are of, added to those that are there.
struct Gathered(GradientsParams);

impl GradientSink for Gathered {
    fn take<const D: usize>(&mut self, id: ParamId, gradient: Tensor<D>) {
        let gradient = match self.0.remove::<D>(id) {
            Some(other) => gradient + other,
            None => gradient,
        };
        self.0.register(id, gradient);
    }
}
