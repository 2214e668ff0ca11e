//! What is read of Keras' JSON again and again.

use firebrick_spec::{Argument, SpecError, SpecProblem, Value};

/// The value of a name within a table, unless it is nothing.
pub(super) fn get<'a>(table: &'a Value, name: &str) -> Option<&'a Value> {
    field(table, name).filter(|value| **value != Value::Null)
}

/// The value of a name within a table.
pub(super) fn field<'a>(table: &'a Value, name: &str) -> Option<&'a Value> {
    let Value::Table(arguments) = table else {
        return None;
    };
    let mut arguments = arguments.iter();
    let found = arguments.find(|argument| argument.name == name);
    found.map(|argument| &argument.value)
}

pub(super) fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The text of a name within a table.
pub(super) fn get_text<'a>(table: &'a Value, name: &str) -> Option<&'a str> {
    get(table, name).and_then(text)
}

pub(super) fn items(value: &Value) -> &[Argument] {
    match value {
        Value::List(items) => items,
        _ => &[],
    }
}

/// Whether it is `{"class_name": …, "config": …}`.
pub(super) fn is_object(value: &Value) -> bool {
    field(value, "class_name").is_some() && field(value, "config").is_some()
}

/// A table of these names and values.
pub(super) fn table<const N: usize>(entries: [(&str, Value); N]) -> Value {
    let arguments = entries.map(|(name, value)| Argument::new(name, value));
    Value::Table(arguments.into())
}

pub(super) fn list(values: impl IntoIterator<Item = Value>) -> Value {
    let items = values.into_iter().map(|value| Argument::new("", value));
    Value::List(items.collect())
}

/// What is wrong with an argument of a thing.
pub(super) fn wrong(thing: &str, argument: &str, reason: impl Into<String>) -> SpecError {
    let problem = SpecProblem::RefusedArgument {
        thing: thing.to_owned(),
        argument: argument.to_owned(),
        reason: reason.into(),
    };
    SpecError::new(problem, None)
}
