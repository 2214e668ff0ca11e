//! From what Keras has to a checkpoint.

use std::path::{Path, PathBuf};

use burn::tensor::Bytes;
use burn_pack::{DType, Tensor};
use firebrick_model::{AnyModel, WeightValue, write_whole};

use super::held::{Held, held};
use super::{ACCUMULATOR, AVERAGE, OptimizerState};
use crate::checkpoint_error::CheckpointError;
use crate::checkpoints::Saved;
use crate::compile::Compile;
use crate::state::{Header, State, encoded, module_state};

impl OptimizerState {
    /// Writes a checkpoint into a folder from which another training [begins](crate::Trainer::with_optimizer_state): the weights of
    /// a network, and this of them.
    ///
    /// # Errors
    /// Values of other weights or of another shape, or that are missing; a file that cannot be written.
    pub fn write(
        &self,
        folder: impl AsRef<Path>,
        compile: &Compile,
        model: &AnyModel,
    ) -> Result<PathBuf, CheckpointError> {
        let step = self.step(compile, model)?;
        let optimizer = compile.optimizer.to_spec();
        let optimizer = optimizer.map_or_else(
            || compile.optimizer.to_string(),
            |described| described.to_string(),
        );
        let facts = State::new().with("the optimizer", optimizer);
        let state = State::new().with("facts", facts).with("step", step);
        let saved = Saved {
            step: self.iterations,
            value: None,
        };
        let path = saved.path(folder.as_ref());
        let header = Header {
            step: self.iterations,
            value: None,
        };
        let written = std::fs::create_dir_all(folder.as_ref())
            .and_then(|()| encoded(&state, header))
            .and_then(|bytes| write_whole(&path, &bytes));
        match written {
            Ok(()) => Ok(path),
            Err(source) => Err(CheckpointError::File {
                path,
                action: "write",
                source,
            }),
        }
    }

    /// What a step would keep that has come here.
    fn step(&self, compile: &Compile, model: &AnyModel) -> Result<State, CheckpointError> {
        let optimizer = &compile.optimizer;
        let steps = optimizer.accumulation_steps();
        let steps = steps.and_then(|steps| u64::try_from(steps).ok());
        let updates = self.iterations / steps.unwrap_or(1);
        let waiting = steps.map_or(0, |steps| self.iterations % steps);
        let mut remembered = State::new();
        let (mut averages, mut sums) = (State::new(), State::new());
        for held in held(model, optimizer)? {
            if updates > 0 {
                remembered = self.remembered(remembered, &held, updates)?;
            }
            let beside = |name: &str| {
                let value = self.value(&held, name, &held.spec.shape)?;
                let values = held.spec.arrange(value.values().to_vec());
                let (path, shape) = (held.module_path.clone(), held.stored.clone());
                Ok::<_, CheckpointError>(tensor(path, shape, held.id, &values))
            };
            if optimizer.average().is_some() && self.iterations > 0 {
                averages = averages.with_tensor(beside(AVERAGE)?);
            }
            if waiting > 0 {
                sums = sums.with_tensor(beside(ACCUMULATOR)?);
            }
        }
        let rate = State::new()
            .with("step", self.iterations)
            .with("factor", 1.0);
        let counted = |batches: u64, name: &str, values: State| {
            State::new()
                .with("batches", usize::try_from(batches).unwrap_or(usize::MAX))
                .with(name, values)
        };
        let average = counted(self.iterations, "values", averages);
        Ok(State::new()
            .with("network", module_state(model))
            .with("optimizer", remembered)
            .with("rate", rate)
            .with_some("average", optimizer.average().map(|_| average))
            .with_some(
                "accumulation",
                steps.map(|_| counted(waiting, "sums", sums)),
            )
            .with("learning_rate", self.learning_rate)
            .with("updates", updates))
    }

    /// What a record of Burn's has of a weight.
    fn remembered(
        &self,
        mut state: State,
        held: &Held,
        updates: u64,
    ) -> Result<State, CheckpointError> {
        let names = held.slot_names();
        let names = names.map_err(|reason| failed(&held.path, reason))?;
        for (index, name) in names.iter().enumerate() {
            let [shape, keras] = held.slot_shapes(name);
            let mut values = match self.values.get(&format!("{}/{name}", held.path)) {
                // Keras leaves out what does not count.
                None if held.method.can_lack(name) => vec![0.0; shape.iter().product()],
                _ => self.value(held, name, &keras)?.values().to_vec(),
            };
            if Held::is_whole(name) {
                values = held.spec.arrange(values);
            }
            let sign = held.method.slot_sign();
            for value in &mut values {
                *value *= sign;
            }
            let name = format!("{}.slots.{index}", held.id);
            state = state.with_tensor(tensor(name, shape, held.id, &values));
        }
        let id = held.id;
        Ok(state
            .with(format!("{id}.time"), updates)
            .with(format!("{id}.__rank"), held.stored.len())
            .with(format!("{id}.slots.len"), names.len())
            .with(id.to_string(), held.module_path.clone()))
    }

    /// A value of a weight, of this shape.
    fn value(
        &self,
        held: &Held,
        name: &str,
        shape: &[usize],
    ) -> Result<&WeightValue, CheckpointError> {
        let whole = format!("{}/{name}", held.path);
        match self.values.get(&whole) {
            Some(value) if value.shape() == shape => Ok(value),
            found => Err(failed(
                &whole,
                match found {
                    Some(value) => format!("it is {:?}, expected {shape:?}", value.shape()),
                    None => format!("it is missing, expected {shape:?}"),
                },
            )),
        }
    }
}

fn tensor(name: String, shape: Vec<usize>, id: u64, values: &[f32]) -> Tensor {
    let bytes = values.iter().flat_map(|value| value.to_le_bytes());
    let bytes = Bytes::from_bytes_vec(bytes.collect());
    Tensor::new(name, DType::F32, shape, Some(id), bytes)
}

fn failed(part: &str, reason: String) -> CheckpointError {
    CheckpointError::Part {
        part: part.to_owned(),
        action: "taken over",
        reason,
    }
}
