//! Finding out why a loss is not finite.

use burn::tensor::Tensor;
use firebrick_data::Batch;
use firebrick_model::{Mode, Model, catch_panic};

use crate::non_finite_cause::NonFiniteCause;
use crate::objective::Objective;
use crate::proof::are_finite;
use crate::read_back::read_back;

/// A number of the batch, as training counts it, that is not finite; `number` is what its samples are called.
pub(crate) fn cause_in_data(
    batch: &Batch,
    number: impl Fn(usize) -> usize,
) -> Option<NonFiniteCause> {
    let (part, sample, value) = spoiled_number(batch)?;
    Some(NonFiniteCause::Data {
        part,
        sample: number(sample),
        value,
    })
}

/// Reruns a batch whose numbers are finite with these weights, as training counts it.
pub(crate) fn cause_by_rerun<M: Model>(
    model: &M,
    objective: &Objective,
    batch: &Batch,
) -> NonFiniteCause {
    let found = catch_panic(|| found(model, objective, batch));
    found.ok().flatten().unwrap_or(NonFiniteCause::Unknown)
}

/// `None` where nothing can be found out.
fn found<M: Model>(model: &M, objective: &Objective, batch: &Batch) -> Option<NonFiniteCause> {
    if !are_finite(model).ok()? {
        return Some(NonFiniteCause::Weights);
    }
    let inputs = objective.inputs().of(batch).ok()?;
    // Of several inputs no network says which layer it was.
    if let Ok(only) = inputs.clone().into_values()
        && let Some(layer) = model.first_not_finite(only).ok()?
    {
        return Some(NonFiniteCause::Layer { layer });
    }
    let answers = model.call(inputs, Mode::Inference).ok()?;
    let assessed = objective.assess(answers.outputs, batch).ok()?;
    let is_spoiled = |values: &[f32]| values.iter().any(|value| !value.is_finite());
    let mut all = Vec::new();
    for outputs in &assessed.outputs {
        let values = numbers(outputs.values())?;
        if is_spoiled(&values) {
            let layer = "the network".to_owned();
            return Some(NonFiniteCause::Layer { layer });
        }
        all.push(values);
    }
    if is_spoiled(&numbers(assessed.loss.unsqueeze::<2>())?) {
        let outputs = objective.outputs().iter().zip(all);
        let mut outside = outputs.filter_map(|(output, values)| {
            let loss = output.loss();
            let expected = loss.function().output_form();
            let value = values.into_iter().find(|&value| !expected.takes(value))?;
            let loss = loss.name().to_owned();
            Some(NonFiniteCause::Outputs {
                loss,
                expected,
                value,
            })
        });
        let loss = objective.loss_names();
        return Some(outside.next().unwrap_or(NonFiniteCause::Loss { loss }));
    }
    let penalty = model.penalty();
    if let Some(penalty) = penalty
        && is_spoiled(&numbers(penalty.unsqueeze::<2>())?)
    {
        return Some(NonFiniteCause::Penalty);
    }
    Some(NonFiniteCause::Updates)
}

/// The first number of a batch that is not finite: what it is, its sample and the number.
fn spoiled_number(batch: &Batch) -> Option<(&'static str, usize, f32)> {
    let targets = batch.all_targets();
    let inputs = batch
        .all_inputs()
        .iter()
        .map(|values| ("input", values.clone()));
    let weights = (0..targets.len()).filter_map(|target| batch.weights_of(target));
    let parts = inputs
        .chain(targets.iter().map(|values| ("target", values.clone())))
        .chain(weights.map(|weights| ("weight", weights.into())));
    parts
        .filter(|(_, values)| !values.is_int())
        .find_map(|(part, values)| {
            let shape = values.shape();
            let width = shape[1..].iter().product::<usize>().max(1);
            let values = values.into_vec().ok()?;
            let place = values.iter().position(|value| !value.is_finite())?;
            Some((part, place / width, values[place]))
        })
}

fn numbers(tensor: Tensor<2>) -> Option<Vec<f32>> {
    read_back(tensor).ok()
}
