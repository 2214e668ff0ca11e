//! The moments of an optimizer, by the ids of their parameters.

use burn::optim::{ModuleOptimizer, OptimizerRecord};
use burn::store::RecordError;
use burn_pack::{Reader, Writer};

use super::{State, Value};
use crate::checkpoint_error::CheckpointError;

impl State {
    /// Keeps what an optimizer remembers of every parameter. It is read from the device when the state is written.
    ///
    /// ```
    /// use firebrick::burn::optim::{AdamConfig, ModuleOptimizer};
    /// use firebrick::training::State;
    ///
    /// let optimizer: ModuleOptimizer = AdamConfig::new().init();
    /// let state = State::new().with_optimizer("adam", &optimizer);
    /// let again = state.load_optimizer("adam", AdamConfig::new().init())?;
    /// assert_eq!(again.to_record().len(), optimizer.to_record().len());
    /// # Ok::<(), firebrick::training::CheckpointError>(())
    /// ```
    #[must_use = "returns the changed state"]
    pub fn with_optimizer(self, name: impl Into<String>, optimizer: &ModuleOptimizer) -> Self {
        let name = name.into();
        let (part, optimizer) = (name.clone(), optimizer.clone());
        self.with_deferred(name, move || {
            optimizer_state(&optimizer).map_err(|error| CheckpointError::Part {
                part: part.clone(),
                action: "kept",
                reason: error.to_string(),
            })
        })
    }

    /// An optimizer of the same kind with what was kept under a name, for the parameters of a module that was
    /// [loaded](Self::load_module) from the same state.
    ///
    /// # Errors
    /// What an optimizer of another kind remembers.
    pub fn load_optimizer(
        &self,
        name: &str,
        optimizer: ModuleOptimizer,
    ) -> Result<ModuleOptimizer, CheckpointError> {
        let own = self.find::<Self>(name)?.unwrap_or_default();
        load_optimizer(optimizer, &own).map_err(|error| CheckpointError::Part {
            part: name.to_owned(),
            action: "taken over by this one",
            reason: error.to_string(),
        })
    }
}

/// What an optimizer remembers of every parameter; reads it from the device.
///
/// # Errors
/// A device that failed.
fn optimizer_state(optimizer: &ModuleOptimizer) -> Result<State, RecordError> {
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
fn load_optimizer(
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
