use burn_pack::Scalar;

use super::{State, Value};

/// What a [`State`] can keep: whole numbers, numbers, truth values, texts, lists of numbers and states of parts.
///
/// ```
/// use firebrick::training::{State, StateItem};
///
/// let state = State::new().with("losses", vec![0.5, 0.25]).with("is_told", true);
/// assert_eq!(state.get::<Vec<f64>>("losses")?, [0.5, 0.25]);
/// assert_eq!(bool::KIND, "a truth value");
/// # Ok::<(), firebrick::training::CheckpointError>(())
/// ```
pub trait StateItem: Sized {
    /// What it is, for a message.
    const KIND: &'static str;

    /// As it is kept.
    fn into_value(self) -> Value;

    /// As it was before it was kept; `None` for something of another kind.
    fn from_value(value: &Value) -> Option<Self>;
}

/// Items that a burnpack has a scalar for.
macro_rules! scalars {
    ($($item:ty: $kind:literal, $scalar:ident;)+) => {
        $(
            impl StateItem for $item {
                const KIND: &'static str = $kind;

                fn into_value(self) -> Value {
                    Value::Scalar(Scalar::from(self))
                }

                fn from_value(value: &Value) -> Option<Self> {
                    match value {
                        Value::Scalar(scalar @ Scalar::$scalar(_)) => Self::try_from(*scalar).ok(),
                        _ => None,
                    }
                }
            }
        )+
    };
}

scalars! {
    u64: "a whole number", UInt;
    usize: "a whole number", UInt;
    i64: "a whole number", Int;
    f64: "a number", Float;
    bool: "a truth value", Bool;
}

impl StateItem for String {
    const KIND: &'static str = "a text";

    fn into_value(self) -> Value {
        Value::Text(self)
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl StateItem for Vec<f64> {
    const KIND: &'static str = "a list of numbers";

    fn into_value(self) -> Value {
        Value::Numbers(self)
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Numbers(numbers) => Some(numbers.clone()),
            _ => None,
        }
    }
}

impl StateItem for State {
    const KIND: &'static str = "the state of a part";

    fn into_value(self) -> Value {
        Value::State(self)
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::State(state) => Some(state.clone()),
            Value::Deferred(state) => state().ok(),
            _ => None,
        }
    }
}
