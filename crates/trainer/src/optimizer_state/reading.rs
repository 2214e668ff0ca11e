//! From a checkpoint to what Keras has.

use std::collections::BTreeMap;
use std::path::Path;

use burn::module::Module as _;
use burn::tensor::TensorData;
use firebrick_model::{AnyModel, WeightValue};

use super::held::{Held, held};
use super::{ACCUMULATOR, AVERAGE, OptimizerState};
use crate::checkpoint_error::CheckpointError;
use crate::checkpoints::newest;
use crate::compile::Compile;
use crate::state::State;

impl OptimizerState {
    /// What the optimizer remembers in the newest checkpoint of a run, a folder of checkpoints or one of them; `model` is the
    /// network that was trained, and a note says if it has other weights.
    ///
    /// # Errors
    /// No checkpoint, one that is broken or of another network.
    pub fn read(
        from: impl AsRef<Path>,
        compile: &Compile,
        model: &AnyModel,
    ) -> Result<Self, CheckpointError> {
        let step: State = newest(from.as_ref())?.state.get("step")?;
        let given = model;
        let model = step.load_module("network", given.clone())?;
        let mut kept = Self::default().with_rate(&step, compile)?;
        let steps = compile.optimizer.accumulation_steps().unwrap_or(1);
        let reading = Reading {
            network: step.get("network")?,
            optimizer: step.find("optimizer")?.unwrap_or_default(),
            averages: part(&step, "average", "values")?,
            sums: part(&step, "accumulation", "sums")?,
            updates: kept.iterations / u64::try_from(steps).unwrap_or(1),
        };
        let is_averaged = compile.optimizer.average().is_some();
        let is_gathered = compile.optimizer.accumulation_steps().is_some();
        let mut late = None;
        for held in held(&model, &compile.optimizer)? {
            match reading.slots(&held)? {
                Ok(slots) => kept.values.extend(slots),
                Err(reason) => {
                    kept.notes.push(format!(
                        "{reason}; what it remembers is left out, there it begins anew"
                    ));
                    kept.values.clear();
                    return Ok(kept);
                }
            }
            if is_averaged {
                let average = beside(&held, &reading.averages)?;
                kept.values
                    .insert(format!("{}/{AVERAGE}", held.path), average);
            }
            if is_gathered {
                let sum = beside(&held, &reading.sums)?;
                kept.values
                    .insert(format!("{}/{ACCUMULATOR}", held.path), sum);
            }
            let time = reading
                .optimizer
                .find::<u64>(&format!("{}.time", held.id))?;
            let is_late = |time: &u64| *time != reading.updates;
            late = late.or(time.filter(is_late).map(|time| (held.path, time)));
        }
        // With a moving average the weights become that in the end, as in Keras.
        if !is_averaged && values_of(given) != values_of(&model) {
            kept.notes.push(format!(
                "the optimizer is that of the checkpoint after {} batches, the weights are others, as of a best epoch",
                kept.iterations
            ));
        }
        if let Some((path, time)) = late {
            kept.notes.push(format!(
                "`{path}` was moved {time} times in {} updates, Keras counts the updates alone; the sizes of its first steps there may differ",
                reading.updates
            ));
        }
        Ok(kept)
    }

    /// The same with the place in the schedule, and its rate.
    fn with_rate(self, step: &State, compile: &Compile) -> Result<Self, CheckpointError> {
        let rate: State = step.get("rate")?;
        let factor: f64 = rate.get("factor")?;
        let fixed: Option<f64> = rate.find("fixed")?;
        let is_cycle = rate.find::<u64>("cycle")?.is_some();
        let constant = compile.constant_rate().filter(|_| !is_cycle);
        Ok(Self {
            iterations: rate.get("step")?,
            learning_rate: match fixed.or(constant) {
                Some(rate) => factor * rate,
                None => step.get("learning_rate")?,
            },
            is_rate_changed: is_cycle || fixed.is_some() || factor.to_bits() != 1.0_f64.to_bits(),
            ..self
        })
    }
}

/// All weights, if they can be read.
fn values_of(model: &AnyModel) -> Option<Vec<WeightValue>> {
    let device = model.devices().first().cloned().unwrap_or_default();
    model.clone().into_network(&device).ok()?.get_weights().ok()
}

/// A part of a part, empty if it is not there.
fn part(step: &State, part: &str, name: &str) -> Result<State, CheckpointError> {
    let part = step.find::<State>(part)?.unwrap_or_default();
    Ok(part.find(name)?.unwrap_or_default())
}

