use std::fmt;

use crate::error::{SpecError, SpecProblem};
use crate::visible::shortened;

/// The value of an argument.
///
/// ```
/// use firebrick_spec::Value;
///
/// assert_eq!(Value::from(3), Value::Integer(3));
/// assert_eq!(Value::from(vec![0.5, 1.0]).to_string(), "[0.5, 1]");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing: JSON's `null`, Python's `None`.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number, kept as such.
    Integer(i128),
    /// Any other number.
    Number(f64),
    /// A text.
    Text(String),
    /// Values one after another, each with its place and without a name.
    List(Vec<Argument>),
    /// Values by name, e.g. those of another spec.
    Table(Vec<Argument>),
}

/// A named argument, with the place of its value.
///
/// ```
/// use firebrick_spec::{Argument, Spec};
///
/// let spec = Spec::from_text("huber:delta=2")?;
/// assert_eq!(spec.arguments(), [Argument::new("delta", 2)]);
/// assert_eq!(spec.arguments()[0].at, Some(12));
/// # Ok::<(), firebrick_spec::SpecError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its name; empty for one that is given by its place.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// The byte of the text where the value stands, counted from 0; `None` if there is no text.
    pub at: Option<usize>,
}

impl Argument {
    /// An argument that stands in no text.
    pub fn new(name: impl Into<String>, value: impl Into<Value>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            at: None,
        }
    }
}

impl Argument {
    /// The items of a list.
    ///
    /// # Errors
    /// A value that is none; the error says what was `expected`, e.g. "a list of metrics".
    pub fn into_items(self, expected: &str) -> Result<Vec<Self>, SpecError> {
        match self.value {
            Value::List(items) => Ok(items),
            other => {
                let problem = SpecProblem::Value {
                    expected: expected.to_owned(),
                    received: other.to_string(),
                };
                Err(SpecError::new(problem, self.at))
            }
        }
    }
}

/// The place does not count.
impl PartialEq for Argument {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.value == other.value
    }
}

/// As a message shows it; a text that is too long for one is cut.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// The most values of a list that are shown.
        const SHOWN: usize = 8;
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Number(value) => f.write_str(&number_text(*value)),
            Self::Text(text) => write!(f, "`{}`", shortened(text)),
            Self::List(values) => {
                let mut shown: Vec<String> = values
                    .iter()
                    .take(SHOWN)
                    .map(|item| item.value.to_string())
                    .collect();
                if values.len() > SHOWN {
                    shown.push("…".to_owned());
                }
                write!(f, "[{}]", shown.join(", "))
            }
            Self::Table(_) => f.write_str("a table"),
        }
    }
}

/// The shortest text that reads back as exactly `value`, with an exponent where it would have many zeros.
///
/// ```
/// use firebrick_spec::number_text;
///
/// assert_eq!([0.01, 2.0, 1e-7].map(number_text), ["0.01", "2", "1e-7"]);
/// ```
pub fn number_text(value: f64) -> String {
    if value == 0.0 || !value.is_finite() || (1e-4..1e7).contains(&value.abs()) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

macro_rules! from {
    ($($from:ty: $given:ident => $value:expr;)+) => {
        $(
            impl From<$from> for Value {
                fn from($given: $from) -> Self {
                    $value
                }
            }
        )+
    };
}

from! {
    bool: value => Self::Bool(value);
    i32: value => Self::Integer(value.into());
    i64: value => Self::Integer(value.into());
    u32: value => Self::Integer(value.into());
    u64: value => Self::Integer(value.into());
    f64: value => Self::Number(value);
    &str: value => Self::Text(value.to_owned());
    String: value => Self::Text(value);
}

impl<T: Into<Self>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Self {
        let items = values.into_iter();
        Self::List(items.map(|item| Argument::new("", item)).collect())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
