//! The moments of an optimizer, by the ids of their parameters.

use burn::optim::{ModuleOptimizer, OptimizerRecord};
use burn::store::RecordError;
use burn_pack::{Reader, Writer};

use super::{State, Value};

/// What an optimizer remembers of every parameter; reads it from the device.
///
/// # Errors
/// A device that failed.
pub(crate) fn optimizer_state(optimizer: &ModuleOptimizer) -> Result<State, RecordError> {
    let reader = Reader::from_bytes(optimizer.into_bytes()?)?;
    let mut state = State::new();
    for (name, scalar) in reader.scalars() {
        state.insert(name.clone(), Value::Scalar(*scalar));
    }
    for (name, text) in reader.metadata() {
        state.insert(name.clone(), Value::Text(text.clone()));
    }
    for tensor in reader.into_tensors()? {
        state.insert(tensor.name.clone(), Value::Tensor(tensor));
    }
    Ok(state)
}

/// The optimizer with what a state remembers of the parameters; those need the ids that they had.
///
/// # Errors
/// The state of an optimizer of another kind.
pub(crate) fn load_optimizer(
    optimizer: ModuleOptimizer,
    state: &State,
) -> Result<ModuleOptimizer, RecordError> {
    let tensors = state.tensors();
    let expected = tensors.len();
    let mut writer = Writer::new(tensors);
    for (name, value) in state.iter() {
        writer = match value {
            Value::Scalar(scalar) => writer.with_scalar(name, *scalar),
            Value::Text(text) => writer.with_metadata(name, text),
            _ => writer,
        };
    }
    let record = OptimizerRecord::from_bytes(writer.into_bytes()?)?;
    let optimizer = optimizer.load_record(record);
    // What it cannot take it would leave out without a word.
    let taken = optimizer.to_record().len();
    if taken == expected {
        return Ok(optimizer);
    }
    Err(RecordError::Validation(format!(
        "{taken} of {expected} tensors are those of this optimizer"
    )))
}
