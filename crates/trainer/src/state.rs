//! What is kept of a thing so that it can go on later: a value one can print, write into a file and read again.

mod file;
mod item;
mod module;
mod optimizer;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use burn_pack::Scalar;

use crate::checkpoint_error::CheckpointError;
pub(crate) use file::{Header, encoded, peek, read};
pub use item::StateItem;
pub(crate) use module::{load_values, module_state, values_state};

/// What is kept of something so that it goes on later where it was: named numbers, texts, lists of numbers, tensors and
/// states of its parts.
///
/// Numbers come back bit by bit as they were.
///
/// ```
/// use firebrick::training::State;
///
/// let state = State::new()
///     .with("wait", 3_usize)
///     .with_some("best", Some(0.25))
///     .with_some("stopped_epoch", None::<usize>)
///     .with("part", State::new().with("name", "Half".to_owned()));
/// assert_eq!(state.get::<usize>("wait")?, 3);
/// assert_eq!(state.find::<f64>("best")?, Some(0.25));
/// assert_eq!(state.find::<usize>("stopped_epoch")?, None);
/// assert_eq!(state.get::<State>("part")?.get::<String>("name")?, "Half");
/// // What is missing or of another kind is an error that says so.
/// assert!(state.get::<usize>("patience").is_err() && state.get::<String>("wait").is_err());
/// # Ok::<(), firebrick::training::CheckpointError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct State {
    entries: BTreeMap<String, Value>,
}

/// What stands behind a name.
#[derive(Clone)]
pub enum Value {
    /// A number or a truth value.
    Scalar(Scalar),
    /// A text.
    Text(String),
    /// Numbers in order.
    Numbers(Vec<f64>),
    /// A tensor, perhaps still on its device.
    Tensor(burn_pack::Tensor),
    /// The state of a part.
    State(State),
    /// The state of a part that is looked at when it is written.
    Deferred(Deferred),
}

/// Gives a state when it is asked for.
type Deferred = Arc<dyn Fn() -> Result<State, CheckpointError> + Send + Sync>;

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar(Scalar::Int(value)) => value.fmt(f),
            Self::Scalar(Scalar::UInt(value)) => value.fmt(f),
            Self::Scalar(Scalar::Float(value)) => value.fmt(f),
            Self::Scalar(Scalar::Bool(value)) => value.fmt(f),
            Self::Text(text) => text.fmt(f),
            Self::Numbers(numbers) => numbers.fmt(f),
            Self::Tensor(tensor) => write!(f, "{:?} {:?}", tensor.dtype, tensor.shape),
            Self::State(state) => state.entries.fmt(f),
            Self::Deferred(_) => f.write_str(".."),
        }
    }
}

impl Value {
    /// What it is, for a message.
    fn kind(&self) -> &'static str {
        match self {
            Self::Scalar(Scalar::Int(_) | Scalar::UInt(_)) => "a whole number",
            Self::Scalar(Scalar::Float(_)) => "a number",
            Self::Scalar(Scalar::Bool(_)) => "a truth value",
            Self::Text(_) => "a text",
            Self::Numbers(_) => "a list of numbers",
            Self::Tensor(_) => "a tensor",
            Self::State(_) | Self::Deferred(_) => "the state of a part",
        }
    }
}

impl State {
    /// Nothing to keep.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps this under a name, instead of what was there.
    #[must_use = "returns the changed state"]
    pub fn with(mut self, name: impl Into<String>, item: impl StateItem) -> Self {
        self.entries.insert(name.into(), item.into_value());
        self
    }

    /// Keeps this under a name, if it is there.
    #[must_use = "returns the changed state"]
    pub fn with_some(self, name: impl Into<String>, item: Option<impl StateItem>) -> Self {
        match item {
            Some(item) => self.with(name, item),
            None => self,
        }
    }

    /// Keeps the state of a part that is looked at when it is written, by another thread.
    pub(crate) fn with_deferred(
        mut self,
        name: impl Into<String>,
        state: impl Fn() -> Result<Self, CheckpointError> + Send + Sync + 'static,
    ) -> Self {
        let value = Value::Deferred(Arc::new(state));
        self.entries.insert(name.into(), value);
        self
    }

    /// What is kept under a name.
    ///
    /// # Errors
    /// Nothing, or something of another kind.
    pub fn get<T: StateItem>(&self, name: &str) -> Result<T, CheckpointError> {
        self.find(name)?.ok_or_else(|| CheckpointError::Entry {
            entry: name.to_owned(),
            expected: T::KIND,
            received: "nothing",
        })
    }

    /// What is kept under a name, if anything is.
    ///
    /// # Errors
    /// Something of another kind.
    pub fn find<T: StateItem>(&self, name: &str) -> Result<Option<T>, CheckpointError> {
        let Some(value) = self.entries.get(name) else {
            return Ok(None);
        };
        match T::from_value(value) {
            Some(item) => Ok(Some(item)),
            None => Err(CheckpointError::Entry {
                entry: name.to_owned(),
                expected: T::KIND,
                received: value.kind(),
            }),
        }
    }

    /// The names of what is kept, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// A tensor that is kept under a name.
    pub(crate) fn tensor(&self, name: &str) -> Option<&burn_pack::Tensor> {
        match self.entries.get(name) {
            Some(Value::Tensor(tensor)) => Some(tensor),
            _ => None,
        }
    }

    /// Keeps a tensor under its name.
    pub(crate) fn with_tensor(mut self, tensor: burn_pack::Tensor) -> Self {
        self.insert(tensor.name.clone(), Value::Tensor(tensor));
        self
    }

    /// Keeps a value as it is.
    fn insert(&mut self, name: String, value: Value) {
        self.entries.insert(name, value);
    }

    /// Names and values in alphabetical order.
    fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.entries.iter()
    }

    /// The tensors among what is kept, with their names.
    fn tensors(&self) -> Vec<burn_pack::Tensor> {
        let named = |(name, value): (&String, &Value)| match value {
            Value::Tensor(tensor) => Some(renamed(tensor, name.clone())),
            _ => None,
        };
        self.iter().filter_map(named).collect()
    }
}

/// The same tensor under another name.
fn renamed(tensor: &burn_pack::Tensor, name: String) -> burn_pack::Tensor {
    let mut tensor = tensor.clone();
    tensor.name = name;
    tensor
}