/// What there is of all weights.
struct Reading {
    network: State,
    optimizer: State,
    averages: State,
    sums: State,
    updates: u64,
}

/// Values by their whole names, or why there are none.
type Slots = Result<BTreeMap<String, WeightValue>, String>;

impl Reading {
    /// What the optimizer remembers of a weight.
    fn slots(&self, held: &Held) -> Result<Slots, CheckpointError> {
        let names = match held.slot_names() {
            Ok(names) => names,
            Err(reason) => return Ok(Err(reason)),
        };
        let mut slots = BTreeMap::new();
        for (index, name) in names.iter().enumerate() {
            let [shape, keras] = held.slot_shapes(name);
            let kept = self
                .optimizer
                .tensor(&format!("{}.slots.{index}", held.id))
                .map(|tensor| numbers(tensor, &shape, &held.path))
                .transpose()?;
            let mut values = match kept {
                Some(values) => values,
                // A weight that was never moved.
                None => self.initial(held, name, &shape)?,
            };
            let sign = held.method.slot_sign();
            for value in &mut values {
                *value *= sign;
            }
            if Held::is_whole(name) {
                values = held.spec.restore(values);
            }
            slots.insert(
                format!("{}/{name}", held.path),
                value(keras, values, &held.path)?,
            );
            if *name == "c" {
                let velocity = velocity(&slots, held)?;
                slots.insert(format!("{}/velocity", held.path), velocity);
            }
        }
        Ok(Ok(slots))
    }

    fn initial(
        &self,
        held: &Held,
        name: &str,
        shape: &[usize],
    ) -> Result<Vec<f32>, CheckpointError> {
        if held.method.name() == "schedule_free_adamw" && name == "momentum" {
            let weights = self.network.tensor(&held.module_path);
            if let Some(weights) = weights {
                return numbers(weights, shape, &held.path);
            }
        }
        let value = held.method.initial_slot(name);
        Ok(vec![value; shape.iter().product()])
    }
}

/// What is kept of a weight beside its optimizer; zeros, if nothing is.
fn beside(held: &Held, kept: &State) -> Result<WeightValue, CheckpointError> {
    let values = match kept.tensor(&held.module_path) {
        Some(tensor) => numbers(tensor, &held.stored, &held.path)?,
        None => vec![0.0; held.stored.iter().product()],
    };
    let values = held.spec.restore(values);
    value(held.spec.shape.clone(), values, &held.path)
}

/// The mean squares that Keras makes of those of rows and columns.
fn velocity(
    slots: &BTreeMap<String, WeightValue>,
    held: &Held,
) -> Result<WeightValue, CheckpointError> {
    let shape = &held.spec.shape;
    let (Some(rows), Some(columns), [.., height, width]) = (
        slots.get(&format!("{}/r", held.path)),
        slots.get(&format!("{}/c", held.path)),
        &shape[..],
    ) else {
        let values = vec![0.0; held.spec.num_params()];
        return value(shape.clone(), values, &held.path);
    };
    let matrices = rows.values().chunks(*height.max(&1));
    let matrices = matrices.zip(columns.values().chunks(*width.max(&1)));
    let values = matrices.flat_map(|(rows, columns)| {
        let mean = rows.iter().sum::<f32>() / rows.len() as f32;
        rows.iter().flat_map(move |row| {
            let part = if mean == 0.0 { 0.0 } else { row / mean };
            columns.iter().map(move |column| part * column)
        })
    });
    value(shape.clone(), values.collect(), &held.path)
}

/// The numbers of a tensor that has this shape.
fn numbers(
    tensor: &burn_pack::Tensor,
    shape: &[usize],
    path: &str,
) -> Result<Vec<f32>, CheckpointError> {
    let found: Vec<usize> = tensor.shape.iter().copied().collect();
    if found != shape {
        return Err(failed(path, format!("it is {found:?}, expected {shape:?}")));
    }
    let bytes = tensor.to_bytes();
    let bytes = bytes.map_err(|error| failed(path, error.to_string()))?;
    let data = TensorData::from_bytes(bytes, tensor.shape.clone(), tensor.dtype);
    Ok(data.iter::<f32>().collect())
}

fn value(shape: Vec<usize>, values: Vec<f32>, path: &str) -> Result<WeightValue, CheckpointError> {
    WeightValue::new(shape, values).map_err(|error| failed(path, error.to_string()))
}

fn failed(path: &str, reason: String) -> CheckpointError {
    CheckpointError::Part {
        part: path.to_owned(),
        action: "brought into Keras' form",
        reason,
    }
}
